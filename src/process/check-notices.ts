import { wordCheckMail } from '../core/check/mail-wording.ts'
import type { CheckNotice } from '../core/check/notify.ts'
import type { Notice } from './messages.ts'

/** How scripts, pipes and mail are told of a server; undefined if nobody wants to know. The zero byte behind a line is keepalived's. */
export function checkNotice(notice: CheckNotice, fifo: boolean): Notice | undefined {
  const { virtualServer, up } = notice
  const subject = notice.of === 'virtual-server' ? `VS ${virtualServer}` : `RS ${notice.server} ${virtualServer}`
  const mail = wordCheckMail(notice)
  if (notice.of === 'checker') return mail && { subject, scripts: [], mail, last: false }
  const { script, last } = notice
  if (script === undefined && !fifo && mail === undefined) return undefined
  const line = `${subject} ${up ? 'UP' : 'DOWN'}\n\0`
  return { subject, scripts: script === undefined ? [] : [script], last, ...(fifo && { line }), ...(mail && { mail }) }
}
