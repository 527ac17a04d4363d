import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import { fromSeconds, micros } from '../../src/base/units.ts'
import type { StateName } from '../../src/core/vrrp/effects.ts'
import { REJECT_REASONS } from '../../src/core/vrrp/receive.ts'
import type { Report } from '../../src/core/vrrp/reports.ts'
import { wordReport, wordTransition } from '../../src/process/wording.ts'

const source = '192.0.2.2' as IpAddress
const instance = 'VI_1'
const eth0 = (): string => 'eth0'

describe('state changes as keepalived logs them', () => {
  test.each<{ from: StateName; to: StateName; text: string | undefined }>([
    { from: 'BACKUP', to: 'MASTER', text: '(VI_1) Entering MASTER STATE' },
    { from: 'INIT', to: 'MASTER', text: '(VI_1) Entering MASTER STATE' },
    { from: 'INIT', to: 'BACKUP', text: '(VI_1) Entering BACKUP STATE (init)' },
    { from: 'MASTER', to: 'BACKUP', text: '(VI_1) Entering BACKUP STATE' },
    { from: 'FAULT', to: 'BACKUP', text: '(VI_1) Entering BACKUP STATE' },
    { from: 'MASTER', to: 'FAULT', text: '(VI_1) Entering FAULT STATE' },
    { from: 'INIT', to: 'FAULT', text: '(VI_1) Entering FAULT STATE (init)' },
    { from: 'MASTER', to: 'STOP', text: undefined },
  ])('$from → $to', ({ from, to, text }) => {
    expect(wordTransition({ instance, from, to })?.text).toBe(text)
  })
})

