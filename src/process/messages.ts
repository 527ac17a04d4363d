import type { Micros } from '../base/units.ts'
import type { BfdConfig } from '../core/bfd/config.ts'
import type { SessionNews, TellEffect } from '../core/bfd/events.ts'
import type { Mail } from '../core/channel-config.ts'
import type { ServicesChange } from '../core/check/change.ts'
import type { CheckConfig, CheckGlobals } from '../core/check/config.ts'
import type { Departure, KeptSetting } from '../core/reconcile/kinds.ts'
import type { ScriptCommand } from '../core/script-config.ts'
import type { BufferSize } from '../core/socket-config.ts'
import type { TrackFile, TrackProcess } from '../core/track/config.ts'
import type { Run } from '../core/track/tracked.ts'
import type { VrrpConfig } from '../core/vrrp/config.ts'
import type { FileEvent, LinkbeatEvent, ProcessesEvent, ScriptEndedEvent } from '../core/vrrp/events.ts'
import type { LogLevel, LogLine } from './log-line.ts'

export type ChildRole = 'vrrp' | 'checker' | 'bfd'

/** The part of the configuration that a child acts on. `globalData` is the section of its dumps that is the same in all processes. */
export type Duty =
  | { readonly role: 'vrrp'; readonly config: VrrpConfig; readonly globalData: string; readonly jsonVersion: 1 | 2 }
  | { readonly role: 'checker'; readonly config: CheckConfig; readonly globalData: string }
  | { readonly role: 'bfd'; readonly config: BfdConfig; readonly globalData: string }

/** What becomes of a duty. Of many services a reload changes a few, and only those are sent. */
export type DutyChange = Exclude<Duty, CheckerDuty> | CheckerDutyChange

export type CheckerDuty = Extract<Duty, { readonly role: 'checker' }>

export interface CheckerDutyChange {
  readonly role: 'checker'
  readonly globals: CheckGlobals
  readonly virtualServers: ServicesChange
  readonly globalData: string
}

/** How a child runs; fixed for its life. */
export interface ChildSettings {
  readonly level: LogLevel
  readonly logDetail: number
  readonly dumpConf: boolean
  /** `--release-vips` */
  readonly releaseVips: boolean
  /** `--dont-release-vrrp` */
  readonly dontReleaseVrrp: boolean
  /** `--dont-release-ipvs` */
  readonly dontReleaseIpvs: boolean
  readonly scheduling: Scheduling
  /** `[kernel] reconcile_period` of agent.toml. */
  readonly reconcilePeriod: Micros
  /** `[checks] share_probes` of agent.toml, decided. */
  readonly shareProbes: boolean
}

/** `vrrp_priority`, `vrrp_rt_priority`, `vrrp_no_swap` and their kin of the checker. */
export interface Scheduling {
  /** Nice value, 0 leaves it. */
  readonly priority: number
  /** SCHED_RR priority, 0 is off. */
  readonly realtimePriority: number
  /** `max_auto_priority`: up to this one it is raised after wake-ups later than `min_auto_priority_delay`; 0 is off. */
  readonly highestPriority: number
  readonly tolerance: Micros
  readonly noSwap: boolean
  /** Processors; empty is any. */
  readonly cpuAffinity: readonly number[]
  /** Microseconds of uninterrupted real-time computing that are not worth a word. */
  readonly rlimitRttime: number | undefined
}

/** What a signal asks of the processes. */
export type DumpKind = 'data' | 'stats' | 'stats-clear' | 'json'

/** What the vrrp process does not do itself. */
export type Errand =
  | ({ readonly kind: 'run-script' } & Run)
  /** From now on these and no others; each says at once what is in it. */
  | { readonly kind: 'follow-files'; readonly files: readonly TrackFile[] }
  | { readonly kind: 'follow-processes'; readonly processes: readonly TrackProcess[]; readonly buffer?: BufferSize }
  /** A link of ours goes, and with it what was made for it. */
  | { readonly kind: 'delete-link'; readonly departure: Departure }
  /** These links are asked for their carrier. */
  | { readonly kind: 'poll-links'; readonly interfaces: readonly string[] }

/** Scripts to be run one after the other, because something has happened to `subject`. */
export interface Notice {
  /** What it happened to: of one and the same only the newest matters. */
  readonly subject: string
  readonly scripts: readonly ScriptCommand[]
  /** For the pipes of this process and of all, with its end, if there is one. */
  readonly line?: string
  /** For those of `notification_email`, if there are any. */
  readonly mail?: Mail
  /** There will be no other: the daemon stops. */
  readonly last: boolean
}

export type Answer = ScriptEndedEvent | FileEvent | ProcessesEvent | LinkbeatEvent | LinkDeleted

/** It is gone, or would not go. */
export interface LinkDeleted {
  readonly kind: 'link-deleted'
  readonly departure: Departure
}

export type ToChild =
  /** `inherited` is what its predecessor kept last. */
  | { readonly kind: 'start'; readonly duty: Duty; readonly settings: ChildSettings; readonly inherited: readonly KeptSetting[] }
  | { readonly kind: 'reload'; readonly duty: DutyChange }
  | { readonly kind: 'dump'; readonly what: DumpKind }
  | { readonly kind: 'log-taken'; readonly count: number }
  | Answer
  | SessionNews
  /** Answered from the child's loop: the proof of life behind WATCHDOG=1. */
  | { readonly kind: 'alive?' }

export type FromChild =
  | { readonly kind: 'started' }
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'dumped'; readonly what: DumpKind; readonly text: string | undefined }
  | { readonly kind: 'log'; readonly lines: readonly LogLine[] }
  | { readonly kind: 'alive' }
  | ({ readonly kind: 'notify' } & Notice)
  /** What a successor will have to put back if this process does not live to do it: all of it. */
  | { readonly kind: 'keep'; readonly settings: readonly KeptSetting[] }
  | Errand
  /** Of the bfd process, for the others. */
  | TellEffect
