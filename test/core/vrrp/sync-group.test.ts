import { describe, expect, test } from 'vitest'
import { micros } from '../../../src/base/units.ts'
import type { InstanceConfig, VrrpConfig } from '../../../src/core/vrrp/config.ts'
import type { VrrpEffect } from '../../../src/core/vrrp/effects.ts'
import { instance, unicast, vrrpConfig } from '../../support/vrrp.ts'
import { hostAddress, type Incoming, link, Rig } from '../../support/vrrp-rig.ts'

const first = (more: Parameters<typeof instance>[0] = {}): InstanceConfig => instance({ name: 'VI_1', vrid: 51, ...more })
const second = (more: Parameters<typeof instance>[0] = {}): InstanceConfig =>
  instance({ name: 'VI_2', vrid: 52, interface: 'eth1', virtualIpaddress: ['198.51.100.10'], ...more })

const links = [link('eth0'), link('eth1', { index: 3 })]
const addresses = [hostAddress('192.0.2.2/24'), hostAddress('198.51.100.2/24', { index: 3 })]

function grouped(instances: readonly InstanceConfig[], members = instances.map(({ name }) => name)): VrrpConfig {
  return vrrpConfig(instances, {}, { syncGroups: [{ name: 'G1', members }] })
}

const rigOf = (config: VrrpConfig): Rig => new Rig(config, { links, addresses })
const pair = (): Rig => rigOf(grouped([first(), second()]))
const toSecond = (advert: Incoming = {}): Incoming => ({
  vrid: 52,
  ifindex: 3,
  source: '198.51.100.1',
  addresses: ['198.51.100.10'],
  ...advert,
})

/** What was performed, in order: states, adverts with their priority, bursts, groups. */
function story(rig: Rig): readonly string[] {
  return rig.performed.map(({ effect }) => told(effect)).filter((line) => line !== '')
}

function told(effect: VrrpEffect): string {
  switch (effect.kind) {
    case 'transition':
      return `${effect.instance} ${effect.to}`
    case 'send-advert':
      return `${effect.instance} sends ${effect.advert.priority}`
    case 'report':
      return effect.report.event === 'group-transition' ? `${effect.report.group} is ${effect.report.to}` : ''
    case 'announce':
      return `${effect.instance} announces`
    default:
      return ''
  }
}

/** A group that has become master. */
function masters(): Rig {
  const rig = pair()
  rig.until('master')
  return rig.pass(0.1).forget()
}

