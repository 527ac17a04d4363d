import type { ScriptCommand } from '../script-config.ts'

/** `notify_*` of an instance or of a sync group: what is run when it changes its state. */
export interface NotifyConfig {
  readonly master?: ScriptCommand
  readonly backup?: ScriptCommand
  readonly fault?: ScriptCommand
  readonly stop?: ScriptCommand
  /** `told` without a script: who is deleted is then told as DELETED and not as FAULT. Instances only. */
  readonly deleted?: ScriptCommand | 'told'
  /** `notify_master_rx_lower_pri`. Instances only. */
  readonly lowerPriority?: ScriptCommand
  /** `notify`: at each change, after the one that is for this state alone, with arguments that say what it is. */
  readonly any?: ScriptCommand
  /** `smtp_alert` */
  readonly mail?: true
  /** `notify_priority_changes`: pipes are told of them. Instances only. */
  readonly priorities?: true
}
