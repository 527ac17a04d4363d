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

/** What the director of an instance does: a master sends its connections, all others receive; none before the instance is anything. */
export function daemonOf({ daemon }: BoundSyncDaemon, state: string | undefined): readonly SyncDaemonRun[] {
  if (state === undefined || state === 'INIT' || state === 'STOP' || state === 'DELETED') return []
  return [{ ...daemon, state: state === 'MASTER' ? 'master' : 'backup' }]
}

/** Without an instance both run: who receives a copy of what it sent itself passes it over. */
export function daemonsOf(daemon: SyncDaemonConfig | undefined): readonly SyncDaemonRun[] {
  return daemon === undefined
    ? []
    : [
        { ...daemon, state: 'master' },
        { ...daemon, state: 'backup' },
      ]
}

/** Whether a daemon that runs is the one that is wanted. How long its messages are the kernel decides in the end. */
export function isSameDaemon(running: Omit<SyncDaemonRun, 'maxLength'>, wanted: SyncDaemonRun): boolean {
  return (
    running.state === wanted.state &&
    running.interface === wanted.interface &&
    running.syncId === wanted.syncId &&
    running.group === wanted.group &&
    running.port === wanted.port &&
    running.ttl === wanted.ttl
  )
}