describe('the promotion gate of a vrrp_sync_group', () => {
  test('a group alone on its links takes over when its slowest member would', () => {
    const rig = rigOf(grouped([first({ priority: 200 }), second({ priority: 50 })]))
    rig.until('master', 'VI_2')
    expect(rig.now()).toBeCloseTo(3.804687, 5)
    expect(rig.role('VI_1')).toBe('master')
  })

  test('a member whose timer ran out waits as long as another hears its master', () => {
    const rig = rigOf(grouped([first(), second()]))
    for (let beat = 0; beat < 20; beat++) rig.pass(1).hear(toSecond({ priority: 200 }))
    expect([rig.role('VI_1'), rig.role('VI_2'), rig.adverts().length]).toEqual(['backup', 'backup', 0])
  })

  test('the wish is remembered: the group takes over as soon as the last one has it', () => {
    const rig = rigOf(grouped([first(), second()]))
    for (let beat = 0; beat < 6; beat++) rig.pass(1).hear(toSecond({ priority: 200 }))
    rig.until('master')
    expect(rig.now()).toBeCloseTo(6 + 3.609375, 5)
  })

  test('an accepted advert withdraws the wish', () => {
    const rig = rigOf(grouped([first(), second()]))
    for (let beat = 0; beat < 4; beat++) rig.pass(1).hear(toSecond({ priority: 200 }))
    for (let beat = 0; beat < 6; beat++) rig.hear({ priority: 200 }).pass(1)
    expect([rig.role('VI_1'), rig.role('VI_2'), rig.instance('VI_2').state]).toMatchObject(['backup', 'backup', { wantsMaster: true }])
  })

  test('a wish re-arms the whole down timer and does not spin', () => {
    const rig = rigOf(grouped([first(), second()]))
    for (let beat = 0; beat < 4; beat++) rig.pass(1).hear(toSecond({ priority: 200 }))
    const state = rig.instance('VI_1').state
    expect(state).toMatchObject({ role: 'backup', wantsMaster: true })
    expect(state.role === 'backup' && (state.masterDownAt - 7_000_000_000) / 1e6).toBeCloseTo(2 * 3.609375, 5)
  })

  test('the order is: the trigger whole, then the others as the group names them, then the group', () => {
    const rig = rigOf(grouped([first({ priority: 90 }), second(), instance({ name: 'VI_3', vrid: 53 })], ['VI_3', 'VI_2', 'VI_1']))
    rig.forget().until('master')
    expect(story(rig).filter((line) => !line.includes('announces'))).toEqual([
      'VI_1 sends 90',
      'VI_1 MASTER',
      'VI_3 sends 100',
      'VI_3 MASTER',
      'VI_2 sends 100',
      'VI_2 MASTER',
      'G1 is MASTER',
    ])
  })

  test('priority 0 for one member only does not move the group', () => {
    const rig = rigOf(grouped([first(), second()]))
    rig
      .pass(1)
      .hear(toSecond({ priority: 200 }))
      .hear({ priority: 200 })
      .hear({ priority: 0 })
    rig
      .pass(1)
      .hear(toSecond({ priority: 200 }))
      .pass(1)
    expect(rig.role('VI_1')).toBe('backup')
  })

  test('TMR-09 priority 0 for all members lets the group take over after the longest skew', () => {
    const rig = rigOf(grouped([first(), second({ priority: 50 })]))
    rig
      .pass(1)
      .hear(toSecond({ priority: 200 }))
      .hear({ priority: 200 })
      .hear({ priority: 0 })
      .hear(toSecond({ priority: 0 }))
    rig.until('master')
    expect(rig.now()).toBeCloseTo(1 + 206 / 256, 5)
  })

  test('vrrp_sync_group: at the start the group is told before its members, later after them', () => {
    const rig = rigOf(grouped([first(), second()]))
    const states = (): readonly string[] => story(rig).filter((line) => !line.includes('sends') && !line.includes('announces'))
    expect(states().slice(0, 3)).toEqual(['G1 is BACKUP', 'VI_1 BACKUP', 'VI_2 BACKUP'])
    rig.forget().until('master')
    expect(states().at(-1)).toBe('G1 is MASTER')
  })

  test('a group of one member is an instance like any other', () => {
    const rig = rigOf(grouped([first()]))
    rig.until('master')
    expect(rig.now()).toBeCloseTo(3.609375, 5)
    expect(rig.reports('group-transition')).toMatchObject([{ to: 'BACKUP' }, { to: 'MASTER' }])
  })
})

describe('the start of a vrrp_sync_group', () => {
  test('owners in all members are master at once', () => {
    const rig = rigOf(grouped([first({ priority: 255 }), second({ priority: 255 })]))
    expect([rig.role('VI_1'), rig.role('VI_2'), rig.now()]).toEqual(['master', 'master', 0])
  })

  test('an owner among others starts as a backup and waits for them', () => {
    const rig = rigOf(grouped([first({ priority: 255, state: 'MASTER' }), second({ state: 'MASTER' })]))
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['backup', 'backup'])
    expect(rig.due()).toBeCloseTo(1 + 1 / 256, 5)
    expect(rig.until('master')).toBeCloseTo(3.609375, 5)
  })

  test('a member in fault keeps all of them in FAULT', () => {
    const rig = new Rig(grouped([first(), second()]), { links: [link('eth0'), link('eth1', { index: 3, running: false })], addresses })
    expect(rig.effects('transition')).toMatchObject([
      { instance: 'VI_2', from: 'INIT', to: 'FAULT', why: 'fault' },
      { instance: 'VI_1', from: 'INIT', to: 'FAULT', why: 'sync-fault' },
    ])
    expect(rig.reports('group-transition')).toMatchObject([{ from: 'INIT', to: 'FAULT' }])
    expect(rig.due()).toBeUndefined()
  })

  test('TMR-19 vrrp_startup_delay holds the whole group', () => {
    const rig = rigOf({ ...grouped([first(), second()]), globals: { ...vrrpConfig([]).globals, startupDelay: micros(2_000_000) } })
    expect([rig.role('VI_1'), rig.due()]).toEqual(['init', 2])
    expect(rig.until('master')).toBeCloseTo(2 + 3.609375, 5)
  })
})

