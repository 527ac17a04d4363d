import { describe, expect, test } from 'vitest'
import { fromSeconds } from '../../src/base/units.ts'
import type { Tracker, TrackProcess } from '../../src/core/track/config.ts'
import type { Tracked } from '../../src/core/track/tracked.ts'
import { jsonText } from '../../src/status/json.ts'
import { address, master, stats } from './sample.ts'

type Dump = { data: Record<string, unknown>; stats: Record<string, number> }[]
const parsed = (...instances: Parameters<typeof jsonText>[0]): Dump => JSON.parse(jsonText(instances) ?? '[]') as Dump

test('json_version 1 is byte for byte what keepalived wrote of the same state', () => {
  expect(jsonText([master({ stats: stats({ advert_sent: 3, become_master: 1 }) })])).toBe(
    '[{"data":{"iname":"VI_1","dont_track_primary":0,"skip_check_adv_addr":0,"strict_mode":0,"vmac_ifname":"","ifp_ifname":"va",' +
      '"master_priority":0,"last_transition":1795251100.381637,"garp_delay":5,"garp_refresh":0,"garp_rep":5,"garp_refresh_rep":1,' +
      '"garp_lower_prio_delay":5,"garp_lower_prio_rep":5,"lower_prio_no_advert":0,"higher_prio_send_advert":0,"vrid":51,' +
      '"base_priority":150,"effective_priority":150,"vipset":true,"promote_secondaries":false,"adver_int":1,"master_adver_int":1,' +
      '"accept":1,"nopreempt":false,"preempt_delay":0,"state":2,"wantstate":2,"version":2,"smtp_alert":false,"notify_deleted":false,' +
      '"vips":["192.0.2.250\\/24 dev va scope global set"],"evips":["192.0.2.251\\/24 dev va scope global set"],"auth_type":0},' +
      '"stats":{"advert_rcvd":0,"advert_sent":3,"become_master":1,"release_master":0,"packet_len_err":0,"advert_interval_err":0,' +
      '"ip_ttl_err":0,"invalid_type_rcvd":0,"addr_list_err":0,"invalid_authtype":0,"authtype_mismatch":0,"auth_failure":0,' +
      '"auth_ext_missing":0,"auth_ext_malformed":0,"auth_ext_unknown_key":0,"auth_ext_invalid_hmac":0,"auth_ext_stale":0,"auth_ext_replay":0,' +
      '"pri_zero_rcvd":0,"pri_zero_sent":0}}]\n',
  )
})

test('json_version 2 is an object around the same instances', () => {
  expect(jsonText([master()], 2)).toBe(`{"vrrp":${jsonText([master()])?.trim()}}\n`)
})

test('a password is shown to nobody', () => {
  const authentication = { kind: 'PASS' as const, password: new TextEncoder().encode('secret') }
  const text = jsonText([master({}, { authentication })]) ?? ''
  expect(text).toContain('"auth_type":1,"auth_data":"********"}')
  expect(text).not.toContain('secret')
})

test('without an instance there is no file', () => {
  expect(jsonText([])).toBeUndefined()
})

test.each([
  { state: 'INIT' as const, number: 0 },
  { state: 'BACKUP' as const, number: 1 },
  { state: 'MASTER' as const, number: 2 },
  { state: 'FAULT' as const, number: 3 },
])('state $state is $number', ({ state, number }) => {
  expect(parsed(master({ state }))[0]?.data['state']).toBe(number)
})

