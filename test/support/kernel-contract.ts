import { deepEqual, equal, ok } from 'node:assert/strict'
import { inspect } from 'node:util'
import type { MacAddress } from '../../src/base/mac.ts'
import type {
  AddressObject,
  DestinationObject,
  KernelObject,
  KernelPort,
  Operation,
  ServiceObject,
} from '../../src/core/reconcile/kinds.ts'
import { keyOf, ownerKeyOf, serves } from '../../src/core/reconcile/kinds.ts'
import { EADDRNOTAVAIL, EBUSY, EEXIST, ENODEV, ENOENT, ERANGE, ESRCH } from './fake-kernel.ts'
import { address, destination, filter, ip, link, route, rule, service, setting } from './kernel-objects.ts'

/** One promise that every KernelPort keeps. The kernel holds nothing of ours when it begins; `interface` exists and is up. */
export interface ContractCase {
  readonly name: string
  readonly run: (kernel: KernelPort, device: string) => void
}

const add = (object: KernelObject): Operation => ({ kind: 'add', object })
const replace = (object: KernelObject): Operation => ({ kind: 'replace', object })
const remove = (object: KernelObject): Operation => ({ kind: 'remove', object })

function errnos(kernel: KernelPort, ...operations: readonly Operation[]): readonly number[] {
  return kernel.apply(operations).map(({ errno }) => errno)
}

function find(kernel: KernelPort, object: KernelObject): KernelObject | undefined {
  const list = kernel.list(object.kind)
  ok(list !== undefined, `${object.kind}: the list could not be read`)
  return list.find((other) => keyOf(other) === keyOf(object))
}

function isThere(kernel: KernelPort, object: KernelObject): void {
  const actual = find(kernel, object)
  ok(actual !== undefined, `${keyOf(object)} is missing`)
  ok(serves(actual, object), `${inspect(actual)} does not serve for ${inspect(object)}`)
}

const on = (device: string, text: string, more: Partial<AddressObject> = {}): AddressObject => address(text, { interface: device, ...more })

export const linkContract: readonly ContractCase[] = [
  {
    name: 'use_vmac: a private macvlan that was added is listed as it was wanted, up and with its settings',
    run(kernel, device) {
      const object = link({ base: device })
      deepEqual(errnos(kernel, add(object)), [0])
      isThere(kernel, object)
      deepEqual(errnos(kernel, remove(object)), [0])
      equal(find(kernel, object), undefined)
    },
  },
  {
    name: 'a link that exists is EEXIST, one that does not cannot be removed: ENODEV',
    run(kernel, device) {
      const object = link({ base: device })
      deepEqual(errnos(kernel, add(object), add(object), remove(object), remove(object)), [0, EEXIST, 0, ENODEV])
    },
  },
  {
    name: 'a link needs the interface below, and a name that nothing else has',
    run: (kernel, device) =>
      deepEqual(errnos(kernel, add(link({ base: 'nosuch0' })), add(link({ base: device, name: device }))), [ENODEV, EBUSY]),
  },
  {
    name: 'replace puts settings and IFF_UP of a link right',
    run(kernel, device) {
      const object = link({ base: device, up: false, settings: [{ family: 4, name: 'arp_ignore', value: 2 }] })
      const wanted = link({ base: device })
      deepEqual(errnos(kernel, add(object)), [0])
      equal(serves(find(kernel, object) ?? object, wanted), false)
      deepEqual(errnos(kernel, replace(wanted)), [0])
      isThere(kernel, wanted)
    },
  },
  {
    name: 'another MAC is another link, and needs remove and add',
    run(kernel, device) {
      const former = link({ base: device, type: { kind: 'macvlan', mac: '00:00:5e:00:01:34' as MacAddress } })
      const wanted = link({ base: device })
      deepEqual(errnos(kernel, add(former)), [0])
      equal(serves(find(kernel, former) ?? former, wanted), false)
      deepEqual(errnos(kernel, remove(former), add(wanted)), [0, 0])
      isThere(kernel, wanted)
    },
  },
  {
    name: 'the addresses of a link go with it',
    run(kernel, device) {
      const [object, vip] = [link({ base: device }), on('vrrp.51', '192.0.2.1/24')]
      deepEqual(errnos(kernel, add(object), add(vip), remove(object), remove(vip)), [0, 0, 0, ENODEV])
    },
  },
  {
    name: 'a setting of another interface is listed once it was changed, and no more when it was given back',
    run(kernel, device) {
      const object = setting('arp_ignore', 1, { interface: device })
      deepEqual(kernel.list('setting'), [])
      deepEqual(errnos(kernel, add(object)), [0])
      isThere(kernel, object)
      deepEqual(errnos(kernel, remove(object)), [0])
      deepEqual(kernel.list('setting'), [])
    },
  },
  {
    name: 'a setting of an interface that does not exist is ENOENT',
    run: (kernel) => deepEqual(errnos(kernel, add(setting('arp_ignore', 1, { interface: 'nosuch0' }))), [ENOENT]),
  },
]

