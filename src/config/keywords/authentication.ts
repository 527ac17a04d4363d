import { utf8Bytes } from '../bytes.ts'
import { leaf, type Table, whole } from '../schema.ts'

/** `authentication { }` */
export interface AuthenticationDraft {
  auth_type?: 'PASS' | 'AH'
  /** Whole; the first eight bytes count. */
  auth_pass?: string
}

/** `authentication { auth_type PASS|AH; auth_pass TEXT }`: VRRPv2 only. */
export const authentication: Table<AuthenticationDraft> = {
  auth_type: leaf(
    'PASS | AH',
    'kind of authentication',
    { build: 'VRRP_AUTH', since: '1.0.0', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word === undefined) return
      if (word !== 'PASS' && word !== 'AH')
        return context.report('general', 'bad-choice', `authentication type '${word}' is unknown`, 'PASS or AH', 1)
      draft.auth_type = word
    },
  ),
  auth_pass: leaf(
    '<str max8>',
    'the shared word; eight bytes count',
    { build: 'VRRP_AUTH', since: '1.0.0', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word === undefined) return
      if (utf8Bytes(word).length > 8)
        context.report('general', 'truncated', 'Truncating auth_pass to 8 characters', 'at most eight characters', 1)
      draft.auth_pass = word
    },
  ),
}

/** `auth_hmac { }` */
export interface HmacDraft {
  readonly keys: { readonly id: number; readonly secret: string }[]
  active_key?: number
  time_window?: number
  anti_replay?: 'time' | 'monotonic'
  mode?: 'enforce' | 'permissive' | 'receive-only'
}

const row = { build: 'VRRP_AUTH', since: '2.4.0', acted: true } as const

/** `auth_hmac { key ID SECRET ...; active_key ID; ... }`: adverts signed with HMAC-SHA256. */
export const authHmac: Table<HmacDraft> = {
  key: leaf('<uint 1..255> <secret>', 'a key and its number', row, (draft, statement, context) => {
    const number = context.word(statement, 1)
    const secret = number === undefined ? undefined : context.word(statement, 2)
    if (number === undefined || secret === undefined) return
    const id = context.whole(number, 1, { min: 1, max: 255 })
    if (id === undefined) return
    if (draft.keys.some((key) => key.id === id))
      return context.report('general', 'duplicate', `key ${id} exists already`, 'another number', 1)
    const fault = keyFault(secret, context.reader.exists(secret.replace(/^file:/, '')))
    if (fault !== undefined)
      return context.report('general', 'bad-key', `key ${id} ${fault}`, '32 to 64 bytes as text, hex:... or file:...', 2)
    draft.keys.push({ id, secret })
  }),
  active_key: whole('the key that signs', { ...row, min: 1, max: 255 }),
  time_window: whole('seconds an advert stays fresh', { ...row, default: '3 intervals, within 5 and 300', min: 1, max: 300 }),
  anti_replay: leaf('time | monotonic', 'how repeated adverts are known', { ...row, default: 'time' }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (word !== 'time' && word !== 'monotonic')
      return context.report('general', 'bad-choice', `anti_replay '${word}' is unknown`, 'time or monotonic', 1)
    draft.anti_replay = word
  }),
  mode: leaf(
    'enforce | permissive | receive-only',
    'what unsigned adverts are worth',
    { ...row, default: 'enforce' },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word === undefined) return
      if (word !== 'enforce' && word !== 'permissive' && word !== 'receive-only') {
        return context.report('general', 'bad-choice', `mode '${word}' is unknown`, 'enforce, permissive or receive-only', 1)
      }
      draft.mode = word
    },
  ),
}

function keyFault(secret: string, fileExists: boolean): string | undefined {
  if (secret.startsWith('file:')) return fileExists ? undefined : 'names a file that is not there'
  if (secret.startsWith('hex:')) {
    const digits = secret.slice(4)
    if (!/^[0-9a-fA-F]*$/.test(digits) || digits.length % 2 === 1) return 'is not hexadecimal'
    return digits.length / 2 < 32 || digits.length / 2 > 64 ? 'has a wrong length' : undefined
  }
  return secret.length < 32 || secret.length > 64 ? 'has a wrong length' : undefined
}