describe('what a value looks like', () => {
  test('a name with quotes, newlines and slashes stays JSON', () => {
    const name = 'a"b\\c\n/d'
    expect(parsed(master({}, { name }))[0]?.data['iname']).toBe(name)
  })

  test('advert_int 0.01 is a fraction of a second', () => {
    expect(parsed(master({ masterAdvertInterval: fromSeconds(0.02) }, { advertInt: fromSeconds(0.01) }))[0]?.data).toMatchObject({
      adver_int: 0.01,
      master_adver_int: 0.02,
    })
  })

  test('nopreempt and preempt_delay', () => {
    expect(parsed(master({}, { preemption: { kind: 'nopreempt' } }))[0]?.data).toMatchObject({ nopreempt: true, preempt_delay: 0 })
    expect(parsed(master({}, { preemption: { kind: 'preempt', delay: fromSeconds(300) } }))[0]?.data).toMatchObject({
      nopreempt: false,
      preempt_delay: 300,
    })
  })

  test('vips and evips are absent when there are none', () => {
    expect(Object.keys(parsed(master({}, { virtualIpaddress: [], virtualIpaddressExcluded: [] }))[0]?.data ?? {})).not.toContain('vips')
  })

  test('a backup does not claim that addresses are set', () => {
    expect(parsed(master({ state: 'BACKUP', vipSet: false, present: new Set() }))[0]?.data).toMatchObject({
      vipset: false,
      vips: ['192.0.2.250/24 dev va scope global'],
    })
  })

  test.each([
    { name: 'label', over: { label: 'va:3' }, text: '192.0.2.9/24 dev va scope global label va:3 set' },
    { name: 'scope link', over: { scope: 253 }, text: '192.0.2.9/24 dev va scope link set' },
    { name: 'a scope without a name', over: { scope: 77 }, text: '192.0.2.9/24 dev va scope 77 set' },
    { name: 'dev', over: { interface: 'eth7' }, text: '192.0.2.9/24 dev eth7 scope global set' },
    { name: 'no_track', over: { noTrack: true }, text: '192.0.2.9/24 dev va scope global no_track set' },
  ])('an address with $name', ({ over, text }) => {
    expect(parsed(master({}, { virtualIpaddress: [address('192.0.2.9/24', over)] }))[0]?.data['vips']).toEqual([text])
  })
})

describe('what tells of changes', () => {
  const script = (name: string) => ({ argv: [`/bin/${name}`, 'x'], runAs: undefined })
  const dataOf = (config: Parameters<typeof master>[1]) => parsed(master({}, config))[0]?.data
  test('smtp_alert, notify_deleted and the command lines of notify scripts', () => {
    const notify = { master: script('m'), any: script('n'), deleted: script('d'), mail: true } as const
    expect(dataOf({ notify })).toMatchObject({
      smtp_alert: true,
      notify_deleted: true,
      script_master: '/bin/m x',
      script_deleted: '/bin/d x',
      script: '/bin/n x',
    })
    expect(dataOf({ notify: { deleted: 'told' } })).toMatchObject({ smtp_alert: false, notify_deleted: true })
    expect(Object.keys(dataOf({}) ?? {}).filter((name) => name.startsWith('script'))).toEqual([])
  })
})

describe('what is tracked', () => {
  const tracker = (kind: Tracker['kind'], name: string): Tracker => ({ kind, name, weight: 0, reverse: false }) as Tracker
  const trackers = [tracker('interface', 'eth1'), tracker('script', 'chk'), tracker('process', 'haproxy')]
  const run = { kind: 'command', command: { argv: ['/bin/check', '-q'], runAs: undefined } } as const
  const config: TrackProcess = {
    name: 'haproxy',
    match: { kind: 'command-line', command: 'haproxy', parameters: ['-f', '/x'], compare: 'initial' },
    quorum: 1,
    quorumMax: 3,
    forkDelay: fromSeconds(0),
    terminateDelay: fromSeconds(1.5),
    weight: 5,
    reverse: true,
  }
  const tracked = {
    config: { scripts: [{ name: 'chk', run }], files: [], processes: [config], bfds: [] },
    processes: [{ config, running: 2, condition: 'up', changesAt: undefined }],
  } as unknown as Tracked
  const instances = [master({}, { trackers })]

  test('interfaces and processes by their names, scripts by their command lines', () => {
    const [one] = JSON.parse(jsonText(instances, 1, tracked) ?? '') as Dump
    expect(one?.data).toMatchObject({ track_ifp: ['eth1'], track_script: ["'/bin/check' '-q'"], track_process: ['haproxy'] })
  })

  test('json_version 2 has the tracked processes beside the instances', () => {
    const dump = JSON.parse(jsonText(instances, 2, tracked) ?? '') as { track_process: readonly object[] }
    expect(dump.track_process).toEqual([
      {
        process: 'haproxy',
        parameters: '-f /x',
        param_match: 'initial',
        min_processes: 1,
        max_processes: 3,
        current_processes: 2,
        have_quorum: true,
        weight: -5,
        terminate_delay: 1.5,
        fork_delay: 0,
        fork_delay_timer_running: false,
        terminate_delay_timer_running: false,
        full_command: true,
      },
    ])
  })
})
