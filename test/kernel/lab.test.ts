import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hasIpvs, hasUml } from '../lab/kernel.ts'
import { release } from '../lab/program.ts'
import { runInUml } from '../lab/uml.ts'
import { device, isKeepalived } from './harness/device.ts'
import type { Job } from './uml/jobs.ts'

const here = (name: string): string => join(import.meta.dirname, 'uml', name)
const variant = (name: string, kind: string, ...programs: readonly string[]): Job => ({
  name,
  file: here('variant.ts'),
  args: [kind, ...programs],
})

const job = (name: string, ...args: readonly string[]): Job => ({ name, file: here(`${name}.ts`), args })

/** They promise seconds, and mostly wait. */
const promises: readonly (readonly Job[])[] = [
  [variant('dr', 'DR', device.name), variant('nat', 'NAT', device.name), variant('tun', 'TUN', device.name)],
  [
    variant('beside-keepalived', 'DR', device.name, 'keepalived'),
    variant('behind-keepalived', 'DR', 'keepalived', device.name),
    job('flush', device.name),
  ],
]

/** They work, and promise nothing. */
const work: readonly (readonly Job[])[] = [
  [job('sync', device.name), job('ipvs-namespace', device.name)],
  // Mistakes are planted in our own program alone.
  [...(isKeepalived ? [] : [job('checker-mistakes')]), job('alerts', device.name), job('bfd-check', device.name)],
  [job('equality', device.name), job('ipvsadm')],
  [job('setups', device.name)],
  [job('hands')],
  [job('holes', device.name)],
]

/** They unload modules, empty tables and set the clock, so they need a machine of their own, and run before the others make use of it. */
const contract: readonly Job[] = [
  { name: 'contract', file: here('ipvs-contract.ts'), args: [] },
  { name: 'clock', file: here('clock.ts'), args: [device.name] },
]

/** Seconds for one boot and all that runs in it. */
const LIMIT = 480
const BOOT_LIMIT = (LIMIT + 20) * 1_000

describe('ip_vs on real packets', () => {
  let lines: readonly string[] = []

  beforeAll(async () => {
    if (!hasUml()) throw new Error('User Mode Linux is not installed: apt-get install user-mode-linux')
    if (device.name === 'vipkeeper') release()
    // Two machines: what one of them works off must not keep the other from being on time.
    const booted = hasIpvs() ? [boot([contract]), direct([...promises, ...work])] : [boot([contract, ...promises]), boot(work)]
    lines = (await Promise.all(booted)).flat()
  }, BOOT_LIMIT)

  const passes = (name: string): void => {
    const said = lines.filter((line) => line.startsWith(`${name}| `)).map((line) => line.slice(name.length + 2))
    const machine = lines.filter((line) => line.startsWith('machine| '))
    expect(lines.find((line) => line.startsWith(`${name}= `)) ?? `${name} did not end`, [...said, ...machine].join('\n')).toBe(`${name}= 0`)
  }

  test('LVS-DR: in turn, a web server stops and returns, the master loses its power and returns', () => passes('dr'))
  test('LVS-NAT: the same, with the inner address moving along', () => passes('nat'))
  test('LVS-TUN: the same', () => passes('tun'))
  test('smtp_alert, lvs_notify_fifo and its script, notify_up, notify_down, quorum_up, quorum_down: keepalived’s words and bytes', () =>
    passes('alerts'))
  test('several services on one director: firewall marks over ports 80 and 443, persistence, weights, a thousand connections to each scheduler, save and restore', () =>
    passes('setups'))
  test('LVS-NAT, LVS-DR, LVS-TUN and firewall marks set up by hand: vipkeeper ipvs, doctor before and after, what it names mends, realserver up and down', () =>
    passes('hands'))
  test('net_namespace_ipvs: services, and the sync daemon of an instance, are in ip_vs of the other namespace; clients are served there', () =>
    passes('ipvs-namespace'))
  test(`${device.name} as master and keepalived as backup agree`, () => passes('beside-keepalived'))
  test(`keepalived as master and ${device.name} as backup agree`, () => passes('behind-keepalived'))
  // keepalived does not look at the table again.
  test.skipIf(isKeepalived)('I8 F23 F24 a table that somebody flushes is whole again within the reconcile period', () => passes('flush'))
  test('ipvsadm -Sn, lvs_notify_fifo and the log equal keepalived’s at start, failures, recoveries, reload, omega, lvs_flush_on_stop', () =>
    passes('equality'))
  test('lvs_sync_daemon: a TCP connection through the master lives on when the backup takes over', () => passes('sync'))
  test('F29 adverts are on time while a thousand real servers are black holes, and no descriptor is lost', () => passes('holes'))
  test.skipIf(isKeepalived)(
    'F37 F39 F50 the checker process stands still, throws, exhausts its heap: the table stays whole, adverts leave in time, another comes',
    () => passes('checker-mistakes'),
  )
  test('BFD_CHECK: a real server leaves and returns with the session to a router', () => passes('bfd-check'))
  test('vipkeeper ipvs prints what ipvsadm prints, byte for byte, and each restores what the other saved; realserver up and down for LVS-TUN', () =>
    passes('ipvsadm'))
  test('TMR-17 F15 a clock that jumps by an hour or a day, either way, changes no state and delays no advert', () => passes('clock'))
  test('our netlink for ip_vs does what the kernel means', () => passes('contract'))
})

async function boot(jobs: readonly (readonly Job[])[]): Promise<readonly string[]> {
  const result = await runInUml({ file: here('jobs.ts'), args: [JSON.stringify(jobs)], seconds: LIMIT, memory: 2_048 })
  if (result.status === 0) return result.lines
  return [...result.lines, `machine| ended with ${result.status}, ${result.console.slice(-500).replaceAll('\n', ' ')}`]
}

async function direct(jobs: readonly (readonly Job[])[]): Promise<readonly string[]> {
  const argv = ['--conditions=source', here('jobs.ts'), JSON.stringify(jobs)]
  return spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: LIMIT * 1_000 }).stdout.split('\n')
}
