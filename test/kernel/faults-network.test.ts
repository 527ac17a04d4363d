import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ip } from '../lab/command.ts'
import type { Director } from '../lab/director.ts'
import { until } from '../lab/observe.ts'
import { keepalived } from '../lab/program.ts'
import { device, isKeepalived } from './harness/device.ts'
import { igmpQuery } from './harness/frames.ts'
import { said } from './harness/log.ts'
import { Pair } from './harness/pair.ts'
import { instance, pause, Rig, TESTER_MAC, VIP } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

/** What the network may do to the daemon. The limits leave room for a busy machine; the intervals are the protocol's. */

/** From now on the host does not send what the rule is about; undone by `sends`. */
function swallows(director: Director, rule: string): void {
  const chain = 'add chain netdev fault out { type filter hook egress device eth0 priority 0; }'
  for (const command of ['add table netdev fault', chain, `add rule netdev fault out ${rule} drop`]) {
    const done = director.host.attempt(['nft', command])
    if (done.status !== 0) throw new Error(`nft ${command}: ${done.stderr}`)
  }
}
const sends = (director: Director): unknown => director.host.attempt(['nft', 'delete table netdev fault'])
const ADVERTS = 'meta protocol ip ip protocol vrrp'

describe.concurrent('faults of the network', () => {
  test('F07 the carrier flaps twenty times: no more faults than that, and it is master in its time when it stays', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    for (let flap = 0; flap < 20; flap++) {
      rig.dut.host.cut('eth0')
      await sleep(60)
      rig.dut.host.join('eth0')
      await sleep(60)
    }
    const masterships = (): number => said(rig.dut, 'Entering MASTER STATE')
    // The address may be there before its line is in the log.
    expect(await until(() => masterships() > 1 && rig.dut.holds(VIP), 8, 0.05)).toBeDefined()
    const faults = said(rig.dut, 'Entering FAULT STATE')
    expect(faults).toBeGreaterThan(0)
    expect(faults).toBeLessThanOrEqual(20)
    expect(masterships(), 'once before, once after').toBe(2)
  })

  test('F07 interface_up_down_delays: a carrier that is away for less was never away', async () => {
    const delays = 'interface_up_down_delays {\n  eth0 1.5\n}\n'
    await using rig = await Rig.open({ configuration: delays + instance() })
    await rig.promote()
    for (let flap = 0; flap < 5; flap++) {
      rig.dut.host.cut('eth0')
      await sleep(100)
      rig.dut.host.join('eth0')
      await sleep(100)
    }
    expect(rig.dut.holds(VIP)).toBe(true)
    expect(said(rig.dut, 'Entering FAULT STATE')).toBe(0)
    rig.dut.host.cut('eth0')
    expect(await until(() => said(rig.dut, 'Entering FAULT STATE') === 1, 6, 0.02), 'in the end it is').toBeGreaterThan(1)
  })

  test('F08 a partition makes two masters; when it heals one remains, and that one announces its address', async () => {
    await using two = new Pair({ programs: [device, keepalived], first: { priority: 110 }, second: { priority: 100 } })
    await two.elect()
    two.partition(true)
    expect(await until(() => two.second.holds(two.vip), 8, 0.02)).toBeDefined()
    expect(two.first.holds(two.vip), 'both').toBe(true)
    const healed = wallClock()
    two.partition(false)
    await two.settles(two.first, 5)
    const announced = await two.wire.next(
      (frame): frame is typeof frame => frame.kind === 'arp' && frame.senderMac === '02:00:00:00:00:02' && frame.sender === two.vip,
      { after: healed, seconds: 4 },
    )
    expect(announced.at - healed).toBeLessThan(4)
  })

  // keepalived says the same line for each advert.
  test.skipIf(isKeepalived)(
    'F09 F10 the master is not heard: two masters, told of once; the backup is not heard: nothing happens',
    async () => {
      await using two = new Pair({ programs: [device, device], both: { lines: ['garp_lower_prio_repeat 1'] }, first: { priority: 110 } })
      await two.elect()
      swallows(two.first, ADVERTS)
      expect(await until(() => two.second.holds(two.vip), 15, 0.02)).toBeDefined()
      expect(await until(() => said(two.first, 'probably there are two masters') === 1, 20, 0.05)).toBeDefined()
      expect(said(two.first, 'forcing new election')).toBe(1)
      sends(two.first)
      await two.settles(two.first, 5)
      swallows(two.second, ADVERTS)
      const changes = said(two.first, 'STATE') + said(two.second, 'STATE')
      await pause(2)
      expect(said(two.first, 'STATE') + said(two.second, 'STATE')).toBe(changes)
      expect(two.second.holds(two.vip)).toBe(false)
    },
  )

  test('F11 a fifth of the adverts is lost: whoever is promoted by mistake yields again', async () => {
    const both = { interval: 0.1, lines: ['version 3'] }
    await using two = new Pair({ programs: [device, device], both, first: { priority: 110 }, second: { priority: 100 } })
    await two.elect()
    const before = said(two.second, 'Entering MASTER STATE')
    swallows(two.first, `${ADVERTS} numgen random mod 5 < 1`)
    await pause(5)
    sends(two.first)
    await two.settles(two.first, 4)
    // Three in a row of fifty: 0.4 times on average.
    expect(said(two.second, 'Entering MASTER STATE') - before).toBeLessThanOrEqual(6)
    expect(two.first.latestLog).not.toContain('FAULT')
  })

  test('F12 each packet comes ten times: a backup stays, a master answers once', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    const tenfold = (priority: number): number => {
      for (let copy = 0; copy < 9; copy++) rig.send({ priority })
      return rig.send({ priority })
    }
    const since = tenfold(150)
    for (let beat = 0; beat < 5; beat++) {
      await sleep(800)
      tenfold(150)
    }
    expect(rig.adverts(since)).toEqual([])
    const first = await rig.promote()
    const at = tenfold(50)
    await rig.advert({ after: at, seconds: 1 })
    await sleep(300)
    const answers = rig.adverts(Math.max(at, first.at))
    // keepalived answers each of them.
    if (!isKeepalived) expect(answers.length, 'one for each tenth of an interval, and the beat').toBeLessThanOrEqual(3)
    expect(rig.dut.holds(VIP)).toBe(true)
  })

  test('F14 whatever byte of an advert is spoilt, nobody believes it', async () => {
    await using rig = await Rig.open({ configuration: instance() })
    await rig.promote()
    for (let spoil = 1; spoil <= 60; spoil++) {
      rig.send({ priority: 200, spoil })
      await sleep(25)
    }
    expect(rig.dut.holds(VIP)).toBe(true)
    expect(said(rig.dut, 'Entering BACKUP STATE')).toBe(1)
    const times = rig.adverts().map(({ at }) => at)
    expect(Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0))), 'none is missing').toBeLessThan(1.95)
  })

  test('F41 a flood overflows the receive buffer: the master still heard is not replaced, and what was lost is counted', async () => {
    const small = instance({ lines: ['kernel_rx_buf_size 4096'] })
    await using rig = await Rig.open({ configuration: small })
    const end = wallClock() + 5
    while (wallClock() < end) {
      rig.send({ priority: 150 })
      for (let n = 0; n < 400; n++) rig.send({ priority: 200, spoil: 1 + n })
      await sleep(100)
    }
    expect(said(rig.dut, 'Entering MASTER STATE')).toBe(0)
    // Nobody reads meanwhile, on however fast a machine.
    const pid = rig.dut.pid('vrrp')
    process.kill(pid, 'SIGSTOP')
    for (let n = 0; n < 400; n++) rig.send({ priority: 200, spoil: 1 + n })
    process.kill(pid, 'SIGCONT')
    await sleep(100)
    const last = rig.send({ priority: 150 })
    expect((await rig.advert({ after: last, seconds: 6 })).at - last, 'and it takes over when that one is silent').toBeGreaterThan(3.4)
    if (isKeepalived) return
    rig.dut.signal('SIGUSR1')
    const dump = join(rig.dut.host.directory, 'tmp/keepalived.data')
    const lost = (): number => (existsSync(dump) ? Number(/Rx buf overruns = (\d+)/.exec(readFileSync(dump, 'utf8'))?.[1] ?? 0) : 0)
    expect(await until(() => lost() > 300, 4, 0.05), `${lost()} of 400`).toBeDefined()
  })

  test.each([
    {
      group: '239.255.0.18',
      lost: true,
      what: 'a group of our own is lost: two masters, and the doctor names both; the querier returns: one',
    },
    // RFC 4541 §2.1.2
    { group: '224.0.0.18', lost: false, what: 'the group of VRRP itself is flooded all the same' },
  ])('F43 a switch snoops and its querier falls silent: $what', async ({ group, lost }) => {
    await using two = new Pair({
      programs: [device, keepalived],
      both: { interval: 0.5, lines: ['version 3'] },
      first: { priority: 110 },
      second: { priority: 100 },
      before: () => `global_defs {\n  vrrp_mcast_group4 ${group}\n}\n`,
    })
    // Hundredths of a second. It forgets who is in a group long before it forgets that somebody asks.
    const snooping = 'mcast_snooping 1 mcast_querier 0 mcast_membership_interval 200 mcast_querier_interval 60000'
    ip(two.lan.switchboard, [`link set ${two.lan.bridge('a')} type bridge ${snooping}`])
    await two.elect()
    const query = (): unknown => two.wire.send(igmpQuery({ mac: TESTER_MAC, address: '192.0.2.1' }))
    query()
    if (!lost) {
      await pause(6)
      expect(said(two.second, 'Entering MASTER STATE')).toBe(0)
      return
    }
    expect(await until(() => two.second.holds(two.vip), 15, 0.02)).toBeDefined()
    expect(two.first.holds(two.vip), 'both').toBe(true)
    if (!isKeepalived) {
      const configuration = join(two.first.host.directory, 'keepalived.conf')
      const { stdout } = two.first.host.attempt([...device.argv, 'doctor', '-f', configuration], { seconds: 30 })
      expect(stdout).toMatch(`${two.vip} is in several places: this host, 02:00:00:00:00:03`)
    }
    const querier = setInterval(query, 500)
    try {
      await two.settles(two.first, 8)
    } finally {
      clearInterval(querier)
    }
  })

  test('F44 FSM-08 somebody else has our primary address: a line in the log, and nothing else', async () => {
    const open = { 'net.ipv4.conf.all.accept_local': '1', 'net.ipv4.conf.all.rp_filter': '0', 'net.ipv4.conf.eth0.rp_filter': '0' }
    await using rig = await Rig.open({ configuration: instance(), prepare: ({ dut }) => dut.sysctl(open) })
    await rig.promote()
    const before = wallClock()
    for (let n = 0; n < 30; n++) {
      rig.send({ priority: 100, source: '192.0.2.2' })
      await sleep(50)
    }
    expect(rig.dut.holds(VIP)).toBe(true)
    expect(said(rig.dut, 'Entering BACKUP STATE')).toBe(1)
    expect(rig.adverts(before).length, 'in time, and no more').toBeLessThanOrEqual(Math.ceil(wallClock() - before) + 1)
    const line = 'equal priority advert received from remote host with our IP address'
    expect(await until(() => said(rig.dut, line) > 0, 3, 0.05)).toBeDefined()
    if (!isKeepalived) expect(said(rig.dut, line)).toBe(1)
  })
})
