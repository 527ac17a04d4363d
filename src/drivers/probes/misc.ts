import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt } from '../../core/check/config.ts'
import type { ProbeResult } from '../../core/check/probe.ts'
import type { Scripts } from '../scripts.ts'

/** MISC_CHECK: a script that ends with 0 says that the server is well; with `misc_dynamic` 2 to 255 say how well. */
export async function probeMisc(
  { script, timeout, dynamic }: Extract<CheckAttempt, { kind: 'MISC_CHECK' }>,
  scripts: Scripts,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const start = performance.now()
  const end = await scripts.run(script, { timeout, signal })
  const latency = fromMillis(performance.now() - start)
  if (end.kind === 'exited' && end.code === 0) return { kind: 'passed', latency }
  if (end.kind === 'exited' && end.code >= 2 && dynamic) return { kind: 'weighed', latency, weight: end.code - 2 }
  if (end.kind === 'not-run' && end.ours) return { kind: 'not-made', detail: end.detail }
  return { kind: 'failed', reason: { kind: 'script', end } }
}
