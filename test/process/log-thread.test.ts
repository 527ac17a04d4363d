import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Instances that become master in one turn, each with three addresses, in a process of its own: its log is its standard error. */
const PROGRAM = `
const [{ LogThread }, instances] = [await import(process.argv[2]), Number(process.argv[3])]
const thread = new LogThread()
thread.open({ format: 'human', console: true, syslog: undefined, identity: 'vipkeeper' })
const say = (text, fields) => thread.push({ at: 0, role: 'vrrp', pid: 1, level: 'info', text, event: undefined, fields })
for (let i = 0; i < instances; i++) {
  const instance = 'VI_' + i
  say('(' + instance + ') Entering MASTER STATE')
  const addresses = [1, 2, 3].map((last) => '192.0.2.' + last)
  say('(' + instance + ') announced', { event: 'announcing', instance, interface: 'eth0', addresses, repeat: 5 })
}
await thread.flush(5000)
process.exit(0)
`

function log(instances: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'vk-log-thread-'))
  try {
    const file = join(folder, 'program.mjs')
    writeFileSync(file, PROGRAM)
    const module = new URL('../../src/process/log.ts', import.meta.url).href
    const argv = ['--conditions=source', file, module, String(instances)]
    return spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: 20_000 }).stderr
  } finally {
    rmSync(folder, { recursive: true })
  }
}
const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

test('of a few instances every packet has its line', () => {
  const text = log(3)
  expect([count(text, /Entering MASTER STATE/g), count(text, /: Sending gratuitous ARP on eth0 for 192/g)]).toEqual([3, 45])
  expect(text).not.toContain('announced')
})

test('of many the lines of packets push no transition out of the log', () => {
  const text = log(200)
  expect([count(text, /Entering MASTER STATE/g), count(text, /dropped/g)]).toEqual([200, 0])
  expect(count(text, /announced/g)).toBeGreaterThan(0)
})
