import { ok } from '../base/result.ts'
import type { LoadOptions } from '../config/load.ts'
import { loadAgain, type Memory } from '../config/load-again.ts'
import { changedServices, servicesChange } from '../core/check/change.ts'
import type { VirtualServer } from '../core/check/config.ts'
import { hostReader } from './config-reader.ts'
import { CAST, ROUNDS } from './reload-rehearsal.ts'

/** What the supervisor does: a configuration is read, and read again with changes. Returns how many servers were read the last time. */
export function rehearseReading(options: LoadOptions): number {
  const host = { ...hostReader(), glob: (path: string) => ({ paths: [path], missingAlternatives: [], folderExists: true }) }
  let memory: Memory | undefined
  let read = 0
  let before: readonly VirtualServer[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = Buffer.from(sample(round + 1))
    const again = loadAgain('/rehearsal', { ...host, readFile: () => ok(bytes) }, options, memory)
    const now = again.loaded.config.check?.virtualServers ?? []
    changedServices(before, structuredClone(servicesChange(before, now)))
    before = now
    memory = again.memory
    read = again.loaded.parsed.check.virtualServers.flatMap(({ real_server }) => real_server).length
  }
  return read
}

/** Of each second service the last server has this weight. */
function sample(weight: number): string {
  const server = (i: number, j: number): string =>
    `  real_server 198.51.100.${j + 1} ${1_024 + i} {\n    weight ${i % 2 === 0 && j === 2 ? weight : 1}\n    TCP_CHECK {\n      connect_timeout 1\n    }\n  }\n`
  const service = (i: number): string =>
    `virtual_server 192.0.2.${i + 1} 80 {\n  lvs_sched rr\n  lvs_method NAT\n  protocol TCP\n${[0, 1, 2].map((j) => server(i, j)).join('')}}\n`
  return Array.from({ length: CAST }, (_, i) => service(i)).join('')
}
