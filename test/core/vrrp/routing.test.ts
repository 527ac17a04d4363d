import { describe, expect, test } from 'vitest'
import { type KernelObject, keyOf } from '../../../src/core/reconcile/kinds.ts'
import type { FirewallConfig, InstanceConfig, VrrpConfig } from '../../../src/core/vrrp/config.ts'
import { desired, named } from '../../../src/core/vrrp/router.ts'
import { filter, route, rule } from '../../support/kernel-objects.ts'
import { instance, virtualAddress, vrrpConfig } from '../../support/vrrp.ts'
import { link, Rig } from '../../support/vrrp-rig.ts'

/** Lines as the configuration has them. */
const routes = (...lines: readonly string[]) => lines.map((line) => ({ ...withoutKind(route(line)), noTrack: line.includes('no_track') }))
const rules = (...lines: readonly string[]) => lines.map((line) => ({ ...withoutKind(rule(line)), noTrack: line.includes('no_track') }))
const withoutKind = <Object extends { readonly kind: string }>({ kind: _, ...rest }: Object): Omit<Object, 'kind'> => rest

const WAY = '10.1.0.0/16 via 192.0.2.1'
const CHOICE = 'from 10.1.0.0/16 table 100 preference 5'
const plan = { virtualRoutes: routes(WAY), virtualRules: rules(CHOICE) } satisfies Partial<InstanceConfig>
const firewall: FirewallConfig = {
  table: 'keepalived',
  priority: -1,
  counters: false,
  byIndex: false,
  sets: { 4: 'vips', 6: 'vips', linkLocal: 'vips_link_local' },
}

type Plan = Parameters<typeof instance>[0]
function master(differing: Plan = {}, more: Partial<VrrpConfig> = {}): Rig {
  const rig = new Rig({ ...vrrpConfig([instance({ ...plan, ...differing })]), ...more })
  rig.until('master')
  return rig.forget()
}
const kinds = (objects: readonly KernelObject[]): readonly string[] => objects.map(({ kind }) => kind)
const lose = (rig: Rig, ...objects: readonly KernelObject[]): Rig => rig.dispatch({ kind: 'objects-lost', objects })

describe('virtual_routes and virtual_rules', () => {
  test('exist while their instance is master, and are named all the time', () => {
    const rig = new Rig(vrrpConfig([instance(plan)]))
    expect([kinds(desired(rig.state())), kinds(named(rig.state()))]).toEqual([[], ['address', 'route', 'rule']])
    rig.until('master')
    expect(desired(rig.state()).map(keyOf)).toEqual(['address eth0 192.0.2.10/32', keyOf(route(WAY)), keyOf(rule(CHOICE))])
    rig.hear({ priority: 200 })
    expect(desired(rig.state())).toEqual([])
  })

  test.each([
    { name: 'a route', object: route(WAY), event: 'routing-lost' },
    { name: 'a rule', object: rule(CHOICE), event: 'routing-lost' },
  ])('IFC-03 $name that somebody removes: priority 0, BACKUP, and back after a skew', ({ object, event }) => {
    const rig = lose(master(), object)
    expect(rig.adverts().map(({ advert }) => advert.priority)).toEqual([0])
    expect([rig.role(), rig.reports(event as never)]).toMatchObject(['backup', [{ instance: 'VI_1', what: object.kind }]])
    expect(rig.pass(0.62).role()).toBe('master')
  })

  test.each([
    { name: 'a route', more: { virtualRoutes: routes(`${WAY} no_track`) }, object: route(WAY) },
    { name: 'a rule', more: { virtualRules: rules(`${CHOICE} no_track`) }, object: rule(CHOICE) },
    {
      name: 'an address',
      more: { virtualIpaddress: ['192.0.2.11', virtualAddress('192.0.2.10', { noTrack: true })] },
      object: undefined,
    },
  ])('no_track: $name that somebody removes is put back, and that is all', ({ more, object }) => {
    const rig = master(more)
    lose(rig, object ?? desired(rig.state())[1]!)
    expect([rig.role(), rig.adverts(), rig.reports('restoring')]).toMatchObject(['master', [], [{ instance: 'VI_1' }]])
  })

  test('what another instance has lost is nothing to this one', () => {
    expect(lose(master(), route('10.9.0.0/16 via 192.0.2.1')).performed).toEqual([])
  })

  test('a reload that changes nothing keeps the very array; one that does wants the new ones', () => {
    const rig = master()
    const before = desired(rig.state())
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ ...plan, virtualRoutes: routes(WAY) })]) })
    expect(desired(rig.state())).toBe(before)
    const other = '10.2.0.0/16 dev eth0'
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ ...plan, virtualRoutes: routes(other) })]) })
    expect([
      desired(rig.state())
        .map(keyOf)
        .includes(keyOf(route(other))),
      rig.role(),
    ]).toEqual([true, 'master'])
  })

  test('their interfaces are tracked, unless no_track', () => {
    const links = [link(), link('eth1', { index: 3 })]
    const lines = {
      virtualRoutes: routes('10.1.0.0/16 dev eth1'),
      virtualRules: rules('from 10.1.0.0/16 iif eth2 table 9 preference 5 no_track'),
    }
    const rig = new Rig(vrrpConfig([instance(lines)]), { links })
    rig.until('master')
    expect(rig.role()).toBe('master')
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) })
    expect(rig.role()).toBe('fault')
  })

  test('FSM-01 FSM-02 they are told of in the order in which the kernel is asked', () => {
    const rig = new Rig(vrrpConfig([instance({ ...plan, virtualIpaddressExcluded: ['10.9.9.9'], noAccept: true })], { firewall })).forget()
    rig.until('master')
    const told = () =>
      rig
        .reports()
        .flatMap((report) => (/^(setting|removing)/.test(report.event) ? [[report.event, 'what' in report ? report.what : '']] : []))
    expect(told()).toEqual([
      ['setting', 'firewall'],
      ['setting-vips', ''],
      ['setting', 'evips'],
      ['setting', 'routes'],
      ['setting', 'rules'],
    ])
    rig.forget().hear({ priority: 200 })
    expect(told()).toEqual([
      ['removing', 'rules'],
      ['removing', 'routes'],
      ['removing-vips', ''],
      ['removing', 'evips'],
      ['removing', 'firewall'],
    ])
  })
})

