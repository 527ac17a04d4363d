import { fromSeconds } from '../../base/units.ts'
import type { TimedScript } from '../../core/script-config.ts'
import type { DaemonScripts } from '../agent-config.ts'
import type { Context } from '../context.ts'
import type { Command } from '../words.ts'
import { commandOf } from './notify.ts'

/** `startup_script` and `shutdown_script`; one that cannot be run is none. */
export function resolveDaemonScripts(context: Context): DaemonScripts {
  const { global } = context.parsed
  const timed = (drafted: Command | undefined, seconds = 10): TimedScript | undefined => {
    const command = commandOf(drafted, context)
    return command && { command, timeout: fromSeconds(seconds) }
  }
  return {
    startup: timed(global.startup_script, global.startup_script_timeout),
    shutdown: timed(global.shutdown_script, global.shutdown_script_timeout),
  }
}
