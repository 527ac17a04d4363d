import type { Context } from '../context.ts'
import { leaf, type Table } from '../schema.ts'
import type { Statement } from '../tree.ts'
import { type ConnectingDraft, type ConnectSince, connectOptions, scheduleOptions } from './checker-options.ts'

export interface DnsCheckDraft extends ConnectingDraft {
  readonly kind: 'DNS_CHECK'
  type?: string
  name?: string
}

const since: ConnectSince = {
  connect_ip: '1.3.0',
  connect_port: '1.3.0',
  bindto: '1.3.0',
  bind_port: '1.3.0',
  bind_if: '1.3.7',
  connect_timeout: '1.3.0',
  fwmark: '1.3.0',
  retry: '1.3.0',
  delay_before_retry: '1.3.7',
  warmup: '1.3.7',
  delay_loop: '1.3.7',
  alpha: '1.3.7',
  log_all_failures: '2.0.11',
}

export const DNS_TYPES = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'DNSKEY'] as const

/** DNS_CHECK { type, name, the options of every checker that connects }. */
export const dnsCheck: Table<DnsCheckDraft> = {
  ...connectOptions(true, since),
  ...scheduleOptions(true, since, { retry: '3', delay: 'delay_loop' }),
  type: leaf(
    'A|NS|CNAME|SOA|MX|TXT|AAAA|RRSIG|DNSKEY (any case)',
    'type of the record to ask for',
    { since: '1.3.0', default: 'SOA', acted: true },
    readType,
  ),
  name: leaf('<domain>', 'name to ask for', { since: '1.3.0', default: '.', acted: true }, readName),
}

function readType(draft: DnsCheckDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  if (word === undefined) return
  const type = DNS_TYPES.find((one) => one === word.toUpperCase())
  if (type !== undefined) draft.type = type
  else context.report('general', 'dns-type', `Unknown DNS check type ${word} - ignoring`, DNS_TYPES.join(', '), 1)
}

function readName(draft: DnsCheckDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  if (word === undefined) return
  const fault = draft.name === undefined ? nameFault(word) : 'already specified'
  if (fault === undefined) draft.name = word
  else
    context.report(
      'general',
      'dns-name',
      `DNS_CHECK name '${word}' ${fault} - ignoring`,
      'labels of 1 to 63 bytes, 253 in all, one name',
      1,
    )
}

function nameFault(name: string): string | undefined {
  if (name === '.') return undefined
  // One dot at the end is the root's.
  const labels = name.replace(/\.$/, '').split('.')
  if (labels.includes('')) return 'has empty label'
  if (labels.some((label) => label.length > 63)) return 'has a label of more than 63 bytes'
  return name.length > 253 ? 'is too long' : undefined
}