export const addressContract: readonly ContractCase[] = [
  ...(
    [
      { name: 'IPv4', text: '192.0.2.1/24', more: {} },
      { name: 'IPv4 with label and broadcast', text: '192.0.2.1/24', more: { broadcast: ip('192.0.2.255') } },
      { name: 'IPv4 with scope link', text: '192.0.2.1/32', more: { scope: 253 } },
      { name: 'IPv4 with peer', text: '192.0.2.1/32', more: { peer: { address: ip('198.51.100.1'), length: 32 } } },
      { name: 'IPv4 with noprefixroute', text: '192.0.2.1/24', more: { flags: 0x200 } },
      { name: 'IPv6', text: '2001:db8::1/64', more: {} },
      { name: 'IPv6, deprecated from the start (preferred_lft 0)', text: '2001:db8::1/64', more: { preferredLft: 0 } },
      { name: 'IPv6 link-local', text: 'fe80::1234/64', more: {} },
      { name: 'IPv6 with peer', text: '2001:db8::1/128', more: { peer: { address: ip('2001:db8::2'), length: 128 } } },
    ] as const
  ).map(({ name, text, more }) => ({
    name: `an address that was added is listed as it was wanted: ${name}`,
    run(kernel: KernelPort, device: string) {
      const label = name.includes('label') ? { label: `${device}:3` } : {}
      const object = on(device, text, { ...more, ...label })
      deepEqual(errnos(kernel, add(object)), [0])
      isThere(kernel, object)
      deepEqual(errnos(kernel, remove(object)), [0])
      equal(find(kernel, object), undefined)
    },
  })),
  {
    name: 'no operation has no answer',
    run: (kernel) => deepEqual(kernel.apply([]), []),
  },
  {
    name: 'an address that exists is EEXIST, of either family',
    run(kernel, device) {
      for (const object of [on(device, '192.0.2.1/24'), on(device, '2001:db8::1/64')])
        deepEqual(errnos(kernel, add(object), add(object)), [0, EEXIST])
    },
  },
  {
    name: 'an address that does not exist cannot be removed: EADDRNOTAVAIL, of either family',
    run(kernel, device) {
      deepEqual(errnos(kernel, remove(on(device, '192.0.2.1/24')), remove(on(device, '2001:db8::1/64'))), [EADDRNOTAVAIL, EADDRNOTAVAIL])
    },
  },
  {
    name: 'an interface that does not exist is ENODEV',
    run(kernel) {
      const object = on('nosuch0', '192.0.2.1/24')
      deepEqual(errnos(kernel, add(object), remove(object)), [ENODEV, ENODEV])
    },
  },
  {
    name: 'every operation is done and answered, whatever became of those before it',
    run(kernel, device) {
      const [one, two] = [on(device, '192.0.2.1/24'), on(device, '192.0.2.2/24')]
      const operations = [add(one), add(one), remove(on(device, '192.0.2.9/24')), add(on('nosuch0', '192.0.2.3/24')), add(two)]
      deepEqual(errnos(kernel, ...operations), [0, EEXIST, EADDRNOTAVAIL, ENODEV, 0])
      isThere(kernel, two)
    },
  },
  {
    name: 'an error has words',
    run(kernel, device) {
      const [result] = kernel.apply([remove(on(device, '192.0.2.1/24'))])
      ok((result?.detail.length ?? 0) > 3)
    },
  },
  {
    name: 'replace changes a lifetime: preferred_lft 0 and back',
    run(kernel, device) {
      const object = on(device, '2001:db8::1/64')
      deepEqual(errnos(kernel, add(object), replace({ ...object, preferredLft: 0 })), [0, 0])
      isThere(kernel, { ...object, preferredLft: 0 })
      deepEqual(errnos(kernel, replace(object)), [0])
      isThere(kernel, object)
    },
  },
  {
    name: 'two lengths of one IPv4 address are two addresses',
    run(kernel, device) {
      const [wide, narrow] = [on(device, '192.0.2.1/24'), on(device, '192.0.2.1/32')]
      deepEqual(errnos(kernel, add(wide), add(narrow), remove(wide)), [0, 0, 0])
      equal(find(kernel, wide), undefined)
      isThere(kernel, narrow)
    },
  },
  {
    name: 'an IPv6 address exists once on an interface, whatever its length',
    run: (kernel, device) => deepEqual(errnos(kernel, add(on(device, '2001:db8::1/64')), add(on(device, '2001:db8::1/128'))), [0, EEXIST]),
  },
  {
    name: 'the first IPv4 address of a subnet takes the later ones along',
    run(kernel, device) {
      const [first, second, other] = [on(device, '192.0.2.1/24'), on(device, '192.0.2.2/24'), on(device, '198.51.100.1/24')]
      deepEqual(errnos(kernel, add(first), add(second), add(other), remove(first), remove(second)), [0, 0, 0, 0, EADDRNOTAVAIL])
      isThere(kernel, other)
    },
  },
  {
    name: '600 addresses and one refusal in one call',
    run(kernel, device) {
      const objects = Array.from({ length: 600 }, (_, i) => on(device, `10.${i >> 8}.${i & 255}.1/32`))
      const operations = [...objects.slice(0, 300), ...objects.slice(299)].map(add)
      const answers = errnos(kernel, ...operations)
      deepEqual([answers.length, answers.indexOf(EEXIST), answers.filter((errno) => errno !== 0)], [601, 300, [EEXIST]])
      const listed = new Set(kernel.list('address')?.map(keyOf))
      ok(objects.every((object) => listed.has(keyOf(object))))
      ok(errnos(kernel, ...objects.map(remove)).every((errno) => errno === 0))
    },
  },
]

