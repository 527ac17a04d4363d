/** Whether a virtual server has enough living weight; `unknown` until it was first judged. */
export type QuorumState = 'unknown' | 'up' | 'down'

export interface QuorumRule {
  readonly quorum: number
  readonly hysteresis: number
}

/** `quorum + hysteresis` gains it; less than `quorum - hysteresis`, or nothing at all, loses it. */
export function judgeQuorum(state: QuorumState, liveWeight: number, { quorum, hysteresis }: QuorumRule): 'up' | 'down' {
  if (state === 'up') return liveWeight === 0 || liveWeight < quorum - hysteresis ? 'down' : 'up'
  return liveWeight >= quorum + hysteresis ? 'up' : 'down'
}

export type QuorumChange = 'quorum-gained' | 'quorum-lost' | 'quorum-down-at-start'

/** What a change of quorum is called; a start below quorum is worth a word only if a sorry server has to step in. */
export function quorumChange(before: QuorumState, after: 'up' | 'down', hasSorryServer: boolean): QuorumChange | undefined {
  if (after === 'up') return before === 'up' ? undefined : 'quorum-gained'
  if (before === 'up') return 'quorum-lost'
  return before === 'unknown' && hasSorryServer ? 'quorum-down-at-start' : undefined
}
