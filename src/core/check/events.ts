import type { IpAddress } from '../../base/ip.ts'
import type { Instant } from '../../base/units.ts'
import type { SessionNews } from '../bfd/events.ts'
import type { CheckAttempt, CheckConfig } from './config.ts'
import type { CheckNotice } from './notify.ts'
import type { ProbeResult } from './probe.ts'
import type { CheckReport } from './reports.ts'

/** All that can happen to the checkers of a host. */
export type CheckEvent =
  /** The first one is the start, every later one a reload. `seed` spreads the first attempts over their warm-up. */
  | {
      readonly kind: 'configured'
      readonly config: CheckConfig
      readonly seed: number
      /** What the followed files say, by path. */
      readonly files?: ReadonlyMap<string, number>
      /** The addresses of this host, if somebody watches them for `ha_suspend`. */
      readonly addresses?: ReadonlySet<IpAddress>
    }
  /** A followed file says something; what is missing or no number is 0. */
  | { readonly kind: 'file-read'; readonly path: string; readonly value: number }
  | SessionNews
  /** An answer under an id that is no longer awaited changes nothing. */
  | { readonly kind: 'probe-result'; readonly id: number; readonly result: ProbeResult }
  /** The addresses of this host have changed. */
  | { readonly kind: 'addresses'; readonly present: ReadonlySet<IpAddress> }
  | { readonly kind: 'tick' }
  | { readonly kind: 'stop' }

/** What the world is asked to do. Services and destinations are no effects: see desired.ts. */
export type CheckEffect =
  /** Make this attempt now and send its result back under `id`; after `deadline` a `cancel-probe` follows. */
  | { readonly kind: 'probe'; readonly id: number; readonly attempt: CheckAttempt; readonly deadline: Instant }
  /** Nobody waits for it any more: close its socket. */
  | { readonly kind: 'cancel-probe'; readonly id: number }
  | { readonly kind: 'report'; readonly report: CheckReport }
  /** After the report of the same change. */
  | { readonly kind: 'notify'; readonly notice: CheckNotice }
