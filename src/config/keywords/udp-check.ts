import type { Context } from '../context.ts'
import { leaf, type Table, whole } from '../schema.ts'
import type { Statement } from '../tree.ts'
import { type ConnectingDraft, connectOptions, SINCE_2_1, scheduleOptions } from './checker-options.ts'

export interface UdpCheckDraft extends ConnectingDraft {
  readonly kind: 'UDP_CHECK'
  /** Hexadecimal digits. */
  payload?: string
  /** Hexadecimal digits, x for any; empty asks for any reply. */
  require_reply?: string
  min_reply_length?: number
  max_reply_length?: number
}

const length = { min: 0, max: 65_535, since: '2.2.0', acted: true }

/** UDP_CHECK { payload, require_reply, limits of the reply, the options of every checker that connects }. */
export const udpCheck: Table<UdpCheckDraft> = {
  ...connectOptions(true, SINCE_2_1),
  ...scheduleOptions(true, SINCE_2_1, { retry: '1', delay: '1' }),
  payload: leaf(
    '<hexadecimal words>',
    'what to send',
    { since: '2.2.0', default: 'a text of 32 bytes', acted: true },
    (draft, statement, context) => {
      if (statement.words.length < 2)
        return context.report('general', 'missing-argument', 'UDP_CHECK payload has no data', 'hexadecimal digits', 0)
      const digits = readHex(statement, context, /^[0-9a-f]+$/i)
      if (digits !== undefined) draft.payload = digits
    },
  ),
  require_reply: leaf(
    '[<hexadecimal words, x for any digit>]',
    'a reply must come, and look so',
    { since: '2.1.0', default: 'off', acted: true },
    (draft, statement, context) => {
      const digits = readHex(statement, context, /^[0-9a-fx]*$/i)
      if (digits !== undefined) draft.require_reply = digits
    },
  ),
  min_reply_length: whole('least bytes of the reply', { ...length, default: '0' }),
  max_reply_length: whole('most bytes of the reply', { ...length, default: '255' }),
}

function readHex({ keyword, words }: Statement, context: Context, digits: RegExp): string | undefined {
  let all = ''
  for (let i = 1; i < words.length; i++) {
    const word = (words[i] ?? '').replaceAll(/[ \t]/g, '')
    if (!digits.test(word)) {
      context.report('general', 'udp-hex', `Invalid hex string for UDP_CHECK ${keyword}; the line is ignored`, 'hexadecimal digits', i)
      return undefined
    }
    // A single last digit is a byte of its own: abc is ab 0c.
    all += word.length % 2 === 0 ? word : `${word.slice(0, -1)}0${word.slice(-1)}`
  }
  return all
}

/** At the end of the block. */
export function checkReplyLimits(draft: UdpCheckDraft, context: Context): void {
  const { min_reply_length: min = 0, max_reply_length: max = 255 } = draft
  if (draft.require_reply === undefined || min <= max) return
  context.report(
    'general',
    'udp-limits',
    `UDP_CHECK min_reply length ${min} > max_reply_length ${max} - will always fail`,
    'min_reply_length not above max_reply_length',
  )
}
