import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../../src/base/units.ts'
import { routerStatus } from '../../../src/core/vrrp/status.ts'
import { instance, vrrpConfig } from '../../support/vrrp.ts'
import { link, Rig } from '../../support/vrrp-rig.ts'

const status = (rig: Rig) => routerStatus(rig.state())[0]!

describe('what dumps show of an instance', () => {
  test('in BACKUP: its master, the learned interval, and when the timer ends', () => {
    const rig = new Rig(vrrpConfig([instance({ version: 3 })])).hear({ version: 3, priority: 200, intervalCs: 50 })
    expect(status(rig)).toMatchObject({
      state: 'BACKUP',
      wantState: 'BACKUP',
      masterAddress: '192.0.2.1',
      masterPriority: 200,
      masterAdvertInterval: fromSeconds(0.5),
      masterDownTime: 1_804_687,
      source: '192.0.2.2',
      vipSet: false,
    })
    expect((Number(status(rig).expiresAt) - 7e9) / 1e6).toBeCloseTo(1.804687, 6)
  })

  test('in MASTER: its addresses, its own interval, no other master', () => {
    const rig = new Rig(vrrpConfig([instance({ version: 3 })])).hear({ version: 3, priority: 200, intervalCs: 50 })
    rig.until('master')
    expect(status(rig)).toMatchObject({
      state: 'MASTER',
      wantState: 'MASTER',
      masterAddress: undefined,
      masterPriority: 0,
      masterAdvertInterval: fromSeconds(1),
      vipSet: true,
      advertised: 1,
    })
    expect([...status(rig).present]).toEqual(['address eth0 192.0.2.10/32'])
  })

  test('in FAULT: every cause, and when it began', () => {
    const rig = new Rig(vrrpConfig([instance({ state: 'MASTER' })]))
    rig.pass(2).dispatch({ kind: 'link', link: link('eth0', { up: false }) })
    expect(status(rig)).toMatchObject({
      state: 'FAULT',
      wantState: 'MASTER',
      faults: [{ cause: 'interface-down', subject: 'eth0' }],
      expiresAt: undefined,
    })
    expect((Number(status(rig).lastTransition) - 7e9) / 1e6).toBe(2)
  })

  test("statistics under keepalived's names", () => {
    const rig = new Rig(vrrpConfig([instance()]))
    rig
      .hear({ priority: 200 })
      .hear({ priority: 200, addresses: ['10.0.0.1'] })
      .hear({ priority: 0 })
      .hear({ ttl: 3 })
      .hear({ type: 2 })
      .hear({ intervalCs: 300 })
    rig
      .hear({ spoil: (bytes) => bytes.subarray(0, 9) })
      .hear({ truncated: true })
      .hear({ authType: 1 })
      .hear({ authType: 7 })
      .hear({ destination: '192.0.2.2' })
    rig.hear({ version: 3 }).hear({ spoil: (bytes) => bytes.with(6, 1) })
    rig.until('master')
    rig.hear({ priority: 50 })
    rig.dispatch({ kind: 'stop', keepAddresses: false })
    expect(status(rig).stats).toEqual({
      advert_rcvd: 4,
      advert_sent: 3,
      become_master: 1,
      release_master: 1,
      packet_len_err: 2,
      advert_interval_err: 1,
      ip_ttl_err: 1,
      invalid_type_rcvd: 1,
      addr_list_err: 2,
      invalid_authtype: 1,
      authtype_mismatch: 1,
      auth_failure: 0,
      auth_ext_missing: 0,
      auth_ext_malformed: 0,
      auth_ext_unknown_key: 0,
      auth_ext_invalid_hmac: 0,
      auth_ext_stale: 0,
      auth_ext_replay: 0,
      pri_zero_rcvd: 1,
      pri_zero_sent: 1,
      checksum_err: 1,
      version_err: 1,
      source_err: 0,
      owner_ignored: 0,
    })
  })
})
