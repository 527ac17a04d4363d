import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import type { Forwarding, RealServer, VirtualServer } from '../../../src/core/check/config.ts'
import { serviceFrame, serviceTable } from '../../../src/core/check/desired.ts'
import type { DestinationObject, ServiceObject } from '../../../src/core/reconcile/kinds.ts'
import { realServer, sorryServer, virtualServer } from './support.ts'

const v6 = (text: string): IpAddress => text as IpAddress

function tableOf(config: VirtualServer, up: (server: RealServer) => boolean = () => true) {
  const servers = config.realServers.map((server) => ({ config: server, up: up(server), weight: server.weight, destinations: undefined }))
  return serviceTable(config, serviceFrame(config), servers, 'up')
}

const servicesOf = (config: VirtualServer): ServiceObject[] => tableOf(config).filter((object) => object.kind === 'service')
const destinationsOf = (config: VirtualServer, up?: (server: RealServer) => boolean): DestinationObject[] =>
  tableOf(config, up).filter((object) => object.kind === 'destination')

describe('services', () => {
  const key = { kind: 'address', protocol: 'TCP', address: '198.51.100.1', port: 80 }
  const rows: readonly { name: string; config: Partial<VirtualServer>; expected: object }[] = [
    {
      name: 'without persistence: no flag, whole address',
      config: {},
      expected: { key, scheduler: 'rr', flags: 0, timeout: 0, netmask: '255.255.255.255', persistenceEngine: undefined },
    },
    { name: 'persistence_timeout sets the flag', config: { persistenceTimeout: 360 }, expected: { flags: 1, timeout: 360 } },
    {
      name: 'persistence_granularity',
      config: { persistenceTimeout: 50, persistenceGranularity: v6('255.255.255.0') },
      expected: { netmask: '255.255.255.0' },
    },
    {
      name: 'ops and sh-port flags are kept',
      config: { scheduler: 'sh', flags: 4 | 0x10, persistenceTimeout: 9 },
      expected: { scheduler: 'sh', flags: 0x15 },
    },
    { name: 'persistence_engine', config: { persistenceEngine: 'sip' }, expected: { persistenceEngine: 'sip' } },
    {
      name: 'an IPv6 fwmark has a prefix for a mask',
      config: { services: [{ kind: 'fwmark', fwmark: 5, family: 6 }] },
      expected: { netmask: 128 },
    },
  ]
  test.each(rows)('$name', ({ config, expected }) => {
    expect(servicesOf(virtualServer(config))).toMatchObject([expected])
  })
})

describe('destinations', () => {
  const rows: readonly { name: string; forwarding: Forwarding; expected: object }[] = [
    { name: 'lb_kind NAT', forwarding: { method: 'NAT' }, expected: { forwarding: 0, tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 } },
    { name: 'lb_kind DR', forwarding: { method: 'DR' }, expected: { forwarding: 3 } },
    {
      name: 'lb_kind TUN',
      forwarding: { method: 'TUN', type: 'ipip', port: 0, checksum: 'nocsum' },
      expected: { forwarding: 2, tunnelType: 0 },
    },
    {
      name: 'TUN type gue',
      forwarding: { method: 'TUN', type: 'gue', port: 6080, checksum: 'remcsum' },
      expected: { forwarding: 2, tunnelType: 1, tunnelPort: 6080, tunnelFlags: 2 },
    },
    {
      name: 'TUN type gre',
      forwarding: { method: 'TUN', type: 'gre', port: 0, checksum: 'csum' },
      expected: { forwarding: 2, tunnelType: 2, tunnelFlags: 1 },
    },
  ]
  test.each(rows)('$name', ({ forwarding, expected }) => {
    expect(destinationsOf(virtualServer({ realServers: [realServer(1, { forwarding })] }))).toMatchObject([expected])
  })

  test('uthreshold and lthreshold', () => {
    expect(destinationsOf(virtualServer({ realServers: [realServer(1, { uthreshold: 9, lthreshold: 3 })] }))).toMatchObject([
      { uthreshold: 9, lthreshold: 3 },
    ])
  })

  test('every service of a virtual_server_group has the whole pool, right behind it', () => {
    const services = [
      { kind: 'address', protocol: 'TCP', address: v6('198.51.100.1'), port: 80 } as const,
      { kind: 'fwmark', fwmark: 9, family: 4 } as const,
    ]
    const table = tableOf(virtualServer({ services, realServers: [realServer(1), realServer(2)] }))
    expect(table.map((object) => (object.kind === 'service' ? object.key : object.service))).toEqual([
      services[0],
      services[0],
      services[0],
      services[1],
      services[1],
      services[1],
    ])
  })

  test('twins, one destination to the kernel, leave the table only when both are down', () => {
    const config = virtualServer({ realServers: [realServer(1, { weight: 1 }), realServer(1, { weight: 2 })] })
    expect(destinationsOf(config).map(({ weight }) => weight)).toEqual([2])
    expect(destinationsOf(config, ({ weight }) => weight === 1).map(({ weight }) => weight)).toEqual([1])
    expect(destinationsOf(config, () => false)).toEqual([])
  })

  test('a sorry_server that is also a real server stands once', () => {
    const config = virtualServer({ realServers: [realServer(1)], sorryServer: sorryServer({ address: v6('192.0.2.1'), inhibit: true }) })
    expect(destinationsOf(config).map(({ weight }) => weight)).toEqual([1])
  })

  test('only a tunnel crosses families', () => {
    const tunnel: Forwarding = { method: 'TUN', type: 'ipip', port: 0, checksum: 'nocsum' }
    const realServers = [
      realServer(1),
      realServer(2, { address: v6('2001:db8::2') }),
      realServer(3, { address: v6('2001:db8::3'), forwarding: tunnel }),
    ]
    expect(destinationsOf(virtualServer({ realServers })).map(({ address }) => address)).toEqual(['192.0.2.1', '2001:db8::3'])
  })

  test('one server that changes leaves the objects of ten thousand others as they are', () => {
    const config = virtualServer({
      realServers: Array.from({ length: 10_000 }, (_, i) => realServer(1, { address: v6(`10.0.${i >> 8}.${i & 255}`) })),
    })
    const frame = serviceFrame(config)
    const servers = config.realServers.map((server) => ({ config: server, up: true, weight: server.weight, destinations: undefined }))
    const before = serviceTable(config, frame, servers, 'up')
    const last = servers.at(-1)
    expect(last).toBeDefined()
    if (last !== undefined) last.up = false
    const after = serviceTable(config, frame, servers, 'up')
    expect(after).toHaveLength(10_000)
    expect(after.every((object, i) => object === before[i])).toBe(true)
  })
})