describe('events as keepalived logs them', () => {
  test.each<{ report: Report; detail: boolean; text: string }>([
    {
      report: { event: 'backup-got-priority-zero', instance, source },
      detail: false,
      text: '(VI_1) Backup received priority 0 advertisement',
    },
    { report: { event: 'master-got-priority-zero', instance, source }, detail: false, text: '(VI_1) Master received priority 0 message' },
    {
      report: { event: 'dual-master-suspected', instance, source, lasting: fromSeconds(64) },
      detail: false,
      text: '(VI_1) 192.0.2.2 has been advertising a lower priority for 64 s in spite of our adverts: probably there are two masters',
    },
    {
      report: { event: 'process-changed', process: 'web', good: false },
      detail: false,
      text: 'Quorum lost for tracked process web',
    },
    {
      report: { event: 'fault-raised', instance, cause: 'no-unicast-peers', subject: 'eth0' },
      detail: false,
      text: '(VI_1): entering FAULT state (no unicast peers)',
    },
    {
      report: { event: 'master-down-expired', instance, after: fromSeconds(3.6) },
      detail: true,
      text: '(VI_1) Receive advertisement timeout',
    },
    {
      report: { event: 'lower-priority-forces-election', instance, source, priority: 100, own: 150 },
      detail: false,
      text: '(VI_1) Received advert from 192.0.2.2 with lower priority 100, ours 150, forcing new election',
    },
    {
      report: { event: 'lower-priority-discarded', instance, source, priority: 100, own: 150 },
      detail: false,
      text: '(VI_1) received lower priority (100) advert from 192.0.2.2 - discarding',
    },
    {
      report: { event: 'higher-priority-received', instance, source, priority: 200, own: 150 },
      detail: false,
      text: '(VI_1) Master received advert from 192.0.2.2 with higher priority 200, ours 150',
    },
    {
      report: { event: 'higher-address-received', instance, source, priority: 150, ownAddress: '192.0.2.1' as IpAddress },
      detail: false,
      text: '(VI_1) Master received advert from 192.0.2.2 with same priority 150 but higher IP address than ours',
    },
    {
      report: { event: 'own-address-received', instance, source },
      detail: false,
      text: '(VI_1) WARNING - equal priority advert received from remote host with our IP address.',
    },
    {
      report: { event: 'preempt-delay-started', instance, delay: micros(1_500_000) },
      detail: false,
      text: '(VI_1) start preempt delay (1.500000)',
    },
    { report: { event: 'priority-zero-sent', instance }, detail: true, text: '(VI_1) sent 0 priority' },
    { report: { event: 'setting-vips', instance }, detail: true, text: '(VI_1) setting VIPs.' },
    { report: { event: 'removing-vips', instance }, detail: true, text: '(VI_1) removing VIPs.' },
    {
      report: { event: 'vip-lost', instance, address: '192.0.2.250' as IpAddress, interface: 'eth0' },
      detail: false,
      text: 'Netlink reflector reports IP 192.0.2.250 removed from eth0',
    },
    {
      report: { event: 'fault-raised', instance, cause: 'interface-down', subject: 'eth0' },
      detail: false,
      text: 'Netlink reports eth0 down',
    },
    {
      report: { event: 'fault-cleared', instance, cause: 'interface-down', subject: 'eth0' },
      detail: false,
      text: 'Netlink reports eth0 up',
    },
    {
      report: { event: 'fault-raised', instance, cause: 'interface-missing', subject: 'eth0' },
      detail: false,
      text: 'Interface eth0 deleted',
    },
    {
      report: { event: 'advert-rejected', instance, source, reason: 'ttl', received: 64, expected: 255 },
      detail: false,
      text: '(VI_1) invalid TTL/HL. Received 64 and expect 255 from 192.0.2.2',
    },
    {
      report: { event: 'advert-rejected', instance, source, reason: 'version', received: 3, expected: 2 },
      detail: false,
      text: '(VI_1) wrong version. Received 3 and expect 2 from 192.0.2.2',
    },
    {
      report: { event: 'advert-rejected', instance, source, reason: 'interval', received: 200, expected: 100 },
      detail: false,
      text: "(VI_1) advertisement interval mismatch mine=1 sec rcv'd=2 sec from 192.0.2.2",
    },
    {
      report: { event: 'unknown-vrid', ifindex: 2, family: 4, vrid: 9, source },
      detail: true,
      text: 'Unknown VRID(9) received on interface(eth0) from 192.0.2.2. ignoring...',
    },
    {
      report: {
        event: 'announcing',
        instance,
        interface: 'eth0',
        addresses: ['192.0.2.250' as IpAddress, '192.0.2.251' as IpAddress],
        repeat: 5,
      },
      detail: true,
      text: '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.250, 192.0.2.251',
    },
    {
      report: { event: 'announcing', instance, interface: 'eth0', addresses: ['2001:db8::1' as IpAddress], repeat: 5 },
      detail: true,
      text: '(VI_1) Sending/queueing Unsolicited Neighbour Adverts on eth0 for 2001:db8::1',
    },
    {
      report: { event: 'vips-moved-to-excluded', instance, count: 2, limit: 20 },
      detail: false,
      text: '(VI_1) Number of VIPs (22) exceeds maximum/space available in packet (max 20 addresses) - excess moved to eVIPs',
    },
  ])('$report.event', ({ report, detail, text }) => {
    expect(wordReport(report, eth0)).toMatchObject({ detail, text })
  })

  test('sync groups are worded as keepalived does when they follow, and not once more when all have', () => {
    const syncing = wordReport({ event: 'group-syncing', group: 'G1', to: 'MASTER' }, eth0)
    expect(syncing).toEqual({ level: 'info', detail: false, text: 'VRRP_Group(G1) Syncing instances to MASTER state' })
    expect(wordReport({ event: 'group-transition', group: 'G1', from: 'BACKUP', to: 'MASTER' }, eth0)).toBeUndefined()
  })

  test.each<readonly [Parameters<typeof wordReport>[0], string | undefined]>([
    [{ event: 'priority-changed', instance: 'VI_4', from: 131, to: 111 }, '(VI_4) Changing effective priority from 131 to 111'],
    [{ event: 'script-returns', script: 'chk', end: { kind: 'exited', code: 7 } }, 'Script `chk` now returning 7'],
    [{ event: 'script-returns', script: 'chk', end: { kind: 'timed-out' } }, undefined],
    [{ event: 'script-changed', script: 'chk', good: true, end: { kind: 'exited', code: 0 } }, 'VRRP_Script(chk) succeeded'],
    [
      { event: 'script-changed', script: 'chk', good: false, end: { kind: 'exited', code: 1 } },
      'VRRP_Script(chk) failed (exited with status 1)',
    ],
    [{ event: 'script-changed', script: 'chk', good: false, end: { kind: 'timed-out' } }, 'VRRP_Script(chk) timed out'],
    [{ event: 'fault-raised', instance: 'VI_4', cause: 'tracked-file', subject: 'tf' }, '(VI_4): tracked file tf now FAULT state'],
    [{ event: 'fault-cleared', instance: 'VI_4', cause: 'tracked-file', subject: 'tf' }, '(VI_4): tracked file tf leaving FAULT state'],
    [{ event: 'fault-raised', instance: 'VI_4', cause: 'script-failed', subject: 'chk' }, undefined],
    [{ event: 'bfd-changed', instance: 'VI_4', bfd: 'peer', up: true }, 'VRRP_Instance(VI_4) Tracked BFD instance peer is UP'],
    [{ event: 'bfd-changed', instance: 'VI_4', bfd: 'peer', up: false }, 'VRRP_Instance(VI_4) Tracked BFD instance peer is DOWN'],
    [
      { event: 'bfd-received', bfd: 'peer', up: false, delay: micros(47) },
      'Received BFD event: instance peer is in state Down (delivered in 47 usec)',
    ],
    [{ event: 'fault-raised', instance: 'VI_4', cause: 'tracked-bfd', subject: 'peer' }, undefined],
    [{ event: 'fault-cleared', instance: 'VI_4', cause: 'tracked-bfd', subject: 'peer' }, undefined],
  ])('trackers are worded as keepalived words them: %j', (report, text) => {
    expect(wordReport(report, eth0)?.text).toBe(text)
  })

  test.each(REJECT_REASONS)('an advert rejected for its %s names the instance, the sender and no undefined', (reason) => {
    const report = { event: 'advert-rejected', instance, source, reason, received: undefined, expected: undefined } as const
    const text = wordReport(report, eth0)?.text
    expect(text).toMatch(/^\(VI_1\) .* from 192\.0\.2\.2$/)
    expect(text).not.toContain('undefined')
  })
})
