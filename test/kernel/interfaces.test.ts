import { describe, expect, test } from 'vitest'
import { attempt } from '../lab/command.ts'
import { until } from '../lab/observe.ts'
import { instance, pause, Rig, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

const inFault = (rig: Rig) => () => /Entering FAULT STATE/i.test(rig.dut.latestLog)

describe.concurrent('what happens to its device', () => {
  test('IFC-01 IFC-02 the carrier goes: fault, the address is gone; it returns: backup, then master in its time', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    rig.dut.host.cut('eth0')
    expect(await until(inFault(rig), 1), 'fault').toBeDefined()
    expect(await until(() => !rig.dut.holds(VIP), 1)).toBeDefined()
    await pause(0.5)
    const at = wallClock()
    rig.dut.host.join('eth0')
    const first = await rig.advert({ after: at, seconds: 6 })
    expect(first.at - at).toBeGreaterThan(3.5)
    expect(first.at - at).toBeLessThan(4.2)
    expect(await until(() => rig.dut.holds(VIP), 1)).toBeDefined()
  })

  test('IFC-01 the device is set down: fault, and priority 0 is tried', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    rig.dut.host.ip('link set eth0 down')
    expect(await until(inFault(rig), 1)).toBeDefined()
    rig.dut.host.ip('link set eth0 up')
    await rig.advert({ seconds: 6 })
  })

  test('IFC-03 the address is taken away: priority 0, and back after the skew time if nobody else wants it', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    await pause(0.3)
    const at = wallClock()
    rig.dut.host.ip(`addr del ${VIP}/32 dev eth0`)
    const resigned = await rig.advert({ after: at, seconds: 1 })
    expect(resigned.priority).toBe(0)
    const back = await rig.advert({ after: resigned.at + 0.0001, seconds: 2, where: (advert) => advert.priority > 0 })
    expect(Math.abs(back.at - at - 0.61), `back after ${back.at - at}`).toBeLessThan(0.15)
    expect(await until(() => rig.dut.holds(VIP), 1)).toBeDefined()
  })

  test('IFC-05 the primary address goes: the next one is the source', async () => {
    const configuration = instance({ priority: 255 })
    await using rig = await Rig.open({ configuration, prepare: ({ dut }) => dut.ip('addr add 192.0.2.5/24 dev eth0') })
    const prepared = 'net.ipv4.conf.eth0.promote_secondaries'
    rig.dut.host.sysctl({ [prepared]: '1' })
    await rig.advert({ after: 0, seconds: 12 })
    rig.dut.host.ip('addr del 192.0.2.2/24 dev eth0')
    const next = await rig.advert({ seconds: 6, where: (advert) => advert.source === '192.0.2.5' })
    expect(next.priority).toBe(255)
  })

  test('IFC-06 the same VRID twice on a device is refused', async () => {
    const configuration = instance() + instance({ name: 'VI_2', addresses: ['192.0.2.11'] })
    await using rig = await Rig.open({ configuration, start: false })
    const tested = rig.dut.host.attempt([...rig.dut.program.argv, '-t', '-f', rig.configuration])
    expect(tested.status, tested.stderr).toBe(5)
    expect(tested.stderr + tested.stdout).toMatch(/VRID 51|virtual_router_id 51|duplicate/i)
  })

  test('IFC-07 the device is deleted and made anew: it sends and hears again', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    rig.dut.host.ip('link del eth0')
    await pause(1)
    const bridge = rig.lan.bridge('a')
    const { namespace } = rig.dut.host
    const port = `dut.eth0`
    attempt([
      'ip',
      '-n',
      rig.lan.switchboard,
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'address',
      '02:00:00:00:00:02',
      'netns',
      namespace,
    ])
    attempt(['ip', '-n', rig.lan.switchboard, 'link', 'set', port, 'master', bridge, 'up'])
    const at = wallClock()
    rig.dut.host.ip('addr add 192.0.2.2/24 dev eth0', 'link set eth0 up')
    await rig.advert({ after: at, seconds: 8 })
    const heard = rig.send({ priority: 200 })
    expect(await until(() => !rig.dut.holds(VIP), 1, 0.02), `heard at ${heard}`).toBeDefined()
  })
})
