import { fromSeconds, type Micros, toSeconds } from '../../base/units.ts'
import type { AuthHmac, HmacKey } from '../../core/vrrp/config.ts'
import { utf8Bytes } from '../bytes.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'
import type { Reader } from '../reader.ts'

const LENGTH = { min: 32, max: 64 } as const
/** Seconds that clocks may differ without `time_window`: three intervals, but within these. */
const WINDOW = { min: 5, max: 300 } as const

/** `auth_hmac`: without a key to sign with it is dropped; strict mode takes nothing unsigned. */
export function resolveAuthHmac(draft: InstanceDraft, advertInt: Micros, strict: boolean, context: Context): AuthHmac | undefined {
  const hmac = draft.auth_hmac
  if (hmac === undefined) return undefined
  const say = (code: string, message: string, expected: string): void =>
    context.conclude('general', code, `(${draft.name}) ${message}`, draft.line, expected)
  const keys: HmacKey[] = []
  for (const { id, secret } of hmac.keys) {
    const bytes = secretBytes(secret, context.reader)
    if (bytes !== undefined && bytes.length >= LENGTH.min && bytes.length <= LENGTH.max) keys.push({ id, secret: bytes })
    else say('hmac-key', `auth_hmac key ${id} cannot be read or has a wrong length. Ignoring.`, '32 to 64 bytes')
  }
  const activeKey = keys.find(({ id }) => id === hmac.active_key)
  if (activeKey === undefined) {
    say('hmac-active-key', 'auth_hmac specified but no active_key among its keys. Ignoring', 'active_key with the number of a key')
    return undefined
  }
  if (strict && hmac.mode !== undefined && hmac.mode !== 'enforce') {
    say('hmac-strict', `Strict mode requires auth_hmac mode enforce, not ${hmac.mode}. Resetting.`, 'mode enforce')
  }
  const window = hmac.time_window ?? Math.min(WINDOW.max, Math.max(WINDOW.min, 3 * toSeconds(advertInt)))
  return {
    keys,
    activeKey,
    mode: strict ? 'enforce' : (hmac.mode ?? 'enforce'),
    antiReplay: hmac.anti_replay ?? 'time',
    timeWindow: fromSeconds(window),
  }
}

/** Text, `hex:...`, or `file:...` with one of the two in it; a newline at the end of a file is not part of the key. */
function secretBytes(secret: string, reader: Reader): Uint8Array | undefined {
  if (!secret.startsWith('file:')) return secret.startsWith('hex:') ? hexBytes(secret.slice(4)) : utf8Bytes(secret)
  const content = reader.readFile(secret.slice(5))
  if (!content.ok) return undefined
  const bytes = content.value.at(-1) === NEWLINE ? content.value.subarray(0, -1) : content.value
  const text = String.fromCharCode(...bytes.subarray(0, 4))
  return text === 'hex:' ? hexBytes(String.fromCharCode(...bytes.subarray(4, 4 + 2 * LENGTH.max + 1))) : bytes.slice(0, LENGTH.max + 1)
}

const NEWLINE = 10

function hexBytes(digits: string): Uint8Array | undefined {
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) return undefined
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
