import type { Context } from '../context.ts'
import type { Command } from '../words.ts'

/** Remembers a script for the judgement at the end; whether it exists is asked then. */
export function checkScript(context: Context, command: Command, keyword: string): Command {
  const { parsed, process, line } = context
  const list = process === 'checker' ? parsed.check.namedScripts : parsed.vrrp.namedScripts
  list.push({ keyword, command, line })
  return command
}
