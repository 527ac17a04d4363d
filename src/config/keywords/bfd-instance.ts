import { familyOf, type IpAddress } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { alias, block, bool, flag, leaf, type Row, type Table, whole } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import { parseLooseAddress } from './loose-address.ts'

/** `bfd_instance NAME { }` */
export interface BfdInstanceDraft {
  readonly name: string
  readonly line: LogicalLine
  source_ip?: IpAddress
  neighbor_ip?: IpAddress
  /** Milliseconds. */
  min_rx?: number
  min_tx?: number
  idle_tx?: number
  multiplier?: number
  passive?: boolean
  ttl?: number
  max_hops?: number
  multihop?: boolean
  weight?: number
  reverse?: boolean
  vrrp?: boolean
  checker?: boolean
  /** Neither `vrrp` nor `checker` was written, or `vrrp` was. */
  forVrrp?: boolean
  forChecker?: boolean
}

const row = { build: 'BFD', since: '2.0.0', acted: true } as const

const millis = (summary: string, min: number, fallback: string) =>
  leaf<BfdInstanceDraft, number>(`<ms ${min}..4294967>`, summary, { ...row, default: fallback }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    const value = word === undefined ? undefined : context.decimal(word, 1, { min, max: 4_294_967, decimals: 3 })
    if (value !== undefined) (draft as unknown as Record<string, number>)[statement.keyword] = value
  })

const ip = (keyword: 'source_ip' | 'neighbor_ip', summary: string) =>
  leaf<BfdInstanceDraft, IpAddress>('<ip>', summary, row, (draft, statement, context) => takeIp(draft, keyword, statement, context))

const neighbor = ip('neighbor_ip', 'the other end')
const ttl = whole<BfdInstanceDraft>('time to live of what we send', { ...row, min: 1, max: 255, slot: 'ttl', default: '255 IPv4, 64 IPv6' })

/** `bfd_instance NAME { }`: a session that tells quickly when a neighbour is lost. */
export const bfdInstance: Table<BfdInstanceDraft> = {
  source_ip: ip('source_ip', 'our end'),
  neighbor_ip: neighbor,
  neighbour_ip: alias('neighbor_ip', neighbor),
  min_rx: millis('how often we can hear', 1, '10'),
  min_tx: millis('how often we want to send', 1, '10'),
  idle_tx: millis('how often we send while it is down', 1000, '1000'),
  multiplier: whole('missed packets until it is down', { ...row, min: 1, max: 255, default: '5' }),
  passive: flag('wait for the neighbour', row),
  ttl,
  hoplimit: alias('ttl', ttl),
  max_hops: whole('hops a packet may have made', { ...row, min: -1, max: 255, default: '0' }),
  multihop: bool('over several hops', { ...row, since: '2.2.8', default: 'off' }),
  weight: leaf('<int -253..253> [reverse]', 'added to the priority; 0 is a fault', { ...row, build: 'BFD+VRRP', default: '0' }, takeWeight),
  vrrp: flag('tell the instances', { ...row, default: 'both', build: 'BFD+VRRP' }),
  checker: flag('tell the checkers', { ...row, default: 'both', build: 'BFD+LVS' }),
}

function takeIp(draft: BfdInstanceDraft, keyword: 'source_ip' | 'neighbor_ip', statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  if (word === undefined) return
  const address = parseLooseAddress(word)
  if (address === undefined) {
    context.report('general', 'bad-address', `bfd_instance ${draft.name}: '${word}' is no address`, 'a numeric address', 1)
    return
  }
  draft[keyword] = address
}

function takeWeight(draft: BfdInstanceDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  const value = word === undefined ? undefined : context.whole(word, 1, { min: -253, max: 253 })
  if (value === undefined) return
  draft.weight = value
  const option = statement.words[2]
  draft.reverse = option === 'reverse'
  if (option !== undefined && option !== 'reverse')
    context.report('general', 'unknown-option', `weight does not know '${option}'`, 'reverse', 2)
}

/** Three processes read it; each keeps its own list. */
export const bfdInstanceRow = block<Parsed, BfdInstanceDraft>('<name max31>', 'a BFD session', row as Row, {
  table: bfdInstance,
  open(parsed, statement, context) {
    const name = statement.words[1]
    if (name === undefined) {
      context.report('general', 'missing-name', 'bfd_instance has no name', 'a name', 0)
      return undefined
    }
    if (name.length > 31) {
      context.report('general', 'name-too-long', `bfd_instance ${name}: the name is too long`, 'at most 31 characters', 1)
      return undefined
    }
    if (listOf(parsed, context).has(name)) {
      context.report('general', 'duplicate-name', `bfd_instance ${name} exists already; this block is skipped`, 'another name', 1)
      return undefined
    }
    return { name, line: statement.line }
  },
  close(draft, parsed, context) {
    const both = draft.vrrp !== true && draft.checker !== true
    draft.forVrrp = both || draft.vrrp === true
    draft.forChecker = both || draft.checker === true
    if (context.process === 'bfd' && !judge(draft, parsed, context)) return
    if (context.process === 'checker' && !draft.forChecker) return
    listOf(parsed, context).set(draft.name, draft)
  },
})

/** False: the session is left out. Only the bfd process judges. */
function judge(draft: BfdInstanceDraft, parsed: Parsed, context: Context): boolean {
  const { neighbor_ip: neighbor, source_ip: source } = draft
  const say = (code: string, message: string, expected?: string): void =>
    context.report('general', code, `bfd_instance ${draft.name}: ${message}`, expected, 0)
  if (neighbor === undefined) {
    say('no-neighbor', 'it has no neighbour and is left out', 'neighbor_ip ADDRESS')
    return false
  }
  if (source !== undefined && familyOf(source) !== familyOf(neighbor)) {
    say('bad-family', 'both ends must be of one family', 'two addresses of one family')
    return false
  }
  for (const other of parsed.bfd.bfds.values()) {
    const apart = source !== undefined && other.source_ip !== undefined && other.source_ip !== source
    if (other.neighbor_ip !== neighbor || apart) continue
    say('duplicate-session', `${other.name} has the same ends; it is left out`, 'other addresses')
    return false
  }
  const ttl = draft.ttl ?? (familyOf(neighbor) === 4 ? 255 : 64)
  if ((draft.max_hops ?? 0) > ttl) {
    say('max-hops', `max_hops becomes ${ttl}`, 'at most the ttl')
    draft.max_hops = ttl
  }
  return true
}

function listOf(parsed: Parsed, context: Context): Map<string, BfdInstanceDraft> {
  if (context.process === 'checker') return parsed.check.bfds
  return context.process === 'vrrp' ? parsed.vrrp.bfds : parsed.bfd.bfds
}
