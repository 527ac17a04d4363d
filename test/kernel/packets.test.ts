import { describe, expect, test } from 'vitest'
import { isKeepalived } from './harness/device.ts'
import { checksum, hex } from './harness/frames.ts'
import { DUT_MAC, instance, pause, Rig, VIP } from './harness/rig.ts'

describe.concurrent('what a master sends', () => {
  test('PKT-01 PKT-02 PKT-09 PKT-12 PKT-13 a version 2 advert, byte for byte', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    const advert = await rig.promote()
    expect(hex(advert.payload)).toBe(['21336401', '0001b8bf', 'c000020a', '0000000000000000'].join(''))
    expect(advert.ethernetDestination).toBe('01:00:5e:00:00:12')
    expect(advert.ethernetSource).toBe(DUT_MAC)
    const header = advert.bytes.subarray(14, 34)
    expect(hex(header.subarray(0, 4))).toBe('45c00028')
    expect(hex(header.subarray(6, 10))).toBe('0000ff70')
    expect(hex(header.subarray(12, 20))).toBe('c0000202e0000012')
    expect(checksum(header)).toBe(0)
  })

  test('PKT-10 the IPv4 identification changes and is never 0', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 255, interval: 0.2, lines: ['version 3'] }) })
    await rig.advert({ after: 0, seconds: 12 })
    await pause(1)
    const ids = rig.adverts().map((advert) => advert.id)
    expect(ids.length).toBeGreaterThan(4)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).not.toContain(0)
  })

  test('PKT-04 PKT-15 CKS-07 over IPv6 hop limit 255, link-local source, class c0, no extension header', async () => {
    const configuration = instance({ lines: ['version 3'], addresses: ['fe80::10', '2001:db8::10/64'], priority: 255, interval: 0.5 })
    await using rig = await Rig.open({ configuration })
    const advert = await rig.advert({ after: 0, seconds: 12 })
    expect(advert).toMatchObject({
      ttl: 255,
      tos: 0xc0,
      destination: 'ff02::12',
      ethernetDestination: '33:33:00:00:00:12',
      interval: 50,
      count: 2,
    })
    expect(advert.source).toMatch(/^fe80::/)
    expect(hex(advert.payload.subarray(8))).toBe('fe80000000000000000000000000001020010db8000000000000000000000010')
  })

  test('PKT-04 CKS-02 a version 3 advert over IPv4 is summed with the pseudo header', async () => {
    await using rig = await Rig.open({ configuration: instance({ lines: ['version 3'] }) })
    const advert = await rig.promote()
    expect(hex(advert.payload.subarray(0, 6))).toBe('313364010064')
    const pseudo = Uint8Array.from([192, 0, 2, 2, 224, 0, 0, 18, 0, 112, 0, advert.payload.length])
    expect(checksum(Uint8Array.from([...pseudo, ...advert.payload]))).toBe(0)
  })

  test('PKT-05 the addresses go out in the configured order, the excluded ones not at all', async () => {
    const excluded = ['virtual_ipaddress_excluded {', '192.0.2.20', '192.0.2.21', '}']
    const configuration = instance({ priority: 255, addresses: ['192.0.2.12', '192.0.2.10', '192.0.2.11'], lines: excluded })
    await using rig = await Rig.open({ configuration })
    const advert = await rig.advert({ after: 0, seconds: 12 })
    expect(advert.count).toBe(3)
    expect(hex(advert.payload.subarray(8, 20))).toBe('c000020cc000020ac000020b')
    await pause(0.5)
    expect(['192.0.2.10', '192.0.2.11', '192.0.2.12', '192.0.2.20', '192.0.2.21'].filter((each) => !rig.dut.holds(each))).toEqual([])
  })

  test('PKT-11 a second address leaves the source alone; mcast_src_ip chooses it', async () => {
    const configuration = instance({ priority: 255, lines: ['mcast_src_ip 192.0.2.3'] })
    await using rig = await Rig.open({ configuration, prepare: ({ dut }) => dut.ip('addr add 192.0.2.3/24 dev eth0') })
    expect((await rig.advert({ after: 0, seconds: 12 })).source).toBe('192.0.2.3')
  })

  test('PKT-17 its own adverts do not come back to it', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 255, lines: ['version 3'], interval: 0.1 }) })
    await pause(3)
    expect(rig.dut.log).not.toMatch(/own address|our own|sent by us/i)
    expect(rig.adverts().length).toBeGreaterThan(20)
  })

  test('PKT-18 a send that a firewall refuses does not stop the timer', async () => {
    await using rig = await Rig.open({ configuration: instance({ priority: 255, lines: ['version 3'], interval: 0.2 }) })
    await rig.advert({ after: 0, seconds: 12 })
    rig.dut.host.exec(['nft', '-f', '-'], {
      input: 'table inet refuse { chain output { type filter hook output priority 0; ip protocol vrrp drop; }; }',
    })
    const silent = performance.now()
    await pause(1.2)
    const during = rig.adverts(rig.startedAt).length
    await pause(0.5)
    expect(rig.adverts().length, 'the firewall holds').toBe(during)
    rig.dut.host.exec(['nft', 'flush', 'ruleset'])
    await rig.advert({ seconds: 0.5 })
    expect(performance.now() - silent).toBeGreaterThan(1_000)
    expect(rig.dut.log.match(/Operation not permitted|EPERM/g)?.length ?? 0, 'logged once, not for each advert').toBeLessThanOrEqual(
      isKeepalived ? 20 : 2,
    )
  })

  test('PKT-19 SIGTERM sends priority 0 once, laid out like any advert, and then nothing', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    const at = Date.now() / 1_000
    await rig.dut.stop()
    await pause(1.5)
    const after = rig.adverts(at)
    expect(after.map((advert) => hex(advert.payload))).toEqual(['2133000100011cc0c000020a0000000000000000'])
    expect(rig.dut.holds(VIP)).toBe(false)
  })

  test('PKT-20 a backup sends nothing', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.every(0.5, { priority: 200 }, () => pause(5))
    expect(rig.adverts()).toEqual([])
    expect(rig.garps()).toEqual([])
  })
})
