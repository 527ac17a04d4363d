import type { ScriptEnd } from '../script-config.ts'
import type { ScriptChange } from '../track/tracked.ts'
import type { VrrpEffect } from './effects.ts'

/** What a run is worth in the log: another end than the last time, and another condition. */
export function scriptReports({ before, after }: ScriptChange): readonly VrrpEffect[] {
  const script = after.config.name
  const end = after.lastEnd
  if (end === undefined || before.lastEnd === end) return []
  const reports: VrrpEffect[] = []
  if (!sameEnd(before.lastEnd ?? GOOD, end)) reports.push({ kind: 'report', report: { event: 'script-returns', script, end } })
  if (before.condition !== after.condition)
    reports.push({ kind: 'report', report: { event: 'script-changed', script, good: after.condition === 'up', end } })
  return reports
}

const GOOD: ScriptEnd = { kind: 'exited', code: 0 }
const sameEnd = (a: ScriptEnd, b: ScriptEnd): boolean => JSON.stringify(a) === JSON.stringify(b)
