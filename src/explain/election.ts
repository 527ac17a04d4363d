import type { IpAddress } from '../base/ip.ts'
import { judgeAsMaster, masterDownTime, OWNER } from '../core/vrrp/election.ts'
import type { Seat } from './pair.ts'
import { inSeconds } from './phrases.ts'

/** The outcome of an election between two healthy hosts. */
export interface Election {
  /** Who outranks the other; with equal priorities and unknown addresses the first file stands here. */
  readonly winner: Seat
  readonly loser: Seat
  readonly decided: 'priority' | 'address' | 'open'
  readonly sentences: readonly string[]
}

/** Who is master when both are well and have met, and how they get there from a cold start. */
export function electionOf(a: Seat, b: Seat): Election {
  const { winner, loser, decided } = rank(a, b)
  return { winner, loser, decided, sentences: [...outcome(winner, loser, decided), ...coldStart(winner, loser)] }
}

function rank(a: Seat, b: Seat): Pick<Election, 'winner' | 'loser' | 'decided'> {
  const one = a.instance.priority
  const other = b.instance.priority
  if (one !== other) return one > other ? { winner: a, loser: b, decided: 'priority' } : { winner: b, loser: a, decided: 'priority' }
  const [mine, theirs] = [sourceOf(a), sourceOf(b)]
  if (mine === undefined || theirs === undefined) return { winner: a, loser: b, decided: 'open' }
  const verdict = judgeAsMaster({ priority: other, address: theirs }, { priority: one, address: mine })
  if (verdict === 'own-packet') return { winner: a, loser: b, decided: 'open' }
  return verdict === 'stands' ? { winner: a, loser: b, decided: 'address' } : { winner: b, loser: a, decided: 'address' }
}

/** The source of adverts, where the file says it: else it is the interface's address, which the file does not know. */
const sourceOf = ({ instance }: Seat): IpAddress | undefined => instance.transport.source

function outcome(winner: Seat, loser: Seat, decided: Election['decided']): readonly string[] {
  const { priority } = winner.instance
  switch (decided) {
    case 'priority': {
      const owner = priority === OWNER ? ' It owns the addresses (priority 255): nobody takes them while it runs.' : ''
      return [`${winner.host} is master: priority ${priority} against ${loser.instance.priority}.${owner}`]
    }
    case 'address':
      return [
        `Both have priority ${priority}. If both are master at once, ${winner.host} stays it: ${sourceOf(winner)} is the higher address.`,
        'Otherwise whoever was master first remains it: a backup never displaces a master of equal priority.',
      ]
    case 'open':
      return [
        `Both have priority ${priority}, and the files do not tell the addresses that adverts come from: the higher one wins if both are master at once.`,
        'Otherwise whoever was master first remains it: a backup never displaces a master of equal priority.',
      ]
  }
}

/** What a host waits before it takes mastership unasked. */
export const waitOf = ({ instance }: Seat) => masterDownTime(instance, instance.priority, instance.advertInt)

/** RFC 9568 §6.4.1: only an address owner does. */
export const startsAtOnce = ({ instance }: Seat): boolean => instance.state === 'MASTER' && instance.priority === OWNER

function coldStart(winner: Seat, loser: Seat): readonly string[] {
  const sentences: string[] = []
  for (const seat of [winner, loser]) {
    const { state, priority } = seat.instance
    if (startsAtOnce(seat)) sentences.push(`Started alone, ${seat.host} is master at once, as an address owner with state MASTER is.`)
    else sentences.push(`Started alone, ${seat.host} becomes master after ${inSeconds(waitOf(seat))} of silence.`)
    if (state === 'MASTER' && priority !== OWNER)
      sentences.push(`state MASTER of ${seat.host} does not shorten that: below priority 255 every start is as a backup.`)
  }
  if (!startsAtOnce(winner) && waitOf(loser) < waitOf(winner))
    sentences.push(`Started together, ${loser.host} is master first, for its wait is the shorter one; then the rules of return below hold.`)
  return sentences
}