/** The interface has 192.0.2.1/24 and fe80::1:1/64. `DEV` stands for its name. */
export const routingContract: readonly ContractCase[] = [
  ...[
    '10.1.0.0/16 via 192.0.2.77 dev DEV',
    '10.1.0.0/16 via 192.0.2.77',
    '10.1.0.0/16 via 192.0.2.77 dev DEV metric 50 table 1000 protocol bgp no_track',
    '10.1.0.0/16 dev DEV scope link src 192.0.2.1',
    '10.1.0.0/16 via 203.0.113.1 dev DEV onlink',
    '10.1.0.0/16 dev DEV tos 0x10 realms 3/4',
    '10.1.0.0/16 via 192.0.2.77 dev DEV mtu lock 1400 advmss 1360 window 1000 rtt 200ms rttvar 300ms rto_min 200ms ssthresh 20 cwnd lock 20',
    '10.1.0.0/16 via 192.0.2.77 dev DEV reordering 5 hoplimit 64 initcwnd 10 initrwnd 11 quickack 1 fastopen_no_cookie 1 congctl cubic features ecn',
    '10.1.0.0/16 dev DEV encap ip id 7 dst 192.0.2.33 ttl 3',
    '10.1.0.0/16 nexthop via 192.0.2.77 dev DEV weight 1 nexthop via 192.0.2.78 dev DEV weight 3 realms 1/2',
    '10.1.0.0/16 nexthop dev DEV weight 2 nexthop via 203.0.113.9 dev DEV onlink',
    '10.1.0.0/16 via 192.0.2.77 dev DEV ttl-propagate enabled add',
    'default via 192.0.2.77 table 200',
    'blackhole 10.1.0.0/16',
    'unreachable 10.1.0.0/16 metric 7',
    'prohibit 10.1.0.0/16 table 100',
    'throw 10.1.0.0/16 table 100',
    'local 10.1.0.0/16 dev DEV scope host table local',
    'broadcast 10.1.255.255 dev DEV scope link',
    '10.1.0.0/16 via inet 192.0.2.77 dev DEV append',
    '2001:db8:1::/64 via fe80::1 dev DEV pref high',
    '2001:db8:1::/64 dev DEV expires 600 metric 9',
    '2001:db8:1::/64 dev DEV table 1000 mtu 1400 hoplimit 9',
    '2001:db8:1::/64 from 2001:db8:4::/64 dev DEV',
    '2001:db8:1::7/64 via fe80::1 dev DEV',
    'default via fe80::1 dev DEV table 200',
    '2001:db8:1::/64 nexthop via fe80::1 dev DEV nexthop via fe80::2 dev DEV weight 2',
    '2001:db8:1::/64 dev DEV encap ip6 id 7 dst 2001:db8::9 hoplimit 3',
    'blackhole 2001:db8:1::/64',
    'unreachable 2001:db8:1::/64 metric 7',
    'prohibit 2001:db8:1::/64',
    'throw 2001:db8:1::/64',
  ].map((line) => roundTrip('a route', line, route)),
  ...[
    'from 192.0.2.250 table 100 preference 1000',
    'to 10.0.0.0/8 fwmark 1/0xff iif DEV oif DEV lookup 1000 priority 1001',
    'not from all tos 0x10 blackhole preference 1002',
    'from all unreachable preference 1003',
    'from all prohibit preference 1004',
    'from all to 10.2.2.2 goto 1010 preference 1005',
    'from all nop order 1006',
    'from 2001:db8::/64 to 2001:db8:1::1 table 100 preference 1007 suppress_prefixlength 0 suppress_ifgroup 1',
    'uidrange 10-20 ipproto tcp sport 1-2 dport 3-4 table 254 preference 1008',
    'from 10.1.1.1 table 100 realms 1/2 preference 1009',
    'from 10.3.3.3 l3mdev preference 1011',
    'tunnel-id 7 table 100 preference 1012 protocol 33 no_track',
    'from 2001:db8::1 prohibit preference 1013',
  ].map((line) => roundTrip('a rule', line, rule)),
  ...[
    { name: 'IPv4', object: () => filter(4, ['192.0.2.250', '192.0.2.251']) },
    {
      name: 'IPv6, nftables_counters, nftables_priority',
      object: () => filter(6, ['2001:db8::5'], { counters: true, priority: 7, table: 'mine' }),
    },
    { name: 'IPv6 link-local', object: (device: string) => filter(6, ['2001:db8::5', `fe80::77%${device}`]) },
    { name: 'IPv6 link-local, nftables_ifindex', object: (device: string) => filter(6, [`fe80::77%${device}`], { byIndex: true }) },
    {
      name: 'vrrp_ipsets',
      object: () => filter(6, ['2001:db8::5'], { sets: { addresses: 'mine', linkLocal: 'mine_if6' } }),
    },
    {
      name: '2,500 addresses',
      object: () =>
        filter(
          6,
          Array.from({ length: 2_500 }, (_, at) => `2001:db8::${(at + 1).toString(16)}`),
        ),
    },
  ].map(({ name, object }) => ({
    name: `a filter that was made is listed as it was wanted, and replaced as a whole: ${name}`,
    run(kernel: KernelPort, device: string) {
      const wanted = object(device)
      deepEqual(errnos(kernel, add(wanted)), [0])
      isThere(kernel, wanted)
      const other = { ...wanted, addresses: [ip(wanted.family === 4 ? '192.0.2.9' : '2001:db8:9::9')], linkLocal: [] }
      deepEqual(errnos(kernel, replace(other)), [0])
      isThere(kernel, other)
      deepEqual(errnos(kernel, remove(wanted), remove(wanted)), [0, ENOENT])
      equal(find(kernel, wanted), undefined)
    },
  })),
  {
    name: 'a route through a link that does not exist is ENODEV',
    run: (kernel) => deepEqual(errnos(kernel, add(route('10.1.0.0/16 dev nosuch0'))), [ENODEV]),
  },
  {
    name: 'two routes to one place with other gateways stand side by side (append), and go one by one',
    run(kernel, device) {
      const [one, two] = [`10.1.0.0/16 dev ${device} append`, '10.1.0.0/16 via 192.0.2.77 append'].map(route)
      ok(one !== undefined && two !== undefined)
      deepEqual(errnos(kernel, add(one), add(two), remove(one)), [0, 0, 0])
      equal(find(kernel, one), undefined)
      isThere(kernel, two)
    },
  },
  {
    name: 'IPv6 hops that were appended one by one are found one by one',
    run(kernel, device) {
      const both = [1, 2].map((last) => route(`2001:db8:1::/64 via fe80::${last} dev ${device} append`))
      deepEqual(errnos(kernel, ...both.map(add)), [0, 0])
      for (const one of both) isThere(kernel, one)
      deepEqual(errnos(kernel, ...both.map(remove)), [0, 0])
    },
  },
  {
    name: 'a rule for a link that does not exist waits for it',
    run(kernel) {
      const waiting = rule('from 10.1.0.0/16 iif nosuch0 table 100 preference 1000')
      deepEqual(errnos(kernel, add(waiting)), [0])
      isThere(kernel, waiting)
      deepEqual(errnos(kernel, remove(waiting)), [0])
    },
  },
]

