import type { Micros } from '../base/units.ts'
import type { ScriptCommand, ScriptUser } from './script-config.ts'

/** Where the world is told of events, beside the scripts of the object that they happen to. */
export interface Channels {
  readonly fifos: readonly FifoChannel[]
  /** Undefined without a `smtp_server` or without anybody in `notification_email`. */
  readonly mail: MailChannel | undefined
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

/** Who gets mail, from whom, by which server. What is undefined is made of the host's name. */
export interface MailChannel {
  /** `smtp_server`: an address or a name, which is looked up for each mail. */
  readonly host: string
  readonly port: number
  /** `smtp_helo_name` */
  readonly heloName: string | undefined
  /** `smtp_connect_timeout`: also for each answer. */
  readonly timeout: Micros
  /** `notification_email_from` */
  readonly from: string | undefined
  /** `notification_email`, as written: a name may stand before an address in angle brackets. */
  readonly to: readonly string[]
  /** `router_id`: stands in brackets before each subject. */
  readonly routerId: string | undefined
}

/** What is told; the subject still without the name of this host. */
export interface Mail {
  readonly subject: string
  readonly body: string
}
