import { type Micros, toMillis } from '../../base/units.ts'
import type { BfdReport, Discard, SessionParameters } from './reports.ts'

/** A report in keepalived's words, one or more lines. `detail` is written with `-D` only, 2 with `-D -D` only. */
export interface BfdWording {
  readonly level: 'info' | 'warn'
  readonly detail: 0 | 1 | 2
  readonly lines: readonly string[]
}

export function wordBfdReport(report: BfdReport): BfdWording {
  switch (report.event) {
    case 'state-changed':
      return wordState(report)
    case 'expired': {
      const { session, after, overdue } = report
      return { level: 'info', detail: 1, lines: [`(${session}) Expired after ${Math.round(toMillis(after))} ms (${overdue} usec overdue)`] }
    }
    case 'poll-started':
      return { level: 'info', detail: 1, lines: [`(${report.session}) Starting poll sequence`] }
    case 'parameters-changed':
      return { level: 'info', detail: 1, lines: wordParameters(report) }
    case 'discarded':
      return { level: 'warn', detail: 1, lines: wordDiscard(report) }
  }
}

/** In the log of each process that is told of a session. */
export function wordReceived({ bfd, up, delay }: { readonly bfd: string; readonly up: boolean; readonly delay: Micros }): string {
  return `Received BFD event: instance ${bfd} is in state ${up ? 'Up' : 'Down'} (delivered in ${delay} usec)`
}

/** RFC 5880 §4.1. */
export function diagnosticName(diagnostic: number): string {
  return DIAGNOSTICS[diagnostic] ?? `Reserved (${diagnostic})`
}

const DIAGNOSTICS = [
  'No Diagnostic',
  'Control Detection Time Expired',
  'Echo Function Failed',
  'Neighbor Signaled Session Down',
  'Forwarding Plane Reset',
  'Path Down',
  'Concatenated Path Down',
  'Administratively Down',
  'Reverse Concatenated Path Down',
]

function wordState({ session, to, localDiagnostic, remoteDiagnostic }: Extract<BfdReport, { event: 'state-changed' }>): BfdWording {
  if (to !== 'Down') return { level: 'info', detail: to === 'Up' ? 0 : 2, lines: [`(${session}) Entering ${to} state`] }
  const why = `Local diagnostic - ${diagnosticName(localDiagnostic)}, Remote diagnostic - ${diagnosticName(remoteDiagnostic)}`
  return { level: 'warn', detail: 0, lines: [`(${session}) Entering Down state (${why})`] }
}

function wordParameters({
  session,
  local,
  remote,
  detectionTimeBefore,
}: Extract<BfdReport, { event: 'parameters-changed' }>): readonly string[] {
  const { detectionTime } = local
  return [
    `(${session}) ---------------< Session parameters >--------------`,
    '                min_tx  min_rx  tx_intv  mult  detect_time',
    `        local ${row(local)}`,
    `        remote${row(remote)}`,
    ...(detectionTime === detectionTimeBefore ? [] : [`        Detection time is ${detectionTime} us (was ${detectionTimeBefore} us)`]),
  ]
}

function row({ minTx, minRx, transmitInterval, multiplier, detectionTime }: SessionParameters): string {
  const figures = [minTx, minRx, transmitInterval, multiplier, detectionTime]
  const widths = [9, 8, 9, 6, 13]
  return figures.map((figure, i) => String(figure).padStart(widths[i] ?? 0)).join('')
}

function wordDiscard({ source, sourcePort, reason }: Extract<BfdReport, { event: 'discarded' }>): readonly string[] {
  const from = `from [${source}]:${sourcePort}`
  const why = reasonOf(reason)
  if (why !== undefined) return [why, `Discarding bogus packet ${from}`]
  switch (reason.kind) {
    case 'authenticated':
      return [`Discarding packet ${from} (auth bit is set, but no authentication  is in use)`]
    case 'no-session': {
      const discriminator = `0x${reason.yourDiscriminator.toString(16).padStart(8, '0')}`
      return [`Discarding packet ${from} (session is not found - your discriminator field is ${discriminator})`]
    }
    case 'ttl':
      return [`Packet ttl(${reason.ttl ?? 'unknown'}) < ${reason.least} - discarding`]
    default:
      return []
  }
}

function reasonOf(reason: Discard): string | undefined {
  switch (reason.kind) {
    case 'version':
      return `Packet is of unsupported version: ${reason.version}`
    case 'too-small':
      return `Packet is too small: ${reason.size} bytes`
    case 'length':
      return `Packet size mismatch: length field: ${reason.length} bytes, buffer size: ${reason.size} bytes`
    case 'poll-and-final':
      return 'Packet has both poll and final  flags set'
    case 'multiplier':
      return "Packet 'detection multiplier' field is zero"
    case 'multipoint':
      return "Packet has 'multipoint' flag"
    case 'my-discriminator':
      return "Packet 'my discriminator' field is zero"
    case 'your-discriminator':
      return "Packet 'your discriminator' field is zero and 'state' field is not Down or AdminDown"
    case 'authenticated':
    case 'no-session':
    case 'ttl':
      return undefined
  }
}