function roundTrip(what: string, line: string, read: (text: string) => KernelObject): ContractCase {
  return {
    name: `${what} that was added is listed as it was wanted, cannot be added twice and is gone once removed: ${line}`,
    run(kernel, device) {
      const object = read(line.replaceAll('DEV', device))
      deepEqual(errnos(kernel, add(object)), [0])
      isThere(kernel, object)
      deepEqual(errnos(kernel, add(object), remove(object)), [EEXIST, 0])
      equal(find(kernel, object), undefined)
      ok([ENOENT, ESRCH].includes(errnos(kernel, remove(object))[0] ?? 0))
    },
  }
}

const web = service('192.0.2.1:80')
const one = destination('192.0.2.1:80', '10.0.0.1:80')

const services: readonly ServiceObject[] = [
  web,
  service('192.0.2.1:0', { flags: 1, timeout: 50 }),
  { ...service('192.0.2.1:53'), key: { kind: 'address', protocol: 'UDP', address: ip('192.0.2.1'), port: 53 }, flags: 4, scheduler: 'wlc' },
  service('192.0.2.2:80', { scheduler: 'sh', flags: 8 | 0x10 }),
  service('192.0.2.3:80', { flags: 1, timeout: 300, netmask: ip('255.255.255.0') }),
  service('[2001:db8::1]:443', { scheduler: 'wrr' }),
  service('[2001:db8::2]:443', { flags: 1, timeout: 60, netmask: 64 }),
  service('fwmark 5', { scheduler: 'lc' }),
  service('fwmark 5 v6', { scheduler: 'rr' }),
]

