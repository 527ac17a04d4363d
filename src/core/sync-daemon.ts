import type { BoundSyncDaemon, SyncDaemonConfig, SyncDaemonRun } from './sync-daemon-config.ts'

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
