/** Addresses and links against the running kernel. Runs in a network namespace of its own: `unshare -n node --conditions=source FILE`. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { ifNameToIndex } from 'linux-syscalls'
import { fromSeconds, type Instant, instant, later } from '../../src/base/units.ts'
import type { LinkEvent } from '../../src/core/links.ts'
import { drive } from '../../src/core/reconcile/drive.ts'
import { type AddressObject, addressKey, type Departure, type KernelObject, keyOf } from '../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../src/core/reconcile/reconciler.ts'
import type { ReconcileEvent, ReconcilerState, Report } from '../../src/core/reconcile/state.ts'
import { NetlinkKernel } from '../../src/drivers/kernel.ts'
import { Monitor } from '../../src/drivers/monitor.ts'
import { RouteMonitor } from '../../src/drivers/route-monitor.ts'
import { listAddresses, readAddress } from '../../src/netlink/route/address.ts'
import { listNeighbours, readNeighbour } from '../../src/netlink/route/neighbour.ts'
import { lazyConnection, type ReceiveBuffer } from '../../src/netlink/socket.ts'
import { addressContract, linkContract, routingContract } from '../support/kernel-contract.ts'
import { address, link, route, rule, setting } from '../support/kernel-objects.ts'
import { type Case, runCases } from './contract.ts'

const device = 'vk0'
const ip = (...words: readonly string[]): string => execFileSync('ip', words, { encoding: 'utf8' })
const on = (text: string, more: Partial<AddressObject> = {}): AddressObject => address(text, { interface: device, ...more })

function fresh(): void {
  if (ip('-br', 'link').includes(device)) ip('link', 'del', device)
  ip('link', 'add', device, 'type', 'veth', 'peer', 'name', 'vk1')
  for (const name of ['lo', device, 'vk1']) ip('link', 'set', name, 'up')
}

/** A monitor whose events are read by `next`, since the last time. */
function watch(receiveBuffer?: number): { next: () => readonly LinkEvent[]; close: () => void } {
  const events: LinkEvent[] = []
  const opened = Monitor.open(
    (event) => events.push(event),
    receiveBuffer === undefined ? undefined : { bytes: receiveBuffer, force: true },
  )
  if (!opened.ok) throw new Error(`no monitor: errno ${opened.error}`)
  opened.value.start()
  return {
    next() {
      opened.value.drain()
      return events.splice(0)
    },
    close: () => opened.value.close(),
  }
}

function watching(run: (next: () => readonly LinkEvent[]) => void, receiveBuffer?: number): void {
  const monitor = watch(receiveBuffer)
  try {
    run(monitor.next)
  } finally {
    monitor.close()
  }
}

/** A route monitor; `next` answers what it told since the last time, in words. */
function watchingRoutes(named: readonly KernelObject[], run: (next: () => readonly string[]) => void, receiveBuffer?: ReceiveBuffer): void {
  const told: string[] = []
  const monitor = new RouteMonitor({
    onNotice: (notice) => told.push(notice.kind === 'overrun' ? 'overrun' : `${notice.change} ${keyOf(notice.object)}`),
    nameOf: (index) => (ifNameToIndex(device) === index ? device : undefined),
    ...(receiveBuffer === undefined ? {} : { receiveBuffer }),
  })
  monitor.watch(named)
  try {
    run(() => {
      monitor.drain()
      return told.splice(0)
    })
  } finally {
    monitor.close()
  }
}

/** A few rounds of the loop, each of which looks at the descriptors. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The kernel tells of a carrier when it finds the time: within a second (net/core/link_watch.c). */
async function comes(next: () => readonly LinkEvent[], what: string): Promise<void> {
  const seen: string[] = []
  for (let wait = 0; wait < 300; wait++) {
    seen.push(...told(next()))
    if (seen.includes(what)) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`'${what}' never came, only: ${seen.join(', ')}`)
}

const told = (events: readonly LinkEvent[]): readonly string[] =>
  events.map((event) => {
    switch (event.kind) {
      case 'link':
        return `${event.link.name} ${event.link.up ? 'up' : 'down'} ${event.link.running ? 'running' : 'idle'}`
      case 'link-removed':
        return `${event.name} removed`
      case 'links-known':
        return 'links-known'
      default:
        return `${event.kind} ${event.address.prefix.address}/${event.address.prefix.length}`
    }
  })

