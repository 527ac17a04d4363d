import type { TimedScript } from '../core/script-config.ts'
import { Scripts } from '../drivers/scripts.ts'
import type { Log } from './log.ts'

/** `startup_script` before the first child, `shutdown_script` after the last one: waited for, but no longer than it may take. */
export async function runDaemonScript(
  keyword: 'startup_script' | 'shutdown_script',
  script: TimedScript | undefined,
  log: Log,
  signal?: AbortSignal,
): Promise<void> {
  if (script === undefined) return
  const { command, timeout } = script
  const [path = ''] = command.argv
  const name = keyword.replace('_', ' ')
  log.say('info', `Running ${name} ${path}`, keyword)
  const end = await new Scripts(1).run(command, { timeout, ...(signal && { signal }) })
  switch (end.kind) {
    case 'exited':
      if (end.code === 0) log.say('info', `${name} succeeded`, keyword)
      else log.say('warn', `${name} exited with status ${end.code}`, keyword, { ...end })
      return
    case 'signalled':
      log.say('warn', `${name} exited due to signal ${end.signal}`, keyword, { ...end })
      return
    case 'timed-out':
      log.say('warn', `${name} timed out`, keyword, { ...end })
      return
    case 'not-run':
      log.say('error', `${name} could not be run (${end.detail})`, keyword, { ...end })
      return
    case 'cancelled':
      return
  }
}
