import type { ScriptUser } from '../../core/script-config.ts'
import type { Context } from '../context.ts'
import type { ScriptDraft } from '../keywords/vrrp-script.ts'
import type { NamedScript } from '../parsed.ts'
import type { LogicalLine } from '../tree.ts'
import type { Command } from '../words.ts'
import { isRefused } from './script-security.ts'

/** Remembers a script for the judgement at the end; whether it exists is asked then. */
export function checkScript(context: Context, command: Command, keyword: string): Command {
  const { parsed, process, line } = context
  const list = process === 'checker' ? parsed.check.namedScripts : parsed.vrrp.namedScripts
  // Asked once; afterwards the default is known to be missing.
  const { reported } = parsed.scriptUser
  if (keyword !== 'misc_path' && command.user === undefined && lacksUser(undefined, context) && !reported) {
    context.report('general', 'script-no-user', `${keyword} has no user to run it`, 'script_user, or the user keepalived_script', 0)
  }
  list.push({ keyword, command, line })
  return command
}

/** Scripts that exist run as somebody: without script security that is the finding which outranks all others. */
export function judgeScripts(scripts: readonly NamedScript[], context: Context): void {
  for (const script of scripts) {
    if (!usable(script.command, context)) continue
    if (insecure(script.line, context)) return
  }
}

/** So many scripts are told; whoever mends them finds the others. */
const MOST_TOLD = 100

/**
 * What is disabled because it cannot be run, once each. It changes no verdict, and keepalived says it in its log only, never with `-t`.
 * A misc_path is judged with its checker.
 */
export function tellDisabled(scripts: readonly NamedScript[], context: Context): void {
  const told = new Set<string>()
  for (const { keyword, command, line } of scripts) {
    const trouble = keyword === 'misc_path' ? undefined : troubleOf(keyword, command, context)
    if (trouble === undefined || told.has(trouble.message)) continue
    if (told.size === MOST_TOLD) return
    told.add(trouble.message)
    context.conclude('none', trouble.code, trouble.message, line, trouble.expected)
  }
}

interface Trouble {
  readonly code: string
  readonly message: string
  readonly expected: string
}

function troubleOf(keyword: string, command: Command, context: Context): Trouble | undefined {
  const { path } = command
  if (path === undefined || path === '' || path.startsWith('<')) return undefined
  if (!knownUser(command, context)) {
    const kind = /^(notify|quorum)/.test(keyword) ? 'notify' : keyword.replace(/_script$/, '')
    const message = `Invalid user/group for ${kind} script ${path} - ignoring`
    return { code: 'script-user', message, expected: 'a user and a group of this host' }
  }
  const found = context.reader.script(path)
  const expected = 'an executable file'
  switch (found.kind) {
    case 'missing': {
      const message = path.includes('/')
        ? `Script ${path} cannot be accessed - No such file or directory`
        : `Cannot find script ${path} in path - disabling`
      return { code: 'script-missing', message, expected }
    }
    case 'not-executable': {
      const message = found.isFile
        ? `WARNING - script '${path}' is not executable - disabling.`
        : `Wrong file type found in script path '${path}'.`
      return { code: 'script-not-executable', message, expected }
    }
    case 'found': {
      if (!isRefused(found, context.parsed.global)) return undefined
      const message = `Unsafe permissions found for script '${path}' - disabling.`
      return { code: 'script-insecure', message, expected: 'a path only root can change' }
    }
  }
}

/** vrrp_script: one that is not there is a finding of its own. */
export function judgeTrackScript(script: ScriptDraft, context: Context): void {
  const command = script.script
  if (command?.path === undefined || command.path.startsWith('<') || !knownUser(command, context)) return
  const found = context.reader.script(command.path)
  if (found.kind !== 'found') {
    context.conclude(
      'general',
      'script-missing',
      `Disabling track script ${script.name} since not found/accessible`,
      script.line,
      'an executable file',
    )
    return
  }
  if (isRefused(found, context.parsed.global)) {
    context.conclude(
      'general',
      'script-insecure',
      `Disabling track script ${script.name} due to insecure`,
      script.line,
      'a path only root can change',
    )
    return
  }
  insecure(script.line, context)
}

function usable(command: Command, context: Context): boolean {
  if (command.path === undefined || command.path === '' || command.path.startsWith('<')) return false
  if (!knownUser(command, context)) return false
  return context.reader.script(command.path).kind === 'found'
}

/** An unknown user disables the script; keepalived says so only in its log. */
export function knownUser(command: Command, context: Context): boolean {
  if (command.user !== undefined && !context.reader.userExists(command.user)) return false
  const group = command.group?.replace(/^:/, '')
  return group === undefined || group === '' || context.reader.groupExists(group)
}

/** True if script security is off, which is reported once. */
function insecure(line: LogicalLine, context: Context): boolean {
  if (context.parsed.global.enable_script_security === true) return false
  const message = 'SECURITY VIOLATION - scripts are being executed but script_security not enabled.'
  if (!context.findings.some((finding) => finding.severity === 'security')) {
    context.conclude('security', 'script-security', message, line, 'enable_script_security in global_defs')
  }
  return true
}

/** With script security on nothing falls back to root. */
export function lacksUser(user: unknown, context: Context): boolean {
  const { global } = context.parsed
  if (user !== undefined || global.script_user !== undefined) return false
  // A script_user that is unknown leaves none, whatever security says.
  const { scriptUser } = context.parsed
  const lacks = scriptUser.unknown || (global.enable_script_security === true && !context.reader.userExists('keepalived_script'))
  if (lacks) scriptUser.reported = true
  return lacks
}

/** `script_user`, else the user keepalived_script, else whoever we are. */
export function defaultUser({ parsed, reader }: Context): ScriptUser | undefined {
  const { script_user: named } = parsed.global
  if (named !== undefined) return { user: named.user, group: named.group }
  return reader.userExists('keepalived_script') ? { user: 'keepalived_script', group: undefined } : undefined
}