describe('a vrrp_sync_group of masters', () => {
  test('FSM-03 steps down with the one that is outranked, in silence, the trigger first', () => {
    const rig = masters().hear({ priority: 200 })
    expect(story(rig)).toEqual(['VI_1 BACKUP', 'VI_2 BACKUP', 'G1 is BACKUP'])
    expect(rig.effects('transition')).toMatchObject([{ why: 'higher-priority' }, { why: 'sync-backup' }])
  })

  test('IFC-01 a fault of one is priority 0 from each, and FAULT for all', () => {
    const rig = masters().dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) })
    expect(story(rig)).toEqual(['VI_2 sends 0', 'VI_2 FAULT', 'VI_1 sends 0', 'VI_1 FAULT', 'G1 is FAULT'])
  })

  test('IFC-02 FAULT is left by all when the last fault has ended, as backups', () => {
    const rig = masters()
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) })
    rig.dispatch({ kind: 'link', link: link('eth0', { running: false }) }).forget()
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3 }) })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['fault', 'fault'])
    rig.dispatch({ kind: 'link', link: link('eth0') })
    expect(story(rig)).toEqual(['VI_1 BACKUP', 'VI_2 BACKUP', 'G1 is BACKUP'])
  })

  test('owners leave FAULT as masters', () => {
    const rig = rigOf(grouped([first({ priority: 255 }), second({ priority: 255 })]))
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) })
    expect(rig.role('VI_1')).toBe('fault')
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3 }) })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['master', 'master'])
  })

  test('IFC-03 an address taken from one: all say priority 0 and are back after the longer skew', () => {
    const rig = masters()
    const [lost] = rig.instance('VI_2').addresses
    rig.dispatch({ kind: 'objects-lost', objects: lost === undefined ? [] : [lost] })
    expect(story(rig)).toEqual(['VI_2 sends 0', 'VI_2 BACKUP', 'VI_1 sends 0', 'VI_1 BACKUP', 'G1 is BACKUP'])
    const at = rig.now()
    rig.until('master')
    expect(rig.now() - at).toBeCloseTo(156 / 256, 5)
  })

  test('GRP-09 a lower priority heard by one is answered by it, and announced by all of them, twice', () => {
    const rig = masters().pass(10).forget().hear({ priority: 50 })
    expect(story(rig)).toEqual(['VI_1 sends 100', 'VI_1 announces', 'VI_2 announces'])
    rig.forget().pass(5.5)
    expect(rig.effects('announce').map((effect) => effect.instance)).toEqual(['VI_1', 'VI_2'])
  })

  test('GRP-09 an instance outside the group announces nothing', () => {
    const rig = rigOf(grouped([first(), second(), instance({ name: 'VI_3', vrid: 53 })], ['VI_1', 'VI_2']))
    rig.pass(20).forget().hear({ priority: 50 })
    expect(rig.effects('announce').map((effect) => effect.instance)).toEqual(['VI_1', 'VI_2'])
  })

  test('GRP-14 a unicast member tells of its own address when the group leaves FAULT', () => {
    const rig = rigOf(grouped([first({ transport: unicast(['192.0.2.1']) }), second()]))
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3, running: false }) }).forget()
    rig.dispatch({ kind: 'link', link: link('eth1', { index: 3 }) })
    expect(rig.effects('announce')).toMatchObject([{ instance: 'VI_1', addresses: ['192.0.2.2'] }])
  })

  test('an orderly stop says priority 0 from each, the group last', () => {
    const rig = masters().dispatch({ kind: 'stop', keepAddresses: false })
    expect(story(rig)).toEqual(['VI_1 sends 0', 'VI_1 STOP', 'VI_2 sends 0', 'VI_2 STOP', 'G1 is STOP'])
  })
})

describe('a reload of a vrrp_sync_group', () => {
  test('members stay master, and nothing is told of a group that has not changed', () => {
    const rig = masters().dispatch({ kind: 'configured', config: grouped([first(), second({ priority: 90 })]) })
    expect(story(rig)).toEqual(['VI_1 sends 100', 'VI_2 sends 90'])
  })

  test('who joins a group of masters is master with them', () => {
    const rig = masters()
    rig.dispatch({ kind: 'configured', config: grouped([first(), second(), instance({ name: 'VI_3', vrid: 53 })]) })
    expect(rig.effects('transition')).toMatchObject([{ instance: 'VI_3', from: 'INIT', to: 'MASTER', why: 'sync-master' }])
  })

  test('masters and backups that are made a group are backups', () => {
    const rig = rigOf(vrrpConfig([first(), second()]))
    rig.hear(toSecond({ priority: 200 })).until('master')
    rig.hear(toSecond({ priority: 200 })).forget()
    rig.dispatch({ kind: 'configured', config: grouped([first(), second()]) })
    expect([rig.role('VI_1'), rig.role('VI_2')]).toEqual(['backup', 'backup'])
  })

  test('without the group each goes its own way, and a remembered wish does no harm', () => {
    const rig = rigOf(grouped([first(), second()]))
    for (let beat = 0; beat < 4; beat++) rig.pass(1).hear(toSecond({ priority: 200 }))
    rig.dispatch({ kind: 'configured', config: vrrpConfig([first(), second()]) })
    rig.until('master')
    expect(rig.role('VI_2')).toBe('backup')
  })
})
