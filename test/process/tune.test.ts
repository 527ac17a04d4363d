import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Micros } from '../../src/base/units.ts'
import type { Scheduling } from '../../src/process/messages.ts'
import { tune } from '../../src/process/tune.ts'

const plain: Scheduling = {
  priority: 0,
  realtimePriority: 0,
  noSwap: false,
  cpuAffinity: [],
  rlimitRttime: undefined,
  highestPriority: 0,
  tolerance: 0 as Micros,
}
async function tuned(
  scheduling: Partial<Scheduling>,
): Promise<{ readonly processors: string; readonly limit: string; readonly lines: readonly string[] }> {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  const lines: string[] = []
  const log = { say: (_level: string, text: string) => void lines.push(text), detail: () => undefined }
  tune(child.pid ?? 0, { ...plain, ...scheduling }, log)
  const processors = /^Cpus_allowed_list:\s+(.*)$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? ''
  const limit = /^Max realtime timeout +(.*\S)/m.exec(readFileSync(`/proc/${child.pid}/limits`, 'utf8'))?.[1] ?? ''
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { processors, limit, lines }
}
const first =
  spawnSync('sh', ['-c', `awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status`], { encoding: 'utf8' }).stdout.split(/[-,\n]/)[0] ??
  '0'

test('vrrp_cpu_affinity, checker_cpu_affinity, bfd_cpu_affinity: the child computes there and nowhere else', async () => {
  expect(await tuned({ cpuAffinity: [Number(first)] })).toMatchObject({ processors: first, lines: [] })
})

test('vrrp_rlimit_rttime, checker_rlimit_rttime, bfd_rlimit_rttime limit who computes in real time, softly', async () => {
  expect((await tuned({ realtimePriority: 10, rlimitRttime: 20_000 })).limit).toMatch(/^20000 +unlimited/)
  expect((await tuned({ rlimitRttime: 20_000 })).limit).toMatch(/^unlimited/)
})

test('what cannot be is said, and no more: vrrp_rlimit_rtime, checker_rlimit_rtime and bfd_rlimit_rtime are the old words', async () => {
  const { lines } = await tuned({ cpuAffinity: [100_000] })
  expect(lines).toEqual([expect.stringMatching(/^Unable to set CPU affinity: ./)])
})
