import type { Channels, FifoChannel, FifoPlace } from '../../core/channel-config.ts'
import type { Context } from '../context.ts'
import type { FifoDraft } from '../keywords/global-defs.ts'
import type { Command } from '../words.ts'
import { commandOf } from './notify.ts'
import { defaultUser } from './scripts.ts'

/** Pipes, and who reads them. A reader without a pipe is none. */
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
  }
}

/** Without a user it belongs to whom scripts run as. */
function fifoPlace({ path, user, group }: FifoDraft, context: Context): FifoPlace {
  return { path, owner: user === undefined ? defaultUser(context) : { user, group } }
}
