import type { Micros } from '../../base/units.ts'
import type { CheckAttempt, Checker } from './config.ts'
import type { ProbeResult } from './probe.ts'

/** What may be written to the log, as data: `event` is stable, wording.ts says it as keepalived does. */
export type CheckReport =
  | {
      /** `ha_suspend`: deactivated from the start, or suspended because the address has left. */
      readonly event: 'checker-activated' | 'checker-deactivated' | 'checker-suspended'
      readonly server: string
      readonly virtualServer: string
      readonly check: CheckKind
    }
  /** `ha_suspend` */
  | { readonly event: 'address-came' | 'address-left'; readonly address: string }
  /** Of a server that was up, or at the first attempt: every one with `log_all_failures`, else only the one that decided. */
  | ({
      readonly event: 'attempt-failed'
      readonly server: string
      readonly virtualServer: string
      readonly check: AttemptKind
      /** What was asked: "[192.0.2.1]:25", a script. */
      readonly target: string
      readonly result: FailedResult
    } & RetryFigures)
  | { readonly event: 'attempt-not-made'; readonly server: string; readonly check: AttemptKind; readonly detail: string }
  /** A checker gave its server up after `retries` further attempts had been allowed. */
  | {
      readonly event: 'checker-failed'
      readonly server: string
      readonly virtualServer: string
      readonly check: AttemptKind
      readonly retries: number
      readonly retried: boolean
    }
  | { readonly event: 'url-passed'; readonly server: string; readonly url: string; readonly proof: 'status-code' | 'digest' | 'regex' }
  /** The first success ever, or after a failure. */
  | {
      readonly event: 'checker-passed'
      readonly server: string
      readonly virtualServer: string
      readonly check: AttemptKind
      readonly target: string
    }
  /** FILE_CHECK */
  | { readonly event: 'file-fault' | 'file-fault-over'; readonly server: string; readonly file: string }
  /** BFD_CHECK */
  | { readonly event: 'bfd-activated' }
  /** The bfd process has told of a session, so long ago. */
  | { readonly event: 'bfd-received'; readonly bfd: string; readonly up: boolean; readonly delay: Micros }
  | { readonly event: 'bfd-check'; readonly bfd: string; readonly server: string; readonly up: boolean }

  // Real servers; `inhibited` is weight 0 in place of absence (`inhibit_on_failure`).
  | { readonly event: 'server-down'; readonly server: string; readonly virtualServer: string; readonly inhibited: boolean }
  | { readonly event: 'server-up'; readonly server: string; readonly virtualServer: string; readonly inhibited: boolean }
  | { readonly event: 'server-shut-down'; readonly server: string; readonly virtualServer: string; readonly inhibited: boolean }

  // Virtual servers.
  | ({ readonly event: 'quorum-gained' | 'quorum-lost' | 'quorum-down-at-start' } & QuorumFigures)
  | {
      readonly event: 'sorry-server-on' | 'sorry-server-off'
      readonly server: string
      readonly virtualServer: string
      readonly inhibited: boolean
    }
  | { readonly event: 'alive-servers-added' | 'alive-servers-removed'; readonly virtualServer: string }

  // Reload.
  | { readonly event: 'virtual-server-gone'; readonly virtualServer: string }
  | { readonly event: 'server-gone'; readonly server: string; readonly virtualServer: string }
  | {
      readonly event: 'weight-changed'
      readonly server: string
      readonly virtualServer: string
      readonly from: number
      readonly to: number
      readonly active: boolean
    }

export type AttemptKind = CheckAttempt['kind']
export type CheckKind = Checker['kind']

/** Where in its retries an attempt stands. */
export interface RetryFigures {
  /** How many are allowed. */
  readonly retries: number
  /** The how manieth of them this was; 0 is the attempt before the first. */
  readonly retry: number
  /** There has been none before. */
  readonly first: boolean
  /** No further one follows: the server is given up. */
  readonly decisive: boolean
}

export type FailedResult = Extract<ProbeResult, { kind: 'failed' | 'timed-out' }>

export interface QuorumFigures {
  readonly virtualServer: string
  readonly quorum: number
  readonly hysteresis: number
  readonly liveWeight: number
}
