import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { instance, pause, Rig, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

/** Line by line what happened to addresses, with the instant: `ip -ts monitor address`. */
function watchAddresses(rig: Rig): () => readonly { readonly at: number; readonly added: boolean }[] {
  const watch = rig.dut.host.spawn(['ip', '-o', '-ts', 'monitor', 'address'], { log: 'addresses' })
  return () =>
    readFileSync(watch.log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`inet ${VIP}`))
      .map((line) => ({ at: Date.parse(/^\[([^\]]+)\]/.exec(line)?.[1] ?? '') / 1_000 + micros(line), added: !line.includes('Deleted') }))
}

/** Date.parse stops at milliseconds. */
const micros = (line: string): number => Number(/\.\d{3}(\d{3})\]/.exec(line)?.[1] ?? 0) / 1e6

describe.concurrent('becoming and leaving master', () => {
  test('FSM-01 GRP-13 the order up: advert, address, gratuitous ARP', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    const addresses = watchAddresses(rig)
    await pause(0.2)
    const advert = await rig.promote()
    await pause(0.3)
    const added = addresses().find((each) => each.added)?.at ?? Number.NaN
    const announced = rig.garps()[0]?.at ?? Number.NaN
    const order = [advert.at, added, announced]
    // The stamp of `ip monitor` is taken when it reads, not when the kernel sets: it may come a little after the frame.
    expect(added - advert.at, `${order}`).toBeGreaterThan(-0.001)
    expect(announced - advert.at, `${order}`).toBeGreaterThan(0)
    expect(announced - added, `${order}`).toBeGreaterThan(-0.05)
  })

  test('FSM-02 the order down: priority 0, then the address goes', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const addresses = watchAddresses(rig)
    await pause(0.5)
    const at = wallClock()
    rig.dut.signal('SIGTERM')
    const resigned = await rig.advert({ after: at, seconds: 2, where: (advert) => advert.priority === 0 })
    expect(await until(() => !rig.dut.holds(VIP), 2)).toBeDefined()
    await pause(0.2)
    const removed = addresses().find((each) => !each.added)?.at ?? Number.NaN
    expect(removed - resigned.at).toBeGreaterThan(-0.001)
  })

  test('FSM-03 a higher priority: the address goes, and no packet is sent', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = rig.send({ priority: 101 })
    expect(await until(() => !rig.dut.holds(VIP), 1, 0.01), 'the address is gone').toBeLessThan(0.2)
    await pause(2)
    expect(rig.adverts(at)).toEqual([])
  })

  test('FSM-04 GRP-09 a lower priority: an advert at once, and the address is announced again', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['garp_master_delay 0'] }) })
    await rig.promote()
    await pause(0.3)
    const before = rig.garps().length
    const at = rig.send({ priority: 99 })
    const answer = await rig.advert({ after: at, seconds: 0.5 })
    expect(answer.at - at).toBeLessThan(0.05)
    expect(await until(() => rig.garps().length >= before + 5, 1)).toBeDefined()
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  test('FSM-05 the same priority from a higher address: backup', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = rig.send({ priority: 100, source: '192.0.2.3' })
    expect(await until(() => !rig.dut.holds(VIP), 1, 0.01)).toBeDefined()
    await pause(1.5)
    expect(rig.adverts(at)).toEqual([])
  })

  test('FSM-06 the same priority from a lower address: it stays, and says so', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    await pause(0.3)
    const at = rig.send({ priority: 100, source: '192.0.2.1' })
    expect((await rig.advert({ after: at, seconds: 0.5 })).at - at).toBeLessThan(0.05)
    await pause(0.5)
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  test('FSM-07 addresses are compared as numbers: 192.0.2.10 is higher than 192.0.2.2', async () => {
    await using rig = await Rig.open({ configuration: instance({ addresses: ['192.0.2.100'] }) })
    rig.send({ priority: 0, addresses: ['192.0.2.100'] })
    await rig.advert({ after: 0, seconds: 12 })
    await until(() => rig.dut.holds('192.0.2.100'), 1)
    rig.send({ priority: 100, source: '192.0.2.10', addresses: ['192.0.2.100'] })
    expect(await until(() => !rig.dut.holds('192.0.2.100'), 1, 0.01)).toBeDefined()
  })

  test('FSM-09 a backup knows no tie: the same priority from a lower address keeps it waiting', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.every(1, { priority: 100, source: '192.0.2.1' }, () => pause(5))
    expect(rig.adverts()).toEqual([])
  })

  test('FSM-10 a master hears priority 0: an advert at once, and it stays', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    await pause(0.3)
    const at = rig.send({ priority: 0 })
    expect((await rig.advert({ after: at, seconds: 0.5 })).at - at).toBeLessThan(0.05)
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  test('FSM-11 nopreempt: a lower master stands, and when it resigns the backup follows', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 200, lines: ['state BACKUP', 'nopreempt'] }) })
    await rig.every(1, { priority: 50 }, () => pause(5))
    expect(rig.adverts()).toEqual([])
    const at = rig.send({ priority: 0 })
    const first = await rig.advert({ after: at, seconds: 1 })
    expect(Math.abs(first.at - at - 0.219)).toBeLessThan(0.08)
  })

  test('FSM-12 nopreempt: a master yields to a higher one all the same', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['state BACKUP', 'nopreempt'] }) })
    await rig.promote()
    rig.send({ priority: 254 })
    expect(await until(() => !rig.dut.holds(VIP), 1, 0.01)).toBeDefined()
  })

  test('FSM-14 preempt_delay 3 puts the preemption off', async () => {
    const configuration = instance({ priority: 200, lines: ['state BACKUP', 'preempt_delay 3'] })
    await using rig = await Rig.open({ configuration })
    const at = wallClock()
    await rig.every(0.5, { priority: 100 }, async () => {
      const first = await rig.advert({ after: at, seconds: 9 })
      expect(first.at - at).toBeGreaterThan(5.5)
      expect(first.at - at).toBeLessThan(7)
    })
  })

  test('FSM-19 a backup that is stopped sends nothing', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    rig.send({ priority: 200 })
    await rig.dut.stop()
    await pause(0.3)
    expect(rig.adverts()).toEqual([])
  })

  test('FSM-25 a backup does not answer for the address', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    rig.send({ priority: 200 })
    const backup = rig.tester.attempt(['arping', '-c', '1', '-w', '1', '-I', 'eth0', VIP])
    expect(backup.status, backup.stdout).toBe(1)
    await rig.promote()
    const master = rig.tester.attempt(['arping', '-c', '1', '-w', '2', '-I', 'eth0', VIP])
    expect(master.status, master.stdout + master.stderr).toBe(0)
  })
})
