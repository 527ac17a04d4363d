import type { IpAddress } from '../../base/ip.ts'
import type { Forwarding, Protocol } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import { lacksUser } from '../rules/scripts.ts'
import { block, bool, command, leaf, type Row, type Table, text, whole } from '../schema.ts'
import type { LogicalLine } from '../tree.ts'
import type { Command } from '../words.ts'
import { type BfdCheckDraft, bfdCheck } from './bfd-check.ts'
import { missingFrom } from './build.ts'
import { type ConnectingDraft, checkDestination, type ScheduleDraft } from './checker-options.ts'
import { type DnsCheckDraft, dnsCheck } from './dns-check.ts'
import { type FileCheckDraft, fileCheck } from './file-check.ts'
import { FORWARDING_GRAMMAR, readForwarding } from './forwarding-method.ts'
import { type HttpGetDraft, httpGet } from './http-get.ts'
import { type MiscCheckDraft, miscCheck } from './misc-check.ts'
import { type PingCheckDraft, pingCheck } from './ping-check.ts'
import { type SmtpCheckDraft, smtpCheck } from './smtp-check.ts'
import { sslGet } from './ssl-get.ts'
import { type TcpCheckDraft, tcpCheck } from './tcp-check.ts'
import { anyTime, connectTimeout, delayLoop, timer } from './timer.ts'
import { checkReplyLimits, type UdpCheckDraft, udpCheck } from './udp-check.ts'

export type AnyChecker =
  | TcpCheckDraft
  | HttpGetDraft
  | SmtpCheckDraft
  | DnsCheckDraft
  | UdpCheckDraft
  | PingCheckDraft
  | MiscCheckDraft
  | FileCheckDraft
  | BfdCheckDraft

/** real_server ADDR [PORT] { ... }, as read. */
export interface RealServerDraft extends ScheduleDraft {
  readonly line: LogicalLine
  readonly address: IpAddress
  /** 0, or none written, is the service's. */
  readonly port: number
  /** Of the service, as far as it was read. */
  readonly protocol: Protocol | undefined
  readonly checkers: AnyChecker[]
  weight?: number
  lvs_method?: Forwarding
  uthreshold?: number
  lthreshold?: number
  inhibit_on_failure?: boolean
  notify_up?: Command
  notify_down?: Command
  smtp_alert?: boolean
  virtualhost?: string
}

/** "[10.0.0.1]:tcp:80", as keepalived names a server in its log. */
export function serverName({ address, port, protocol }: Pick<RealServerDraft, 'address' | 'port' | 'protocol'>): string {
  return `[${address}]:${protocol?.toLowerCase() ?? 'none'}:${port}`
}

const limit = { min: 0, max: 4_294_967_295, default: '0', since: '1.1.13', acted: true }
const inherited = 'the virtual server’s'

