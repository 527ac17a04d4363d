import type { ScriptCommand, ScriptUser } from './script-config.ts'

/** Where the world is told of events, beside the scripts of the object that they happen to. */
export interface Channels {
  readonly fifos: readonly FifoChannel[]
}

/** `notify_fifo` is told of all, `vrrp_notify_fifo` and `lvs_notify_fifo` of one process's events. */
export interface FifoChannel {
  readonly of: 'all' | 'vrrp' | 'checker'
  readonly place: FifoPlace
  /** `*_notify_fifo_script`: started with the path as its last argument, reads as long as we live. */
  readonly reader: ScriptCommand | undefined
}

/** A pipe with a name. */
export interface FifoPlace {
  readonly path: string
  /** Whose it is if we make it; undefined is us. */
  readonly owner: ScriptUser | undefined
}
