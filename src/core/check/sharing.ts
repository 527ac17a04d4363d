import { type Checker, isScheduled } from './config.ts'
import type { RunningChecker } from './state.ts'

/**
 * One probe for each distinct target: checkers that would try the same at the same times learn from one attempt. `alpha` and
 * `log_all_failures` say what is made of a result, not how it comes about, so they may differ.
 */
export function findTwins(checkers: readonly RunningChecker[]): void {
  const groups = new Map<string, RunningChecker[]>()
  for (const checker of checkers) {
    const key = probeKey(checker.config)
    const group = key === undefined ? undefined : groups.get(key)
    if (group !== undefined) group.push(checker)
    else if (key !== undefined) groups.set(key, [checker])
  }
  for (const group of groups.values()) {
    if (group.length === 1) continue
    for (const checker of group) checker.twins = group
    startTogether(group)
  }
}

/** A script may count how often it is asked, and what is followed is never tried: these are made each for itself. */
function probeKey(checker: Checker): string | undefined {
  if (!isScheduled(checker) || checker.kind === 'MISC_CHECK') return undefined
  const { alpha, logAllFailures, ...same } = checker
  return JSON.stringify(same)
}

/** The earliest of a thousand random points within the warm-up is its very beginning: so all take that of the first. */
function startTogether(group: readonly RunningChecker[]): void {
  const fresh = group.filter(({ state }) => state.phase === 'waiting' && state.standing.kind === 'untested')
  const [first] = fresh
  if (first?.state.phase !== 'waiting') return
  const { at } = first.state
  for (const checker of fresh) if (checker.state.phase === 'waiting') checker.state = { ...checker.state, at }
}
