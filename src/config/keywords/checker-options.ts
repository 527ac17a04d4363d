import { familyOf, type IpAddress, isLinkLocal } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'
import type { Context } from '../context.ts'
import { bool, type Leaf, leaf, type Row, whole } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import { parseLooseAddress } from './loose-address.ts'
import { anyTime, connectTimeout, delayLoop, timer } from './timer.ts'
import { utf8Length } from './virtual-address.ts'

/** What a checker may leave to its real server, that to its virtual server. */
export interface ScheduleDraft {
  retry?: number
  delay_before_retry?: Micros
  warmup?: Micros
  delay_loop?: Micros
  connect_timeout?: Micros
  alpha?: boolean
}

/** The common part of all checkers: when, and whether an attempt that failed is told. */
export interface CheckerDraft extends ScheduleDraft {
  readonly line: LogicalLine
  log_all_failures?: boolean
}

/** The common part of the checkers that connect. */
export interface ConnectingDraft extends CheckerDraft {
  /** Of the real server: the default of connect_ip. */
  readonly destination: IpAddress
  /** bindto is compared with a connect_ip that was written, not with the real server: SMTP_CHECK only. */
  readonly comparesLate?: true
  connect_ip?: IpAddress
  connect_port?: number
  bindto?: IpAddress
  bind_port?: number
  bind_if?: string
  fwmark?: number
}

type Since<Keys extends string> = Readonly<Record<Keys, string>>
export type ScheduleSince = Since<'retry' | 'delay_before_retry' | 'warmup' | 'delay_loop' | 'alpha' | 'log_all_failures'>
export type ConnectSince = ScheduleSince &
  Since<'connect_ip' | 'connect_port' | 'bindto' | 'bind_port' | 'bind_if' | 'connect_timeout' | 'fwmark'>

/** retry, delay_before_retry, warmup, delay_loop, alpha and log_all_failures of one kind of checker. */
export function scheduleOptions(acted: boolean, since: ScheduleSince, defaults: { readonly retry: string; readonly delay: string }) {
  const row = (keyword: keyof ScheduleSince, text: string): Row => ({ since: since[keyword], default: text, acted })
  const inherited = 'the real server’s'
  return {
    retry: whole<CheckerDraft>('retries of a failed check before an up server is down', {
      ...row('retry', `${inherited}, else ${defaults.retry}`),
      min: 0,
      max: 4_294_967_295,
    }),
    delay_before_retry: timer<CheckerDraft>('pause before a retry', {
      ...row('delay_before_retry', `${inherited}, else ${defaults.delay}`),
      ...anyTime,
    }),
    warmup: timer<CheckerDraft>('longest random delay of the first check, 0 for none', {
      ...row('warmup', `${inherited}, else delay_loop`),
      ...anyTime,
    }),
    delay_loop: timer<CheckerDraft>('time between checks', { ...row('delay_loop', `${inherited} (60)`), ...delayLoop }),
    alpha: bool<CheckerDraft>('down until the first success', row('alpha', inherited)),
    log_all_failures: bool<CheckerDraft>('log each failed attempt while up', row('log_all_failures', 'checker_log_all_failures')),
  }
}

/** connect_ip and its companions of one kind of checker. */
export function connectOptions(acted: boolean, since: ConnectSince) {
  const row = (keyword: keyof ConnectSince, text: string | undefined): Row => ({ since: since[keyword], default: text, acted })
  const port = { min: 1, max: 65_535 }
  return {
    connect_ip: leaf<ConnectingDraft, IpAddress>('<ip>', 'address to connect to', row('connect_ip', 'of the real server'), readConnectIp),
    connect_port: whole<ConnectingDraft>('port to connect to', { ...row('connect_port', 'of the real server'), ...port }),
    bindto: leaf<ConnectingDraft, IpAddress>(
      '<ip>',
      'source address, of the family of the destination',
      row('bindto', undefined),
      readBindto,
    ),
    bind_port: whole<ConnectingDraft>('source port', { ...row('bind_port', 'any'), ...port }),
    bind_if: bindInterface(row('bind_if', undefined)),
    connect_timeout: timer<ConnectingDraft>('time limit of connecting and of reading', {
      ...row('connect_timeout', 'the real server’s (5)'),
      ...connectTimeout,
    }),
    fwmark: whole<ConnectingDraft>('mark of the packets of the check', { ...row('fwmark', '0'), min: 0, max: 4_294_967_295 }),
  }
}

