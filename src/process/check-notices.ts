import type { CheckNotice } from '../core/check/notify.ts'
import type { Notice } from './messages.ts'

/** How scripts and pipes are told of a server. The zero byte behind a line is keepalived's. */
export function checkNotice(notice: CheckNotice): Notice {
  const { script, last, up } = notice
  const subject = notice.of === 'real-server' ? `RS ${notice.server} ${notice.virtualServer}` : `VS ${notice.virtualServer}`
  return { subject, scripts: script === undefined ? [] : [script], line: `${subject} ${up ? 'UP' : 'DOWN'}\n\0`, last }
}
