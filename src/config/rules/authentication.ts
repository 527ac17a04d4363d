import type { Family } from '../../base/ip.ts'
import type { Authentication } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

// Standard in every JavaScript runtime, though no part of the language.
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

const MOST_BYTES = 8
const none: Authentication = { kind: 'none' }

/** `authentication` is for VRRPv2 outside strict mode, and needs its password; else it is dropped. */
export function resolveAuthentication(
  draft: InstanceDraft,
  { version, family, strict }: { readonly version: 2 | 3; readonly family: Family; readonly strict: boolean },
  context: Context,
): Authentication {
  const { authentication } = draft
  if (authentication?.auth_type === undefined) return none
  const drop = (code: string, message: string): Authentication => {
    context.conclude('general', code, `(${draft.name}) ${message}`, draft.line, 'no block authentication')
    return none
  }
  if (version === 3) return drop('auth-version', 'VRRP version 3 does not support authentication. Ignoring.')
  if (strict) return drop('auth-strict', 'Strict mode does not support authentication. Ignoring.')
  if (authentication.auth_pass === undefined || authentication.auth_pass === '') {
    return drop('auth-no-password', 'Authentication specified but no password given. Ignoring')
  }
  if (authentication.auth_type === 'AH' && draft.state === 'MASTER') {
    const message = `(${draft.name}) Initial state master is incompatible with AH authentication - clearing`
    context.conclude('general', 'auth-master', message, draft.line, 'state BACKUP')
  }
  // The RFC has it for IPv4 alone.
  if (family === 6) return none
  return { kind: authentication.auth_type, password: new TextEncoder().encode(authentication.auth_pass).slice(0, MOST_BYTES) }
}