export function bindInterface(row: Row): Leaf<ConnectingDraft, string> {
  return leaf('<ifname>', 'interface to bind to; a link-local destination needs it', row, (draft, statement, context) => {
    const name = context.word(statement, 1)
    if (name === undefined) return
    if (utf8Length(name) < 16) draft.bind_if = name
    else context.report('general', 'interface-name', `Interface name ${name} is too long - ignoring`, 'at most 15 bytes', 1)
  })
}

function readConnectIp(draft: ConnectingDraft, statement: Statement, context: Context): void {
  const address = readAddress(statement, context)
  if (address === undefined) return
  if (draft.bindto === undefined || familyOf(draft.bindto) === familyOf(address)) draft.connect_ip = address
  else mismatch(statement, context, address, 'bindto')
}

function readBindto(draft: ConnectingDraft, statement: Statement, context: Context): void {
  const address = readAddress(statement, context)
  if (address === undefined) return
  const destination = draft.connect_ip ?? (draft.comparesLate === true ? undefined : draft.destination)
  if (destination === undefined || familyOf(destination) === familyOf(address)) draft.bindto = address
  else mismatch(statement, context, address, 'connect_ip')
}

function mismatch({ keyword }: Statement, context: Context, address: IpAddress, other: string): void {
  const message = `${keyword} address ${address} does not match address family of ${other} - skipping`
  context.report('general', 'checker-family', message, `an address of the family of ${other}`, 1)
}

function readAddress(statement: Statement, context: Context): IpAddress | undefined {
  const word = context.word(statement, 1)
  const address = word === undefined ? undefined : parseLooseAddress(word)
  if (word !== undefined && address === undefined) {
    context.report('general', 'checker-address', `Invalid ${statement.keyword} address ${word} - ignoring`, 'a numeric address', 1)
  }
  return address
}

/** At the end of a checker: a link-local destination has meaning on one interface only. */
export function checkDestination(draft: ConnectingDraft, context: Context): void {
  const destination = draft.connect_ip ?? draft.destination
  if (familyOf(destination) === 4 || !isLinkLocal(destination) || draft.bind_if !== undefined) return
  context.report('general', 'checker-link-local', `Checker link local address ${destination} requires a bind_if`, 'bind_if IFNAME')
}

/** Of HTTP_GET and SSL_GET. */
export const SINCE_1_3: ConnectSince = {
  connect_ip: '1.2.13',
  connect_port: '<=1.0.0',
  bindto: '1.1.2',
  bind_port: '1.2.13',
  bind_if: '1.3.7',
  connect_timeout: '<=1.0.0',
  fwmark: '1.2.13',
  retry: '1.3.7',
  delay_before_retry: '<=1.0.0',
  warmup: '1.2.13',
  delay_loop: '1.3.7',
  alpha: '1.3.7',
  log_all_failures: '2.0.11',
}

/** All at once with the checkers of 2.1.0. */
export const SINCE_2_1: ConnectSince = {
  connect_ip: '2.1.0',
  connect_port: '2.1.0',
  bindto: '2.1.0',
  bind_port: '2.1.0',
  bind_if: '2.1.0',
  connect_timeout: '2.1.0',
  fwmark: '2.1.0',
  retry: '2.1.0',
  delay_before_retry: '2.1.0',
  warmup: '2.1.0',
  delay_loop: '2.1.0',
  alpha: '2.1.0',
  log_all_failures: '2.1.0',
}
