import { fromSeconds } from '../../base/units.ts'
import type { Channels, FifoChannel, FifoPlace, MailChannel } from '../../core/channel-config.ts'
import type { Context } from '../context.ts'
import type { FifoDraft, GlobalDraft } from '../keywords/global-defs.ts'
import type { Command } from '../words.ts'
import { commandOf } from './notify.ts'
import { defaultUser } from './scripts.ts'

/** Pipes and who reads them, for a reader without a pipe is none; and mail. */
export function resolveChannels(context: Context): Channels {
  const { global } = context.parsed
  const fifo = (of: FifoChannel['of'], draft: FifoDraft | undefined, script: Command | undefined): readonly FifoChannel[] =>
    draft === undefined ? [] : [{ of, place: fifoPlace(draft, context), reader: commandOf(script, context) }]
  return {
    fifos: [
      ...fifo('all', global.notify_fifo, global.notify_fifo_script),
      ...fifo('vrrp', global.vrrp_notify_fifo, global.vrrp_notify_fifo_script),
      ...fifo('checker', global.lvs_notify_fifo, global.lvs_notify_fifo_script),
    ],
    mail: mailChannel(global),
  }
}

/** `smtp_alert` of a server: its own word, else that for all, else `fallback`; nobody is told where there is nobody. */
export function mailed(own: boolean | undefined, fallback: boolean, { parsed }: Context): boolean {
  const { global } = parsed
  return mailChannel(global) !== undefined && (own ?? global.smtp_alert_checker ?? global.smtp_alert ?? fallback)
}

function mailChannel(global: GlobalDraft): MailChannel | undefined {
  const { smtp_server: server, notification_email: to = [] } = global
  if (server === undefined || to.length === 0) return undefined
  return {
    ...server,
    heloName: global.smtp_helo_name,
    timeout: fromSeconds(global.smtp_connect_timeout ?? 30),
    from: global.notification_email_from,
    to,
    routerId: global.router_id,
  }
}

/** Without a user it belongs to whom scripts run as. */
function fifoPlace({ path, user, group }: FifoDraft, context: Context): FifoPlace {
  return { path, owner: user === undefined ? defaultUser(context) : { user, group } }
}