const destinations: readonly DestinationObject[] = [
  one,
  destination('192.0.2.1:80', '10.0.0.2:8080', { forwarding: 0, weight: 0 }),
  destination('192.0.2.1:80', '10.0.0.3:80', { forwarding: 2, weight: 65_535, uthreshold: 100, lthreshold: 50 }),
  destination('192.0.2.1:80', '10.0.0.4:80', { forwarding: 2, tunnelType: 1, tunnelPort: 6080, tunnelFlags: 1 }),
  destination('192.0.2.1:80', '10.0.0.5:80', { forwarding: 2, tunnelType: 2, tunnelFlags: 0 }),
  destination('[2001:db8::1]:443', '[2001:db8:1::1]:443', { forwarding: 3, weight: 7 }),
  destination('[2001:db8::1]:443', '10.0.0.1:443', { forwarding: 2 }),
  destination('fwmark 5', '10.0.0.1:0'),
  destination('fwmark 5 v6', '[2001:db8:1::1]:0'),
]

export const ipvsContract: readonly ContractCase[] = [
  {
    name: 'services are listed as they were wanted: addresses, marks, both families, all protocols, persistence',
    run(kernel) {
      deepEqual(
        errnos(kernel, ...services.map(add)),
        services.map(() => 0),
      )
      for (const object of services) isThere(kernel, object)
      equal(kernel.list('service')?.length, services.length)
    },
  },
  {
    name: 'destinations are listed as they were wanted: NAT, DR, TUN as IPIP, GUE and GRE, thresholds, a tunnel to the other family',
    run(kernel) {
      deepEqual(
        errnos(kernel, ...services.map(add), ...destinations.map(add)),
        [...services, ...destinations].map(() => 0),
      )
      for (const object of destinations) isThere(kernel, object)
      equal(kernel.list('destination')?.length, destinations.length)
    },
  },
  {
    name: 'of some services only their destinations are listed, and nothing if one of them does not exist',
    run(kernel) {
      deepEqual(
        errnos(kernel, ...services.map(add), ...destinations.map(add)),
        [...services, ...destinations].map(() => 0),
      )
      const of = (...some: readonly ServiceObject[]) =>
        kernel.list(
          'destination',
          some.map(({ key }) => key),
        )
      const marked = service('fwmark 5', { scheduler: 'lc' })
      const other = service('fwmark 5 v6')
      const owners = new Set([web, marked].map(keyOf))
      const theirs = destinations.filter((object) => owners.has(ownerKeyOf(object)))
      ok(theirs.length > 0 && theirs.length < destinations.length)
      deepEqual(of(web, marked)?.map(keyOf).sort(), theirs.map(keyOf).sort())
      deepEqual(of(), [])
      deepEqual(errnos(kernel, remove(other)), [0])
      equal(of(web, other), undefined)
    },
  },
  {
    name: 'an empty table is an empty list, not an unknown one',
    run: (kernel) => deepEqual([kernel.list('service'), kernel.list('destination')], [[], []]),
  },
  {
    name: 'a service without destinations has none',
    run(kernel) {
      deepEqual(errnos(kernel, add(web)), [0])
      deepEqual(kernel.list('destination'), [])
    },
  },
  {
    name: 'a service that exists is EEXIST',
    run: (kernel) => deepEqual(errnos(kernel, add(web), add({ ...web, scheduler: 'wlc' })), [0, EEXIST]),
  },
  {
    name: 'a service that does not exist can be neither changed nor removed: ESRCH',
    run: (kernel) => deepEqual(errnos(kernel, replace(web), remove(web)), [ESRCH, ESRCH]),
  },
  {
    name: 'a scheduler that does not exist is ENOENT',
    run: (kernel) => deepEqual(errnos(kernel, add({ ...web, scheduler: 'nosuch' })), [ENOENT]),
  },
  {
    name: 'a destination of a service that does not exist is ESRCH, whatever is done with it',
    run: (kernel) => deepEqual(errnos(kernel, add(one), replace(one), remove(one)), [ESRCH, ESRCH, ESRCH]),
  },
  {
    name: 'a destination that exists is EEXIST',
    run: (kernel) => deepEqual(errnos(kernel, add(web), add(one), add({ ...one, weight: 5 })), [0, 0, EEXIST]),
  },
  {
    name: 'a destination that does not exist can be neither changed nor removed: ENOENT',
    run: (kernel) => deepEqual(errnos(kernel, add(web), replace(one), remove(one)), [0, ENOENT, ENOENT]),
  },
  {
    name: 'a lower threshold above the upper is ERANGE',
    run: (kernel) => deepEqual(errnos(kernel, add(web), add({ ...one, uthreshold: 1, lthreshold: 2 })), [0, ERANGE]),
  },
  {
    name: 'replace changes scheduler, flags, persistence_timeout and persistence_granularity of a service and keeps its destinations',
    run(kernel) {
      const changed = { ...web, scheduler: 'wlc', flags: 1, timeout: 77, netmask: ip('255.255.255.0') }
      deepEqual(errnos(kernel, add(web), add(one), replace(changed)), [0, 0, 0])
      isThere(kernel, changed)
      isThere(kernel, one)
    },
  },
  {
    name: 'replace changes weight, thresholds and forwarding of a destination',
    run(kernel) {
      const changed = { ...one, weight: 9, uthreshold: 4, lthreshold: 2, forwarding: 0 as const }
      deepEqual(errnos(kernel, add(web), add(one), replace(changed)), [0, 0, 0])
      isThere(kernel, changed)
    },
  },
  {
    name: 'a removed service takes its destinations along, and no others',
    run(kernel) {
      const other = [service('192.0.2.9:80'), destination('192.0.2.9:80', '10.0.0.1:80')] as const
      deepEqual(errnos(kernel, add(web), add(one), ...other.map(add), remove(web)), [0, 0, 0, 0, 0])
      deepEqual(kernel.list('destination')?.map(keyOf), [keyOf(other[1])])
    },
  },
  {
    name: 'a removed destination is gone and can come back',
    run(kernel) {
      deepEqual(errnos(kernel, add(web), add(one), remove(one)), [0, 0, 0])
      deepEqual(kernel.list('destination'), [])
      deepEqual(errnos(kernel, add(one)), [0])
    },
  },
  {
    name: 'flush-services leaves nothing',
    run(kernel) {
      deepEqual(errnos(kernel, ...services.map(add), ...destinations.map(add), { kind: 'flush-services' }).at(-1), 0)
      deepEqual([kernel.list('service'), kernel.list('destination')], [[], []])
    },
  },
  {
    name: 'every operation is done and answered, whatever became of those before it',
    run(kernel) {
      deepEqual(
        errnos(
          kernel,
          add(one),
          add(web),
          add(web),
          add(one),
          add({ ...web, key: services[3]?.key ?? web.key, scheduler: 'nosuch' }),
          add(destinations[1] ?? one),
        ),
        [ESRCH, 0, EEXIST, 0, ENOENT, 0],
      )
      isThere(kernel, one)
    },
  },
  {
    name: '1,000 services of 3 destinations and one refusal in one call',
    run(kernel) {
      const many = Array.from({ length: 1_000 }, (_, i) => `10.1.${i >> 8}.${i & 255}:80`)
      const operations = many.flatMap((text) => [add(service(text)), ...[1, 2, 3].map((n) => add(destination(text, `10.0.0.${n}:80`)))])
      const answers = errnos(kernel, ...operations.slice(0, 2_000), add(one), ...operations.slice(2_000))
      deepEqual([answers.length, answers.indexOf(ESRCH), answers.filter((errno) => errno !== 0)], [4_001, 2_000, [ESRCH]])
      deepEqual([kernel.list('service')?.length, kernel.list('destination')?.length], [1_000, 3_000])
    },
  },
]