const own: readonly Case[] = [
  {
    name: 'the monitor begins with all links and addresses',
    run: () =>
      watching((next) => {
        const [known, ...more] = next()
        ok(known?.kind === 'links-known' && more.every(({ kind }) => kind !== 'links-known'))
        const link = known.links.find(({ name }) => name === device)
        ok(link?.mac !== undefined && link.up && link.multicast && link.arp && !link.loopback && link.mtu === 1_500, JSON.stringify(link))
        ok(known.links.some(({ name, loopback }) => name === 'lo' && loopback))
        ok(known.addresses.some(({ prefix }) => prefix.address === '127.0.0.1' && prefix.length === 8))
      }),
  },
  {
    name: 'IFC-01 IFC-02 the monitor tells of a link that goes down, of a lost carrier and of both returning',
    async run() {
      const monitor = watch()
      monitor.next()
      ip('link', 'set', 'vk1', 'down')
      await comes(monitor.next, `${device} up idle`)
      ip('link', 'set', 'vk1', 'up')
      await comes(monitor.next, `${device} up running`)
      ip('link', 'set', device, 'down')
      await comes(monitor.next, `${device} down idle`)
      monitor.close()
    },
  },
  {
    name: 'IFC-03 IFC-05 the monitor tells of addresses that come and go, of either family',
    async run() {
      const monitor = watch()
      monitor.next()
      for (const text of ['192.0.2.7/24', '2001:db8::7/64']) {
        ip('addr', 'add', text, 'dev', device, ...(text.includes(':') ? ['nodad'] : []))
        // IPv6 tells of an address when it finds the time.
        await comes(monitor.next, `address-added ${text}`)
        ip('addr', 'del', text, 'dev', device)
        await comes(monitor.next, `address-removed ${text}`)
      }
      monitor.close()
    },
  },
  {
    name: 'IFC-05 a secondary address is told as such, and its promotion too',
    run: () =>
      watching((next) => {
        execFileSync('sysctl', ['-qw', `net.ipv4.conf.${device}.promote_secondaries=1`])
        for (const text of ['192.0.2.7/24', '192.0.2.8/24']) ip('addr', 'add', text, 'dev', device)
        const added = next().filter((event) => event.kind === 'address-added')
        deepEqual(added.map(({ address: { secondary } }) => secondary).slice(-2), [false, true])
        ip('addr', 'del', '192.0.2.7/24', 'dev', device)
        const promoted = next().filter((event) => event.kind === 'address-added')
        deepEqual(
          promoted.map(({ address: { prefix, secondary } }) => [prefix.address, secondary]),
          [['192.0.2.8', false]],
        )
      }),
  },
  {
    name: 'events reach the loop by themselves, when the socket becomes readable, and nothing after close',
    async run() {
      const events: LinkEvent[] = []
      const opened = Monitor.open((event) => events.push(event))
      ok(opened.ok)
      opened.value.start()
      events.splice(0)
      ip('addr', 'add', '192.0.2.7/24', 'dev', device)
      await nextTurns()
      ok(told(events).includes('address-added 192.0.2.7/24'))
      opened.value.close()
      events.splice(0)
      ip('addr', 'del', '192.0.2.7/24', 'dev', device)
      await nextTurns()
      deepEqual(events, [])
    },
  },
  {
    name: 'IFC-07 after a link was deleted and made again its new index is used',
    run: () =>
      watching((next) => {
        next()
        const kernel = new NetlinkKernel()
        deepEqual(
          kernel.apply([{ kind: 'add', object: on('192.0.2.1/24') }]).map(({ errno }) => errno),
          [0],
        )
        fresh()
        ok(told(next()).includes(`${device} removed`))
        deepEqual(
          kernel.apply([{ kind: 'add', object: on('192.0.2.1/24') }]).map(({ errno }) => errno),
          [0],
        )
      }),
  },
  {
    name: 'F18 IFC-08 lost notifications (ENOBUFS) end in one view of everything, which is true',
    run: () =>
      watching((next) => {
        next()
        const texts = Array.from({ length: 4_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1/32`)
        execFileSync('ip', ['-batch', '-'], { input: texts.map((text) => `addr add ${text} dev ${device}\n`).join('') })
        ip('addr', 'del', '10.0.0.1/32', 'dev', device)
        const events = next()
        const last = events.at(-1)
        ok(last?.kind === 'links-known', `${events.length} events, the last ${last?.kind}`)
        equal(last.addresses.filter(({ prefix }) => prefix.address.startsWith('10.')).length, 3_999)
        deepEqual(next(), [])
      }, 64 * 1024),
  },
  {
    name: 'F18 after notifications were lost the monitor still hears of changes by itself',
    async run() {
      const events: LinkEvent[] = []
      const opened = Monitor.open((event) => events.push(event), { bytes: 4 * 1024, force: true })
      ok(opened.ok)
      opened.value.start()
      execFileSync('ip', ['-batch', '-'], {
        input: Array.from({ length: 500 }, (_, i) => `addr add 10.1.${i >> 8}.${i & 255}/32 dev ${device}\n`).join(''),
      })
      await nextTurns()
      equal(events.splice(0).at(-1)?.kind, 'links-known')
      ip('addr', 'add', '192.0.2.7/24', 'dev', device)
      await nextTurns()
      deepEqual(told(events), ['address-added 192.0.2.7/24'])
      opened.value.close()
    },
  },
  {
    name: 'the route monitor tells of routes and rules of ours that come and go, and of no others',
    run: () =>
      watchingRoutes([route(`10.1.0.0/16 dev ${device}`)], (next) => {
        for (const what of ['route add 10.1.0.0/16 proto 18', 'route add 10.2.0.0/16 proto 99', 'route del 10.1.0.0/16'])
          ip(...what.split(' '), 'dev', device)
        ip('rule', 'add', 'from', '10.1.0.0/16', 'table', '100', 'pref', '500')
        deepEqual(next(), [
          `added ${keyOf(route(`10.1.0.0/16 dev ${device}`))}`,
          `removed ${keyOf(route(`10.1.0.0/16 dev ${device}`))}`,
          `added ${keyOf(rule('from 10.1.0.0/16 table 100 preference 500'))}`,
        ])
      }),
  },
  {
    name: 'the route monitor does nothing where there is nothing of ours',
    run: () =>
      watchingRoutes([], (next) => {
        ip('route', 'add', '10.1.0.0/16', 'dev', device, 'proto', '18')
        deepEqual(next(), [])
      }),
  },
  {
    name: 'F18 lost notifications (ENOBUFS) of routes are told as an overrun, and the reconciler then finds what is missing',
    run() {
      const ours = route(`10.1.0.0/16 dev ${device}`)
      const it = reconciling(ours)
      watchingRoutes(
        [ours],
        (next) => {
          const lines = Array.from({ length: 4_000 }, (_, at) => `route add 10.9.${at >> 8}.${at & 255}/32 dev ${device} proto 18\n`)
          execFileSync('ip', ['-batch', '-'], { input: lines.join('') })
          ip('route', 'del', '10.1.0.0/16')
          ok(next().includes('overrun'))
          deepEqual(next(), [])
        },
        { bytes: 16 * 1024, force: true },
      )
      const [report] = it.feed({ kind: 'overrun' })
      ok(report?.kind === 'drift' && report.found === 'missing' && report.objects.length === 1)
      it.wait(1)
      deepEqual(it.feed({ kind: 'tick' }), [{ kind: 'settled' }])
      ok(ip('route', 'show', '10.1.0.0/16').includes('10.1.0.0/16'))
    },
  },
  {
    name: 'a route that goes with an address of ours comes back in the same turn, and nobody has lost it',
    run() {
      const [host, way] = [on('192.0.2.1/24'), route(`10.1.0.0/16 via 192.0.2.77 dev ${device}`)]
      const stays = on('192.0.2.9/32')
      const it = reconciling(stays, host, way)
      const other = on('192.0.2.2/24')
      const reports = it.feed({ kind: 'desired', objects: [stays, other, way] })
      deepEqual(
        reports.map(({ kind }) => kind),
        ['settled'],
      )
      ok(ip('route', 'show', '10.1.0.0/16').includes('192.0.2.77'))
    },
  },
  {
    name: 'F19 while somebody changes routes thousands of times a list is whole or none, and ours is in each',
    async run() {
      const kernel = new NetlinkKernel()
      const ours = route(`10.200.0.0/16 dev ${device}`)
      kernel.apply([{ kind: 'add', object: ours }])
      const churn = Array.from(
        { length: 20_000 },
        (_, at) => `route ${at % 2 === 0 ? 'add' : 'del'} 10.9.0.${(at >> 1) & 255}/32 dev ${device} proto 18\n`,
      )
      const child = spawn('ip', ['-force', '-batch', '-'], { stdio: ['pipe', 'ignore', 'ignore'] })
      let ended = false
      child.once('exit', () => {
        ended = true
      })
      child.stdin.end(churn.join(''))
      for (let lists = 0; !ended || lists < 20; lists++) {
        const list = kernel.list('route')
        ok(list === undefined || list.some((one) => keyOf(one) === keyOf(ours)))
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  },
  {
    name: 'a table with 20,000 routes of somebody else is not read for ours',
    run() {
      const lines = Array.from({ length: 20_000 }, (_, at) => `route add 10.${at >> 8}.${at & 255}.0/24 dev ${device}\n`)
      execFileSync('ip', ['-batch', '-'], { input: lines.join('') })
      const kernel = new NetlinkKernel()
      const ours = route(`10.200.0.0/16 dev ${device}`)
      kernel.apply([{ kind: 'add', object: ours }])
      deepEqual(kernel.list('route')?.map(keyOf), [keyOf(ours)])
    },
  },
  {
    name: 'an address carries IFA_PROTO 18, where the kernel has it (5.18)',
    run() {
      const connection = lazyConnection('route')()
      ok(connection.ok)
      new NetlinkKernel().apply([{ kind: 'add', object: on('192.0.2.1/24') }])
      const dump = connection.value.dump(listAddresses)
      ok(dump.ok)
      const found = dump.value.map(readAddress).find((one) => one?.prefix.address === '192.0.2.1')
      ok(found?.protocol === 18 || found?.protocol === 0)
    },
  },
  {
    name: 'a kernel port of nowhere changes nothing, and nothing is told of it',
    run: () =>
      watching((next) => {
        const kernel = new NetlinkKernel()
        // The link's own IPv6 addresses come when they come.
        const list = () => kernel.list('address')?.filter((one) => one.kind === 'address' && one.prefix.address.includes('.'))
        const before = list()
        next()
        const refused = new NetlinkKernel({ nowhere: true }).apply([{ kind: 'add', object: on('192.0.2.1/24') }])
        deepEqual(refused[0]?.errno, 19)
        deepEqual([list(), told(next()).filter((line) => /^address-(added|removed) .*\./.test(line))], [before, []])
      }),
  },
  {
    name: 'neighbours are read with their link addresses',
    run() {
      ip('addr', 'add', '192.0.2.1/24', 'dev', device)
      ip('neigh', 'add', '192.0.2.50', 'lladdr', '02:00:00:00:00:32', 'dev', device, 'nud', 'permanent')
      const connection = lazyConnection('route')()
      ok(connection.ok)
      const dump = connection.value.dump(listNeighbours)
      ok(dump.ok)
      const found = dump.value.map(readNeighbour).find((one) => one?.address === '192.0.2.50')
      deepEqual([found?.mac, found?.state], ['02:00:00:00:00:32', 0x80])
    },
  },
  {
    name: 'without CAP_NET_ADMIN a change is refused with EPERM and a sentence, a list is not',
    run() {
      const kernel = new NetlinkKernel()
      process.seteuid?.(65_534)
      try {
        deepEqual(kernel.apply([{ kind: 'add', object: on('192.0.2.1/24') }]), [
          { errno: 1, detail: 'changing addresses and routes needs root or CAP_NET_ADMIN' },
        ])
        ok((kernel.list('address')?.length ?? 0) > 0)
      } finally {
        process.seteuid?.(0)
      }
    },
  },
  {
    name: 'without ip_vs the error names the remedy and lists are unknown',
    run() {
      const kernel = new NetlinkKernel()
      const info = kernel.ipvs.info()
      if (info.ok) return
      ok(info.error.detail.includes('modprobe ip_vs'), info.error.detail)
      deepEqual(kernel.apply([{ kind: 'flush-services' }]), [info.error])
      deepEqual([kernel.list('service'), kernel.list('destination')], [undefined, undefined])
    },
  },
  {
    name: 'F20 the reconciler puts back what `ip addr del` took, and is quiet afterwards',
    run() {
      const vip = on('192.0.2.1/24', { label: `${device}:3` })
      const it = reconciling(vip)
      ip('addr', 'del', '192.0.2.1/24', 'dev', device)
      deepEqual(
        it.feed({ kind: 'noticed', change: 'removed', key: addressKey(device, vip.prefix) }).map(({ kind }) => kind),
        ['drift'],
      )
      it.wait(0.1)
      ok(it.feed({ kind: 'tick' }).some(({ kind }) => kind === 'settled'))
      ok(ip('addr', 'show', 'dev', device).includes(`192.0.2.1/24 scope global ${device}:3`))
      it.wait(31)
      deepEqual(it.feed({ kind: 'tick' }), [])
    },
  },
  {
    name: 'the reconciler removes what a crash left, adopts what is right and leaves the rest alone',
    run() {
      for (const text of ['192.0.2.2/24', '192.0.2.1/24', '192.0.2.99/32']) ip('addr', 'add', text, 'dev', device)
      const it = reconciling(on('192.0.2.1/24'), on('192.0.2.2/24'))
      it.feed({ kind: 'desired', objects: [on('192.0.2.2/24')] })
      deepEqual(addressesOf(device), ['192.0.2.2/24', '192.0.2.99/32'])
    },
  },
  {
    name: 'an address that goes with the first of its subnet is back in the same turn',
    run() {
      const [first, second] = [on('192.0.2.1/24'), on('192.0.2.2/24')]
      const it = reconciling(first, second)
      deepEqual(it.feed({ kind: 'desired', objects: [second] }), [{ kind: 'settled' }])
      deepEqual(addressesOf(device), ['192.0.2.2/24'])
    },
  },
  {
    name: 'VMC-02 a setting is put back as it was; what `all` loses each interface gets, and gives back',
    run() {
      const names = ['net.ipv4.conf.all.rp_filter', `net.ipv4.conf.${device}.rp_filter`, `net.ipv4.conf.${device}.arp_ignore`]
      const read = (): string => execFileSync('sysctl', ['-n', ...names], { encoding: 'utf8' }).replaceAll('\n', ' ')
      execFileSync('sysctl', [
        '-qw',
        'net.ipv4.conf.all.rp_filter=1',
        `net.ipv4.conf.${device}.rp_filter=0`,
        `net.ipv4.conf.${device}.arp_ignore=2`,
      ])
      const kernel = new NetlinkKernel()
      const objects = [setting('rp_filter', 0, { interface: 'all' }), setting('arp_ignore', 1, { interface: device })]
      kernel.apply(objects.map((object) => ({ kind: 'add', object })))
      const during = read()
      // Somebody changes it, and the reconciler once more: what was there at first counts.
      execFileSync('sysctl', ['-qw', `net.ipv4.conf.${device}.arp_ignore=0`])
      kernel.apply(objects.map((object) => ({ kind: 'replace', object })))
      kernel.apply(objects.map((object) => ({ kind: 'remove', object })))
      const after = read()
      execFileSync('sysctl', ['-qw', 'net.ipv4.conf.all.rp_filter=0'])
      deepEqual([during, after], ['0 1 1 ', '1 0 2 '])
    },
  },
  {
    name: 'VMC-03 VMC-06 a link of ours that somebody deletes or changes is put right, without an IPv6 address of its own',
    run() {
      const own = link({ base: device })
      const { feed, wait } = reconciling(own)
      ip('link', 'del', own.name)
      const reports = feed({ kind: 'noticed', change: 'removed', key: 'link vrrp.51' })
      deepEqual(
        reports.map((report) => (report.kind === 'drift' ? `${report.found} ${report.objects.length}` : report.kind)),
        ['missing 1', 'settled'],
      )
      ok(ip('-6', 'addr', 'show', 'dev', own.name) === '')
      execFileSync('sysctl', ['-qw', 'net.ipv4.conf.vrrp/51.arp_ignore=0'])
      wait(10)
      const [drift] = feed({ kind: 'overrun' })
      ok(drift?.kind === 'drift' && drift.found === 'differs')
      ok(execFileSync('sysctl', ['-n', 'net.ipv4.conf.vrrp/51.arp_ignore'], { encoding: 'utf8' }).trim() === '1')
      feed({ kind: 'desired', objects: [] })
      ok(!ip('-br', 'link').includes(own.name))
    },
  },
  {
    name: 'VMC-05 a link that is handed over is gone for us at once; what deletes it later spares another of its name, and its tables',
    run() {
      const own = link({ base: device, reportsBelow: [4] })
      const departures: Departure[] = []
      const kernel = new NetlinkKernel({ handOver: (departure) => departures.push(departure) > 0 })
      const apply = (kind: 'add' | 'remove'): number | undefined => kernel.apply([{ kind, object: own }])[0]?.errno
      deepEqual([apply('add'), kernel.list('link')?.map(keyOf)], [0, [keyOf(own)]])
      const first = ifNameToIndex(own.name)
      deepEqual([apply('remove'), kernel.list('link'), ifNameToIndex(own.name)], [0, [], first])
      deepEqual([apply('add'), ifNameToIndex(own.name) > first], [0, true])
      const supervisor = new NetlinkKernel()
      const [departure] = departures
      ok(departure?.index === first && departure.link === own)
      equal(supervisor.links.depart(departure).errno, 19)
      kernel.links.departed(departure)
      deepEqual(
        kernel.list('link')?.map((one) => one.kind === 'link' && [one.name, one.reportsBelow]),
        [[own.name, [4]]],
      )
      apply('remove')
      const [, second] = departures
      ok(second !== undefined)
      equal(supervisor.links.depart(second).errno, 0)
      kernel.links.departed(second)
      ok(!ip('-br', 'link').includes(own.name))
      ok(!execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }).includes(own.name))
    },
  },
  {
    name: 'an interface that is not ours keeps its name and its life',
    run() {
      ip('link', 'add', 'vrrp.51', 'type', 'bridge')
      const { feed } = reconciling(link({ base: device }))
      feed({ kind: 'desired', objects: [] })
      const kept = ip('-d', 'link', 'show', 'vrrp.51').includes('bridge')
      ip('link', 'del', 'vrrp.51')
      ok(kept)
    },
  },
]

function addressesOf(name: string): readonly string[] {
  const found = ip('-4', '-o', 'addr', 'show', 'dev', name).matchAll(/inet (\S+)/g)
  return Array.from(found, ([, text]) => text ?? '').sort()
}

function reconciling(...named: readonly KernelObject[]) {
  const kernel = new NetlinkKernel()
  const reconciler = createReconciler({ kinds: ['link', 'address', 'route', 'rule'] })
  let state: ReconcilerState = reconciler.initial
  let now: Instant = instant(0)
  const feed = (event: ReconcileEvent): readonly Report[] => {
    const driven = drive(reconciler, kernel, state, event, now)
    state = driven.state
    return driven.reports
  }
  feed({ kind: 'configured', named })
  feed({ kind: 'desired', objects: named })
  return {
    feed,
    wait(seconds: number) {
      now = later(now, fromSeconds(seconds))
    },
  }
}

const contract: readonly Case[] = [...linkContract, ...addressContract].map(({ name, run }) => ({
  name: `contract: ${name}`,
  run: () => run(new NetlinkKernel(), device),
}))

const routing: readonly Case[] = routingContract.map(({ name, run }) => ({
  name: `contract: ${name}`,
  run() {
    ip('addr', 'add', '192.0.2.1/24', 'dev', device)
    ip('addr', 'add', 'fe80::1:1/64', 'dev', device, 'nodad')
    run(new NetlinkKernel(), device)
  },
}))

export const cases: readonly Case[] = [...contract, ...routing, ...own].map(({ name, run }) => ({
  name,
  run() {
    fresh()
    return run()
  },
}))

if (import.meta.main) await runCases(cases)
