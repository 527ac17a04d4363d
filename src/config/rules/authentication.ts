import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** `authentication` is for VRRPv2 outside strict mode, and needs its password; else it is dropped. */
export function judgeAuthentication(draft: InstanceDraft, version: 2 | 3, strict: boolean, context: Context): void {
  const { authentication } = draft
  if (authentication?.auth_type === undefined) return
  const drop = (code: string, message: string): void => context.conclude('general', code, `(${draft.name}) ${message}`, draft.line, 'no block authentication')
  if (version === 3) return drop('auth-version', 'VRRP version 3 does not support authentication. Ignoring.')
  if (strict) return drop('auth-strict', 'Strict mode does not support authentication. Ignoring.')
  if (authentication.auth_pass === undefined || authentication.auth_pass === '') {
    return drop('auth-no-password', 'Authentication specified but no password given. Ignoring')
  }
  if (authentication.auth_type === 'AH' && draft.state === 'MASTER') {
    drop('auth-master', 'Initial state master is incompatible with AH authentication - clearing')
  }
}
