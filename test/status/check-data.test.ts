import { expect, test } from 'vitest'
import { fromSeconds, instant } from '../../src/base/units.ts'
import type { CheckConfig } from '../../src/core/check/config.ts'
import type { VirtualServerStatus } from '../../src/core/check/status.ts'
import { checkData } from '../../src/status/check-data.ts'
import { ip } from './sample.ts'

const target = {
  address: ip('192.0.2.2'),
  port: 8080,
  bindto: undefined,
  bindPort: undefined,
  bindIf: undefined,
  fwmark: 0,
  connectTimeout: fromSeconds(3),
}
const schedule = {
  delayLoop: fromSeconds(2),
  warmup: fromSeconds(2),
  retry: 3,
  delayBeforeRetry: fromSeconds(3),
  alpha: false,
  logAllFailures: false,
}
const url = {
  path: '/x',
  virtualhost: undefined,
  statusCodes: [
    { low: 200, high: 200 },
    { low: 300, high: 399 },
  ],
  digest: undefined,
  regex: undefined,
  tlsCompliant: false,
}
const real = {
  address: ip('192.0.2.2'),
  port: 8080,
  forwarding: { method: 'NAT' as const },
  weight: 2,
  inhibitOnFailure: true,
  uthreshold: 0,
  lthreshold: 0,
  alpha: false,
}

const config: CheckConfig = {
  globals: { lvsFlush: false, lvsFlushOnStop: 'no', lvsTimeouts: undefined, checkerLogAllFailures: false },
  virtualServers: [
    {
      name: '[192.0.2.250]:tcp:80',
      services: [{ kind: 'address', protocol: 'TCP', address: ip('192.0.2.250'), port: 80 }],
      scheduler: 'rr',
      flags: 8,
      persistenceTimeout: 50,
      persistenceGranularity: undefined,
      persistenceEngine: undefined,
      realServers: [
        {
          ...real,
          checkers: [
            { ...schedule, kind: 'TCP_CHECK', target },
            { ...schedule, kind: 'HTTP_GET', target, urls: [url], httpProtocol: '1.0', virtualhost: undefined, enableSni: false },
          ],
        },
      ],
      sorryServer: { address: ip('127.0.0.1'), port: 80, forwarding: { method: 'NAT' }, inhibit: false },
      quorum: 1,
      hysteresis: 0,
      alpha: false,
      omega: false,
    },
  ],
}

const status = [
  {
    name: '[192.0.2.250]:tcp:80',
    quorum: 'down',
    liveWeight: 0,
    sorryServerStandsIn: true,
    servers: [
      {
        name: '[192.0.2.2]:tcp:8080',
        up: false,
        weight: 0,
        checkers: [
          {
            check: 'TCP_CHECK',
            up: true,
            tested: true,
            last: { at: instant(1), result: { kind: 'passed', latency: fromSeconds(0.001) } },
            sharedBy: 3,
          },
          { check: 'HTTP_GET', up: false, tested: false, last: undefined, sharedBy: 1 },
        ],
      },
    ],
  },
] as unknown as readonly VirtualServerStatus[]

const lines = (text: string, ...wanted: readonly string[]): void => {
  const all = text.split('\n')
  let at = 0
  for (const line of wanted) {
    const found = all.indexOf(line, at)
    expect(found, `'${line}' after line ${at}`).toBeGreaterThanOrEqual(0)
    at = found + 1
  }
}

test('keepalived_check.data names services, servers and checkers in the order of the original', () => {
  lines(
    checkData(config, status),
    '------< LVS Topology >------',
    ' ------< Virtual server >------',
    ' VS VIP = 192.0.2.250, VPORT = 80',
    '   lvs_sched = rr',
    '   flag-1 = enabled',
    '   persistence timeout = 50',
    '   protocol = TCP',
    '   quorum = 1, hysteresis = 0',
    '   sorry server = [127.0.0.1]:tcp:80',
    '   alive = 0',
    '   quorum_state_up = 0',
    '   ------< Real server >------',
    '   Inhibit on failure is ON',
    '   alive = 0',
    '   num failed checkers = 1',
    '   RS set = 1',
    '------< Health checkers >------',
    ' [192.0.2.250]:tcp:80 -> [192.0.2.2]:tcp:8080',
    '   Up = yes',
    '   Has run = yes',
    '   Delay loop = 2000000 us',
    '   Retries = 3',
    '     Dest = [192.0.2.2]:8080',
    '     Timeout = 3.000000',
    '   Keepalive method = TCP_CHECK',
    '   Probe shared by = 3 checkers',
    ' [192.0.2.250]:tcp:80 -> [192.0.2.2]:tcp:8080',
    '   Up = no',
    '   Has run = no',
    '   Keepalive method = HTTP_GET, http protocol 1.0',
    '   Checked url = /x',
    '     HTTP Status Code(s)',
    '       200',
    '       300-399',
  )
})

test('only of a probe that is shared it is said how many share it', () => {
  expect(checkData(config, status).match(/Probe shared by/g)).toHaveLength(1)
})

test('a server without weight is not set; the pool may know less than the configuration', () => {
  const [first] = status
  const without = first === undefined ? [] : [{ ...first, servers: first.servers.map((server) => ({ ...server, weight: undefined })) }]
  expect(checkData(config, without)).toContain('   RS set = 0\n')
  expect(checkData(config, [])).toContain('   RS set = 0\n')
})

test('ha_suspend, quorum_up, quorum_down, notify_up and notify_down stand where keepalived has them', () => {
  const script = (...argv: string[]) => ({ argv, runAs: { user: '0', group: undefined } })
  const [server] = config.virtualServers
  if (server === undefined) throw new Error('no virtual server')
  const [first] = server.realServers
  const told = {
    ...server,
    haSuspend: ip('192.0.2.250'),
    quorumUp: script('/usr/bin/true', 'up'),
    quorumDown: script('/usr/bin/true', 'down'),
    realServers: first === undefined ? [] : [{ ...first, notifyUp: script('/bin/u'), notifyDown: { argv: ['/bin/d'], runAs: undefined } }],
  }
  lines(
    checkData({ ...config, virtualServers: [told] }, []),
    '   quorum = 1, hysteresis = 0',
    "   Quorum up notify script = '/usr/bin/true' 'up', uid:gid 0:0",
    "   Quorum down notify script = '/usr/bin/true' 'down', uid:gid 0:0",
    '   Using HA suspend',
    '   ------< Real server >------',
    '   Inhibit on failure is ON',
    "     RS up notify script = '/bin/u', uid:gid 0:0",
    "     RS down notify script = '/bin/d'",
  )
})

test('BFD_CHECK: the session and its followers', () => {
  const [server] = config.virtualServers
  if (server === undefined) throw new Error('no server')
  const follower = { ...real, checkers: [{ kind: 'BFD_CHECK', name: 'peer', alpha: true } as const] }
  const text = checkData({ ...config, virtualServers: [{ ...server, realServers: [follower, { ...follower, port: 81 }] }] }, [])
  lines(
    text,
    ' [192.0.2.250]:tcp:80 -> [192.0.2.2]:tcp:8080',
    '   Keepalive method = BFD_CHECK',
    '   Name = peer',
    '   Alpha is ON',
    '------< Checker track BFDs >------',
    ' Checker Track BFD = peer',
    '   Tracking RS :',
    '   [192.0.2.2]:tcp:8080',
    '   [192.0.2.2]:tcp:81',
  )
  expect(checkData(config, status)).not.toContain('track BFDs')
})
