import type { IpAddress } from '../base/ip.ts'

/** `lvs_sync_daemon`: how ip_vs copies its connections from one director to the others. */
export interface SyncDaemonConfig {
  readonly interface: string
  /** 0..255: directors that belong together have the same. */
  readonly syncId: number
  /** Bytes of a message; undefined is what the interface carries. */
  readonly maxLength: number | undefined
  readonly group: IpAddress
  readonly port: number
  readonly ttl: number
}

export type SyncDaemonState = 'master' | 'backup'

/** A sync daemon that should run, or runs. */
export interface SyncDaemonRun extends SyncDaemonConfig {
  readonly state: SyncDaemonState
}

/** It follows the state of an instance. */
export interface BoundSyncDaemon {
  readonly instance: string
  readonly daemon: SyncDaemonConfig
}
