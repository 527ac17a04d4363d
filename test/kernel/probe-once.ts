/** Run in a namespace: makes one attempt, or each of a list, given as JSON, until the limit in milliseconds; prints what came of it as JSON. */
import { readdirSync, readlinkSync } from 'node:fs'
import type { CheckAttempt } from '../../src/core/check/config.ts'
import type { ProbeResult } from '../../src/core/check/probe.ts'
import { probe } from '../../src/drivers/probes/index.ts'

export interface ProbeOutcome {
  readonly result: ProbeResult
  readonly ms: number
  /** Sockets that were not there before. */
  readonly leaked: number
}

const [given = '', limit = ''] = process.argv.slice(2)
const attempts = JSON.parse(given) as CheckAttempt | readonly CheckAttempt[]
if ('kind' in attempts) process.stdout.write(JSON.stringify(await once(attempts)))
else {
  const outcomes: ProbeOutcome[] = []
  for (const attempt of attempts) outcomes.push(await once(attempt))
  process.stdout.write(JSON.stringify(outcomes))
}

async function once(attempt: CheckAttempt): Promise<ProbeOutcome> {
  const before = sockets()
  const start = performance.now()
  const result = await probe(attempt, AbortSignal.timeout(Number(limit)))
  const ms = performance.now() - start
  // A handle is gone one turn after it was closed.
  await new Promise((resolve) => setImmediate(resolve))
  return { result, ms, leaked: sockets() - before }
}

function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('socket:')).length
}

/** The folder itself is among what it lists, and gone when it is asked for. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}
