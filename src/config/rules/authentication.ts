import type { Family } from '../../base/ip.ts'
import type { Authentication } from '../../core/vrrp/config.ts'
import { utf8Bytes } from '../bytes.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** What decides whether an instance can have `authentication`. */
export interface Authenticated {
  readonly version: 2 | 3
  readonly family: Family
  readonly strict: boolean
}

const NONE: Authentication = { kind: 'none' }
const MOST_BYTES = 8

/** `authentication` is for VRRPv2 outside strict mode, and needs its password; else it is dropped. */
export function resolveAuthentication(draft: InstanceDraft, { version, family, strict }: Authenticated, context: Context): Authentication {
  const { auth_type: kind, auth_pass: password } = draft.authentication ?? {}
  if (kind === undefined) return NONE
  const say = (code: string, message: string, expected: string): void =>
    context.conclude('general', code, `(${draft.name}) ${message}`, draft.line, expected)
  const drop = (code: string, message: string, expected = 'no block authentication'): Authentication => {
    say(code, message, expected)
    return NONE
  }
  if (version === 3) return drop('auth-version', 'VRRP version 3 does not support authentication. Ignoring.')
  if (strict) return drop('auth-strict', 'Strict mode does not support authentication. Ignoring.')
  if (password === undefined || password === '') {
    return drop('auth-no-password', 'Authentication specified but no password given. Ignoring', 'auth_pass')
  }
  if (kind === 'AH' && family === 6) return drop('auth-ah-ipv6', 'Cannot use AH authentication with IPv6. ignoring', 'auth_type PASS')
  if (kind === 'AH' && draft.state === 'MASTER') {
    say('auth-master', 'Initial state master is incompatible with AH authentication - clearing', 'state BACKUP')
  }
  return { kind, password: utf8Bytes(password).subarray(0, MOST_BYTES) }
}