export const realServer: Table<RealServerDraft> = {
  weight: whole('relative weight', { min: 0, max: 2_147_483_647, since: '<=1.0.0', default: `${inherited} (1)`, acted: true }),
  lvs_method: leaf(
    FORWARDING_GRAMMAR,
    'forwarding method',
    { since: '1.3.6', default: inherited, acted: true },
    (draft, statement, context) => {
      const method = readForwarding(statement, context)
      if (method !== undefined) draft.lvs_method = method
    },
  ),
  uthreshold: whole('no new connections above so many', limit),
  lthreshold: whole('new connections again below so many', limit),
  inhibit_on_failure: bool('a failed server stays with weight 0', { since: '<=1.0.0', default: inherited, acted: true }),
  notify_up: command('script when the server comes up', { twice: 'keep', since: '<=1.0.0', acted: true }),
  notify_down: command('script when the server goes down', { twice: 'keep', since: '<=1.0.0', acted: true }),
  alpha: bool('down until each check succeeded once', { since: '1.3.7', default: inherited, acted: true }),
  retry: whole('default of its checkers', { min: 1, max: 4_294_967_295, since: '1.3.7', default: inherited, acted: true }),
  delay_before_retry: timer('default of its checkers', { ...anyTime, since: '1.3.7', default: inherited, acted: true }),
  warmup: timer('default of its checkers', { ...anyTime, since: '1.3.7', default: inherited, acted: true }),
  connect_timeout: timer('default of its checkers', { ...connectTimeout, since: '2.0.13', default: inherited, acted: true }),
  delay_loop: timer('default of its checkers', { ...delayLoop, since: '1.3.7', default: inherited, acted: true }),
  smtp_alert: bool('mail when the server changes', { since: '2.0.0', acted: true, default: 'smtp_alert_checker, smtp_alert, else on' }),
  virtualhost: text('default Host header', { twice: 'replace-reported', since: '1.3.6', default: inherited, acted: true }),
  snmp_name: missingFrom('SNMP', '<str>', 'label for SNMP', '2.2.3'),
  TCP_CHECK: checker<TcpCheckDraft>('a connection is made', { since: '<=1.0.0', acted: true }, tcpCheck, (base) => ({
    kind: 'TCP_CHECK',
    ...base,
  })),
  HTTP_GET: httpChecker('HTTP_GET', { since: '<=1.0.0', acted: true }, httpGet),
  SSL_GET: httpChecker('SSL_GET', { since: '<=1.0.0', acted: true }, sslGet),
  SMTP_CHECK: checker<SmtpCheckDraft>('a mail server greets', { since: '1.1.8', acted: true }, smtpCheck, (base) => ({
    kind: 'SMTP_CHECK',
    ...base,
    comparesLate: true,
    hosts: 0,
  })),
  DNS_CHECK: checker<DnsCheckDraft>('a name server answers', { since: '1.3.0', acted: true }, dnsCheck, (base) => ({
    kind: 'DNS_CHECK',
    ...base,
  })),
  UDP_CHECK: checker<UdpCheckDraft>(
    'no ICMP error comes back',
    { since: '2.1.0', acted: true },
    udpCheck,
    (base) => ({ kind: 'UDP_CHECK', ...base }),
    keepUdp,
  ),
  PING_CHECK: checker<PingCheckDraft>('an echo is answered', { since: '2.1.0', acted: true }, pingCheck, (base) => ({
    kind: 'PING_CHECK',
    ...base,
  })),
  MISC_CHECK: checker<MiscCheckDraft>(
    'a script succeeds',
    { since: '<=1.0.0', acted: true },
    miscCheck,
    ({ line }) => ({ kind: 'MISC_CHECK', line }),
    keepMisc,
  ),
  FILE_CHECK: checker<FileCheckDraft>(
    'the number in a file',
    { since: '2.1.0', acted: true },
    fileCheck,
    ({ line }) => ({ kind: 'FILE_CHECK', line }),
    keepFile,
  ),
  BFD_CHECK: checker<BfdCheckDraft>(
    'a BFD session is up',
    { since: '2.0.0', build: 'BFD', acted: true },
    bfdCheck,
    ({ line }, server) => ({ kind: 'BFD_CHECK', line, owner: serverName(server) }),
    keepBfd,
  ),
}

type Base = Pick<ConnectingDraft, 'line' | 'destination'>

/** A checker block; `keep` looks at it when it ends and may refuse it. */
function checker<Draft extends AnyChecker>(
  summary: string,
  row: Row,
  table: Table<Draft>,
  open: (base: Base, server: RealServerDraft) => Draft,
  keep: (draft: Draft, context: Context, server: RealServerDraft) => boolean = keepConnecting,
) {
  return block<RealServerDraft, Draft>('', `check: ${summary}`, row, {
    table,
    open: (server, { line }) => open({ line, destination: server.address }, server),
    close(draft, server, context) {
      if (keep(draft, context, server)) server.checkers.push(draft)
    },
  })
}

function httpChecker(kind: HttpGetDraft['kind'], row: Row, table: Table<HttpGetDraft>) {
  const summary = kind === 'HTTP_GET' ? 'requests are answered as they must be' : 'the same over TLS'
  return checker<HttpGetDraft>(summary, row, table, (base) => ({ kind, ...base, urls: [] }), keepHttp)
}

function keepConnecting(draft: AnyChecker, context: Context): boolean {
  if ('destination' in draft) checkDestination(draft, context)
  return true
}

function keepHttp(draft: HttpGetDraft, context: Context): boolean {
  if (draft.urls.length > 0) return keepConnecting(draft, context)
  context.report('general', 'http-urls', `${draft.kind}: no urls specified - ignoring`, 'url { path / }')
  return false
}

function keepUdp(draft: UdpCheckDraft, context: Context): boolean {
  checkReplyLimits(draft, context)
  return keepConnecting(draft, context)
}

function keepMisc(draft: MiscCheckDraft, context: Context): boolean {
  if (draft.removed === true) return false
  const refuse = (code: string, message: string, expected: string): false => {
    context.report('general', code, message, expected)
    return false
  }
  if (draft.misc_path === undefined)
    return refuse('misc-path', 'No script path has been specified for MISC_CHECKER - skipping', 'misc_path COMMAND')
  if (!lacksUser(draft.user, context)) return true
  return refuse(
    'misc-user',
    `Unable to set default user for misc script '${draft.misc_path.path}' - removing`,
    'user, or script_user in global_defs',
  )
}

function keepFile(draft: FileCheckDraft, context: Context): boolean {
  if (draft.track_file !== undefined) return true
  context.report('general', 'file-check', 'FILE_CHECK has no track_file specified - ignoring', 'track_file NAME')
  return false
}

function keepBfd(draft: BfdCheckDraft, context: Context): boolean {
  if (draft.removed === true || draft.name !== undefined) return draft.removed !== true
  context.report('general', 'bfd-check', `(${draft.owner}) No name has been specified for BFD_CHECKER - skipping`, 'name INSTANCE')
  return false
}
