import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../../src/base/ip.ts'
import { fromMillis, type Micros } from '../../../src/base/units.ts'
import type { BfdReport, Discard } from '../../../src/core/bfd/reports.ts'
import { diagnosticName, wordBfdReport, wordReceived } from '../../../src/core/bfd/wording.ts'

const session = 'peer'
const changed = (to: 'Down' | 'Init' | 'Up', localDiagnostic = 0, remoteDiagnostic = 0): BfdReport => ({
  event: 'state-changed',
  session,
  from: 'Down',
  to,
  localDiagnostic,
  remoteDiagnostic,
})

describe('bfd_instance: what happens to a session as keepalived logs it', () => {
  test.each<{ report: BfdReport; detail: number; lines: readonly string[] }>([
    { report: changed('Up'), detail: 0, lines: ['(peer) Entering Up state'] },
    { report: changed('Init'), detail: 2, lines: ['(peer) Entering Init state'] },
    {
      report: changed('Down', 1, 0),
      detail: 0,
      lines: ['(peer) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)'],
    },
    {
      report: changed('Down', 3, 7),
      detail: 0,
      lines: ['(peer) Entering Down state (Local diagnostic - Neighbor Signaled Session Down, Remote diagnostic - Administratively Down)'],
    },
    {
      report: { event: 'expired', session, after: fromMillis(300), overdue: 101 as Micros },
      detail: 1,
      lines: ['(peer) Expired after 300 ms (101 usec overdue)'],
    },
    { report: { event: 'poll-started', session }, detail: 1, lines: ['(peer) Starting poll sequence'] },
  ])('$lines', ({ report, detail, lines }) => expect(wordBfdReport(report)).toMatchObject({ detail, lines }))

  test('the parameters of both ends are one table', () => {
    const end = (minTx: number, minRx: number, interval: number, detection: number) => ({
      minTx: minTx as Micros,
      minRx: minRx as Micros,
      transmitInterval: interval as Micros,
      multiplier: 3,
      detectionTime: detection as Micros,
    })
    const local = end(1_000_000, 100_000, 200_000, 300_000)
    const remote = end(100_000, 200_000, 100_000, 600_000)
    const report: BfdReport = { event: 'parameters-changed', session, local, remote, detectionTimeBefore: fromMillis(3000) }
    expect(wordBfdReport(report).lines).toEqual([
      '(peer) ---------------< Session parameters >--------------',
      '                min_tx  min_rx  tx_intv  mult  detect_time',
      '        local   1000000  100000   200000     3       300000',
      '        remote   100000  200000   100000     3       600000',
      '        Detection time is 300000 us (was 3000000 us)',
    ])
    expect(wordBfdReport({ ...report, detectionTimeBefore: fromMillis(300) }).lines).toHaveLength(4)
  })
})

describe('packets for nobody', () => {
  const bogus = 'Discarding bogus packet from [192.0.2.2]:50000'
  test.each<{ reason: Discard; lines: readonly string[] }>([
    { reason: { kind: 'version', version: 0 }, lines: ['Packet is of unsupported version: 0', bogus] },
    { reason: { kind: 'too-small', size: 20 }, lines: ['Packet is too small: 20 bytes', bogus] },
    {
      reason: { kind: 'length', length: 40, size: 24 },
      lines: ['Packet size mismatch: length field: 40 bytes, buffer size: 24 bytes', bogus],
    },
    { reason: { kind: 'multiplier' }, lines: ["Packet 'detection multiplier' field is zero", bogus] },
    { reason: { kind: 'multipoint' }, lines: ["Packet has 'multipoint' flag", bogus] },
    { reason: { kind: 'my-discriminator' }, lines: ["Packet 'my discriminator' field is zero", bogus] },
    {
      reason: { kind: 'your-discriminator' },
      lines: ["Packet 'your discriminator' field is zero and 'state' field is not Down or AdminDown", bogus],
    },
    { reason: { kind: 'poll-and-final' }, lines: ['Packet has both poll and final  flags set', bogus] },
    {
      reason: { kind: 'authenticated' },
      lines: ['Discarding packet from [192.0.2.2]:50000 (auth bit is set, but no authentication  is in use)'],
    },
    {
      reason: { kind: 'no-session', yourDiscriminator: 0x999 },
      lines: ['Discarding packet from [192.0.2.2]:50000 (session is not found - your discriminator field is 0x00000999)'],
    },
    { reason: { kind: 'ttl', ttl: 254, least: 255 }, lines: ['Packet ttl(254) < 255 - discarding'] },
    { reason: { kind: 'ttl', ttl: undefined, least: 255 }, lines: ['Packet ttl(unknown) < 255 - discarding'] },
  ])('$reason.kind: $lines', ({ reason, lines }) => {
    expect(wordBfdReport({ event: 'discarded', source: '192.0.2.2' as IpAddress, sourcePort: 50_000, reason }).lines).toEqual(lines)
  })
})

test('diagnostics have the names of RFC 5880 §4.1', () => {
  expect([0, 2, 8, 9, 31].map(diagnosticName)).toEqual([
    'No Diagnostic',
    'Echo Function Failed',
    'Reverse Concatenated Path Down',
    'Reserved (9)',
    'Reserved (31)',
  ])
})

test('what another process hears of a session', () => {
  expect(wordReceived({ bfd: 'peer', up: true, delay: 47 as Micros })).toBe(
    'Received BFD event: instance peer is in state Up (delivered in 47 usec)',
  )
})
