import type { Context } from '../context.ts'
import { command, flag, leaf, type Table, whole } from '../schema.ts'
import type { Statement } from '../tree.ts'
import type { Command } from '../words.ts'
import { type CheckerDraft, scheduleOptions } from './checker-options.ts'

export interface MiscCheckDraft extends CheckerDraft {
  readonly kind: 'MISC_CHECK'
  misc_path?: Command
  misc_timeout?: number
  misc_dynamic?: boolean
  user?: { readonly user: string; readonly group: string | undefined }
  /** Its user is unknown. */
  removed?: boolean
}

const since = {
  retry: '1.3.7',
  delay_before_retry: '1.3.7',
  warmup: '1.2.13',
  delay_loop: '1.3.7',
  alpha: '1.3.7',
  log_all_failures: '2.0.11',
}

/** MISC_CHECK { misc_path, misc_timeout, misc_dynamic, user }: up when the script ends with 0. */
export const miscCheck: Table<MiscCheckDraft> = {
  ...scheduleOptions(true, since, { retry: '0', delay: '1' }),
  misc_path: command('the script', { since: '<=1.0.0', missing: 'ignore', default: 'required', acted: true }),
  misc_timeout: whole('seconds the script may take', {
    min: 0,
    max: 4_294,
    since: '1.1.0',
    default: 'delay_loop of the virtual server',
    acted: true,
  }),
  misc_dynamic: flag('status 2..255 is up with a weight of status - 2', { since: '1.1.8', default: 'off', acted: true }),
  user: leaf('<user> [[:]<group>]', 'who runs the script', { since: '1.3.0', default: 'script_user', acted: true }, readUser),
}

function readUser(draft: MiscCheckDraft, { words }: Statement, context: Context): void {
  const [, user, group] = words
  if (draft.removed === true) return
  const path = draft.misc_path?.path ?? ''
  if (user === undefined) {
    context.report('general', 'misc-user', `No user specified for misc checker script ${path}`, 'a user', 0)
    return
  }
  if (isUser(context, user) && (group === undefined || isGroup(context, group))) {
    draft.user = { user, group }
    return
  }
  context.report(
    'general',
    'misc-user',
    `Failed to set uid/gid for misc checker script '${path}' - removing`,
    'a user and a group of this host',
    1,
  )
  draft.removed = true
}

const isUser = ({ reader }: Context, name: string): boolean => /^\d+$/.test(name) || reader.userExists(name)
const isGroup = ({ reader }: Context, name: string): boolean => /^:?\d+$/.test(name) || reader.groupExists(name.replace(/^:/, ''))
