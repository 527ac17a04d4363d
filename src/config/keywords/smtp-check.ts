import { block, type Row, type Table, text } from '../schema.ts'
import { type ConnectingDraft, type ConnectSince, connectOptions, scheduleOptions } from './checker-options.ts'

export interface SmtpCheckDraft extends ConnectingDraft {
  readonly kind: 'SMTP_CHECK'
  helo_name?: string
  /** Old `host` blocks: each made one more checker. */
  hosts: number
}

const since: ConnectSince = {
  connect_ip: '1.2.17',
  connect_port: '1.2.17',
  bindto: '1.2.17',
  bind_port: '1.2.17',
  bind_if: '1.3.7',
  connect_timeout: '1.1.8',
  fwmark: '1.2.17',
  retry: '1.1.8',
  delay_before_retry: '1.1.8',
  warmup: '1.2.13',
  delay_loop: '1.3.7',
  alpha: '1.3.7',
  log_all_failures: '2.0.11',
}
const options = { ...connectOptions(true, since), ...scheduleOptions(true, since, { retry: '1', delay: '1' }) }
const row: Row = { since: '1.1.8', acted: true }

const hostSince: ConnectSince = {
  ...since,
  connect_ip: '1.1.8',
  connect_port: '1.1.8',
  bindto: '1.1.8',
  bind_port: '1.2.13',
  connect_timeout: '1.2.13',
  fwmark: '1.2.13',
  retry: '1.3.7',
  delay_before_retry: '1.3.7',
  warmup: '1.3.7',
}

// The words inside host set the checker around it, not the host.
export const smtpHost: Table<SmtpCheckDraft> = {
  ...connectOptions(true, hostSince),
  ...scheduleOptions(true, hostSince, { retry: '1', delay: '1' }),
}

/** SMTP_CHECK { helo_name, old host blocks, the options of every checker that connects }. */
export const smtpCheck: Table<SmtpCheckDraft> = {
  ...options,
  helo_name: text('name to greet with', { ...row, twice: 'replace-reported', missing: 'report', default: 'smtpchecker.keepalived.org' }),
  host: block<SmtpCheckDraft, SmtpCheckDraft>(
    '',
    'one more host to check, old',
    { ...row, deprecated: 'connect_ip and its companions' },
    {
      table: smtpHost,
      open(parent) {
        parent.hosts++
        return parent
      },
    },
  ),
}
