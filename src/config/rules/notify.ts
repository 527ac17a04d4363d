import type { ScriptCommand } from '../../core/script-config.ts'
import type { NotifyConfig } from '../../core/vrrp/notify-config.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'
import type { Command } from '../words.ts'
import { scriptCommand } from './script-command.ts'
import { isRefused } from './script-security.ts'
import { knownUser, lacksUser } from './scripts.ts'

type Drafted = Pick<
  InstanceDraft,
  | 'notify_master'
  | 'notify_backup'
  | 'notify_fault'
  | 'notify_stop'
  | 'notify_deleted'
  | 'notify_master_rx_lower_pri'
  | 'notify'
  | 'smtp_alert'
>

/** What there is to run; undefined if nothing is. A script that cannot be found, or that somebody else could change, is none. */
export function resolveNotify(draft: Drafted, context: Context, priorities = false): NotifyConfig | undefined {
  const command = (drafted: Command | undefined): ScriptCommand | undefined => commandOf(drafted, context)
  const master = command(draft.notify_master)
  const backup = command(draft.notify_backup)
  const fault = command(draft.notify_fault)
  const stop = command(draft.notify_stop)
  const deleted = draft.notify_deleted === undefined ? undefined : deletedOf(draft.notify_deleted, context)
  const lowerPriority = command(draft.notify_master_rx_lower_pri)
  const any = command(draft.notify)
  const { global } = context.parsed
  const mail = draft.smtp_alert ?? global.smtp_alert_vrrp ?? global.smtp_alert ?? false
  const config: NotifyConfig = {
    ...(master && { master }),
    ...(backup && { backup }),
    ...(fault && { fault }),
    ...(stop && { stop }),
    ...(deleted && { deleted }),
    ...(lowerPriority && { lowerPriority }),
    ...(any && { any }),
    ...(mail && { mail }),
    ...(priorities && { priorities }),
  }
  return Object.keys(config).length === 0 ? undefined : config
}

/** `notify_priority_changes`: the instance's own word, else that of its group, else for all. */
export function prioritiesTold(draft: InstanceDraft, { parsed }: Context): boolean {
  const group = [...parsed.vrrp.syncGroups.values()].find(({ group = [] }) => group.includes(draft.name))
  return draft.notify_priority_changes ?? group?.notify_priority_changes ?? parsed.global.vrrp_notify_priority_changes ?? false
}

/** The keyword alone says how a deletion is told, whatever became of its script. */
function deletedOf(drafted: Command | true, context: Context): NotifyConfig['deleted'] {
  return drafted === true ? 'told' : (commandOf(drafted, context) ?? 'told')
}

/** The script as it is run; undefined if it is not there, has nobody to run it, or security refuses it, as `tellDisabled` says. */
export function commandOf(drafted: Command | undefined, context: Context): ScriptCommand | undefined {
  if (drafted?.path === undefined || drafted.path === '' || lacksUser(drafted.user, context)) return undefined
  if (!knownUser(drafted, context)) return undefined
  const found = context.reader.script(drafted.path)
  if (found.kind !== 'found') return undefined
  if (isRefused(found, context.parsed.global)) return undefined
  const user = drafted.user === undefined ? undefined : { user: drafted.user, group: drafted.group }
  return scriptCommand(found, drafted.argv.slice(1), user, context)
}
