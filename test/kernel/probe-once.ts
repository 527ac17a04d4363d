/** Run in a namespace: makes one attempt, given as JSON, until the limit in milliseconds, and prints what came of it as JSON. */
import { readdirSync, readlinkSync } from 'node:fs'
import type { CheckAttempt } from '../../src/core/check/config.ts'
import { probe } from '../../src/drivers/probes/index.ts'

const [attempt = '', limit = ''] = process.argv.slice(2)
const before = sockets()
const start = performance.now()
const result = await probe(JSON.parse(attempt) as CheckAttempt, AbortSignal.timeout(Number(limit)))
const ms = performance.now() - start
// A handle is gone one turn after it was closed.
await new Promise((resolve) => setImmediate(resolve))
process.stdout.write(JSON.stringify({ result, ms, leaked: sockets() - before }))

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
