import type { ScriptCommand, ScriptUser } from '../../core/script-config.ts'
import type { Context } from '../context.ts'
import type { ScriptFile } from '../reader.ts'
import { defaultUser } from './scripts.ts'

type Found = Extract<ScriptFile, { readonly kind: 'found' }>

/**
 * What is run, and as whom. Links in its path are followed once and for all, unless `use_symlink_paths` is on; with
 * `enable_script_security` its path is looked at again whenever it is run.
 */
export function scriptCommand(found: Found, args: readonly string[], user: ScriptUser | undefined, context: Context): ScriptCommand {
  const { use_symlink_paths: asWritten = false, enable_script_security: guarded } = context.parsed.global
  const program = asWritten ? found.path : (found.real ?? found.path)
  return { argv: [program, ...args], runAs: withGroups(user ?? defaultUser(context), context), ...(guarded && { guarded }) }
}

/** `set_supplementary_groups`: as if a colon stood before each group. */
function withGroups(user: ScriptUser | undefined, { parsed }: Context): ScriptUser | undefined {
  if (user === undefined || parsed.global.set_supplementary_groups !== true || user.group?.startsWith(':')) return user
  return { user: user.user, group: `:${user.group ?? ''}` }
}