describe('no_accept', () => {
  const filters = (rig: Rig) => desired(rig.state()).filter((object) => object.kind === 'filter')

  test('a table holds the addresses of masters, and is gone with the last of them', () => {
    const rig = new Rig(
      vrrpConfig(
        [
          instance({ name: 'a', vrid: 1, noAccept: true, virtualIpaddress: ['192.0.2.10'], virtualIpaddressExcluded: ['192.0.2.11'] }),
          instance({ name: 'b', vrid: 2, virtualIpaddress: ['192.0.2.12'] }),
        ],
        { firewall },
      ),
    )
    expect(filters(rig)).toEqual([])
    rig.pass(5)
    expect(filters(rig)).toEqual([
      {
        ...filter(4, ['192.0.2.10', '192.0.2.11']),
      },
    ])
    rig.hear({ vrid: 1, priority: 200 })
    expect(filters(rig)).toEqual([])
  })

  test('IPv6 has a table of its own, with link-local addresses by their link', () => {
    const rig = master(
      { noAccept: true, virtualIpaddressExcluded: ['2001:db8::5', 'fe80::5'] },
      { globals: vrrpConfig([], { firewall }).globals },
    )
    expect(filters(rig)).toMatchObject([
      { family: 4, addresses: ['192.0.2.10'] },
      { family: 6, addresses: ['2001:db8::5'], linkLocal: [{ address: 'fe80::5', interface: 'eth0' }] },
    ])
  })
})

describe('static_ipaddress, static_routes and static_rules', () => {
  const statics = {
    addresses: [virtualAddress('198.51.100.9/24')],
    routes: routes('10.9.0.0/16 dev eth0'),
    rules: rules('from 10.9.0.0/16 table 9 preference 9'),
  }
  const configured = (more: Partial<VrrpConfig> = {}): VrrpConfig => ({ ...vrrpConfig([instance()]), statics, ...more })

  test('exist from the start, in every state, and go at the stop, even with -V', () => {
    const rig = new Rig(configured())
    expect(kinds(desired(rig.state()))).toEqual(['address', 'route', 'rule'])
    rig.until('master')
    expect(kinds(desired(rig.state()))).toEqual(['address', 'route', 'rule', 'address'])
    rig.dispatch({ kind: 'stop', keepAddresses: true })
    expect(kinds(desired(rig.state()))).toEqual(['address'])
  })

  test('are put back, and nobody changes his state', () => {
    const rig = new Rig(configured())
    rig.until('master')
    rig.forget()
    lose(rig, desired(rig.state())[1]!)
    expect([rig.role(), rig.reports()]).toEqual([
      'master',
      [{ event: 'restoring', instance: undefined, what: 'route', text: 'prepend 10.9.0.0/16 dev eth0 proto 18' }],
    ])
  })

  test('a reload brings new ones and takes old ones away', () => {
    const rig = new Rig(configured())
    rig.dispatch({ kind: 'configured', config: configured({ statics: { ...statics, routes: [], rules: [] } }) })
    expect(kinds(desired(rig.state()))).toEqual(['address'])
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance()]) })
    expect(desired(rig.state())).toEqual([])
  })

  test('track_group: an instance cannot do without their interfaces', () => {
    const links = [link(), link('eth1', { index: 3, running: false })]
    const rig = new Rig(vrrpConfig([instance({ staticInterfaces: ['eth1'] })]), { links })
    expect(rig.role()).toBe('fault')
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3 }) })
    expect(rig.role()).toBe('backup')
  })
})
