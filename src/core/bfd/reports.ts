import type { IpAddress } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'
import type { BfdState, PacketFault } from './packet.ts'

/** What may be written to the log, as data: `event` is stable, wording.ts says it as keepalived does. */
export type BfdReport =
  | {
      readonly event: 'state-changed'
      readonly session: string
      readonly from: BfdState
      readonly to: BfdState
      readonly localDiagnostic: number
      readonly remoteDiagnostic: number
    }
  /** Nothing was heard for the detection time; noticed so much later. */
  | { readonly event: 'expired'; readonly session: string; readonly after: Micros; readonly overdue: Micros }
  | { readonly event: 'poll-started'; readonly session: string }
  | {
      readonly event: 'parameters-changed'
      readonly session: string
      readonly local: SessionParameters
      readonly remote: SessionParameters
      readonly detectionTimeBefore: Micros
    }
  /** Once for each reason and sender until the next configuration. */
  | { readonly event: 'discarded'; readonly source: IpAddress; readonly sourcePort: number; readonly reason: Discard }

/** One end as keepalived shows it. */
export interface SessionParameters {
  readonly minTx: Micros
  readonly minRx: Micros
  /** What is made of both ends' wishes. */
  readonly transmitInterval: Micros
  readonly multiplier: number
  readonly detectionTime: Micros
}

/** Why a packet was not for a session. */
export type Discard =
  | PacketFault
  /** Authentication is not supported, so a packet that has it is not from our neighbour (RFC 5880 §6.8.6). */
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'no-session'; readonly yourDiscriminator: number }
  /** GTSM (RFC 5881 §5). */
  | { readonly kind: 'ttl'; readonly ttl: number | undefined; readonly least: number }
