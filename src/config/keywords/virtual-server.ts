import { type Family, familyOf, type IpAddress } from '../../base/ip.ts'
import type { Forwarding, Protocol } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { block, bool, choice, command, flag, leaf, optionalWhole, type Row, type Table, text, whole } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import type { Command } from '../words.ts'
import { missingFrom } from './build.ts'
import type { ScheduleDraft } from './checker-options.ts'
import { FORWARDING_GRAMMAR, readForwarding } from './forwarding-method.ts'
import { parseLooseAddress } from './loose-address.ts'
import { type RealServerDraft, realServer } from './real-server.ts'
import { anyTime, connectTimeout, delayLoop, timer } from './timer.ts'
import { readFamily, readGranularity, readPort, readService } from './virtual-server-values.ts'

export type ServiceDraft =
  | { readonly kind: 'address'; readonly address: IpAddress; readonly port: number }
  | { readonly kind: 'fwmark'; readonly fwmark: number }
  | { readonly kind: 'group'; readonly group: string }

export interface SorryServerDraft {
  readonly line: LogicalLine
  readonly address: IpAddress
  /** 0 is the service's. */
  readonly port: number
  inhibit: boolean
  lvs_method?: Forwarding
}

/** virtual_server { ... }, as read. */
export interface VirtualServerDraft extends ScheduleDraft {
  readonly line: LogicalLine
  readonly service: ServiceDraft
  readonly real_server: RealServerDraft[]
  /** Of the address, or fixed by the first word that has one. */
  family: Family | undefined
  lvs_sched?: Scheduler
  /** ip_vs flag bits of the scheduler. */
  schedulerFlags: number
  ops?: boolean
  lvs_method?: Forwarding
  persistence_engine?: string
  persistence_timeout?: number
  persistence_granularity?: IpAddress | number
  protocol?: Protocol
  ha_suspend?: boolean
  inhibit_on_failure?: boolean
  omega?: boolean
  smtp_alert?: boolean
  virtualhost?: string
  quorum_up?: Command
  quorum_down?: Command
  quorum?: number
  hysteresis?: number
  weight?: number
  sorry_server?: SorryServerDraft
}

export const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'sh', 'mh', 'dh', 'fo', 'ovf', 'lblcr', 'sed', 'nq', 'twos'] as const
export type Scheduler = (typeof SCHEDULERS)[number]

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const
const UINT32 = 4_294_967_295
// The two readings of the flag bits by the schedulers (linux/ip_vs.h: SCHED1..3).
const SCHED1 = 0x08
const SCHED2 = 0x10
const SCHED3 = 0x20

export const virtualServer: Table<VirtualServerDraft> = {
  ip_family: leaf(
    'inet | inet6',
    'family of a fwmark service whose servers are all tunnelled',
    { since: '1.2.20', default: 'of the addresses', acted: true },
    readFamily,
  ),
  retry: whole('default of its checkers', { min: 1, max: UINT32, since: '1.3.7', default: 'of the kind of checker', acted: true }),
  delay_before_retry: timer('default of its checkers', { ...anyTime, since: '1.3.7', default: 'of the kind of checker', acted: true }),
  warmup: timer('default of its checkers', { ...anyTime, since: '1.3.7', default: 'delay_loop', acted: true }),
  connect_timeout: timer('default of its checkers', { ...connectTimeout, since: '2.0.13', default: '5', acted: true }),
  delay_loop: timer('default of its checkers', { ...delayLoop, since: '<=1.0.0', default: '60', acted: true }),
  inhibit_on_failure: flag('failed servers stay with weight 0', { since: '1.3.7', default: 'off', acted: true }),
  lb_algo: scheduler({ since: '<=1.0.0', aliasOf: 'lvs_sched', deprecated: 'lvs_sched' }),
  lvs_sched: scheduler({ since: '1.1.5' }),
  hashed: leaf('', 'a relic without effect', { since: '1.3.0', default: 'off', acted: true }, (draft, statement, context) => {
    if (!isHashing(draft)) reportNotHashing(statement, context)
  }),
  ops: flag('one packet scheduling, UDP or fwmark only', { since: '1.2.8', default: 'off', acted: true }),
  'flag-1': schedulerFlag(SCHED1, 'scheduler flag 1', '1.3.0'),
  'flag-2': schedulerFlag(SCHED2, 'scheduler flag 2', '1.3.0'),
  'flag-3': schedulerFlag(SCHED3, 'scheduler flag 3', '1.3.0'),
  'sh-port': schedulerFlag(SCHED2, 'the port counts in the hash of sh or mh', '1.3.0', isHashing),
  'sh-fallback': schedulerFlag(SCHED1, 'sh or mh: another server where the hashed one is unavailable', '1.3.0', isHashing),
  'mh-port': schedulerFlag(SCHED2, 'the port counts in the hash of sh or mh', '2.0.20', isHashing),
  'mh-fallback': schedulerFlag(SCHED1, 'sh or mh: another server where the hashed one is unavailable', '2.0.20', isHashing),
  lb_kind: method({ since: '<=1.0.0', aliasOf: 'lvs_method', deprecated: 'lvs_method' }),
  lvs_method: method({ since: '1.1.5' }),
  persistence_engine: leaf(
    '<str, at most 16>',
    'what a client is known by, such as sip',
    { since: '1.2.20', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word === undefined) return
      if (word.length > 16)
        context.report('general', 'engine-length', `persistence_engine '${word}' is too long; it is truncated`, 'at most 16 characters', 1)
      draft.persistence_engine = word.slice(0, 16)
    },
  ),
  persistence_timeout: optionalWhole('seconds that a client stays with its server', {
    min: 1,
    max: 2_678_400,
    bare: 360,
    since: '<=1.0.0',
    default: 'off',
    acted: true,
  }),
  persistence_granularity: leaf(
    '<ipv4 netmask> | <uint 1..128>',
    'which clients are one',
    { since: '<=1.0.0', default: 'each alone', acted: true },
    readGranularity,
  ),
  protocol: choice('layer four protocol, not for fwmark', PROTOCOLS, {
    anyCase: true,
    since: '<=1.0.0',
    default: 'UDP, with a report',
    acted: true,
  }),
  ha_suspend: flag('check only while the address is on this host', { since: '<=1.0.0', default: 'off', acted: true }),
  smtp_alert: bool('mail when the quorum changes', { since: '2.0.0', acted: true, default: 'smtp_alert_checker, smtp_alert, else off' }),
  virtualhost: text('default Host header', { twice: 'replace-reported', since: '<=1.0.0', acted: true }),
  snmp_name: missingFrom('SNMP', '<str>', 'label for SNMP', '2.2.3'),
  // No argument is read: `alpha off` switches it on.
  alpha: flag('servers are down until each check succeeded once', { since: '1.1.16', default: 'off', acted: true }),
  omega: flag('the scripts of going down run at shutdown', { since: '1.1.16', default: 'off', acted: true }),
  quorum_up: command('script when the quorum is gained', { twice: 'keep', since: '1.1.16', acted: true }),
  quorum_down: command('script when the quorum is lost', { twice: 'keep', since: '1.1.16', acted: true }),
  quorum: leaf(
    '<uint 1..4294967295>',
    'least weight of living servers',
    { since: '1.1.16', default: '1', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word !== undefined) draft.quorum = context.whole(word, 1, { min: 1, max: UINT32 }) ?? 1
    },
  ),
  hysteresis: whole('how far above and below the quorum changes count, less than it', {
    min: 0,
    max: UINT32,
    since: '1.1.16',
    default: '0',
    acted: true,
  }),
  weight: whole('default weight of its servers', { min: 1, max: 2_147_483_647, since: '1.3.7', default: '1', acted: true }),
  sorry_server: leaf('<ip> [<port>]', 'server while there is no quorum', { since: '<=1.0.0', acted: true }, readSorryServer),
  sorry_server_inhibit: leaf(
    '',
    'the sorry server stays with weight 0; behind sorry_server',
    { since: '1.2.13', default: 'off', acted: true },
    (draft, _statement, context) => {
      if (draft.sorry_server !== undefined) draft.sorry_server.inhibit = true
      else
        context.report(
          'general',
          'sorry-order',
          'Ignoring sorry_server inhibit used before or without sorry_server',
          'sorry_server first',
          0,
        )
    },
  ),
  sorry_server_lvs_method: leaf(
    FORWARDING_GRAMMAR,
    'forwarding method of the sorry server; behind sorry_server',
    { since: '1.3.6', default: 'of the virtual server', acted: true },
    (draft, statement, context) => {
      if (draft.sorry_server === undefined) {
        return context.report('general', 'sorry-order', 'sorry_server forwarding used without sorry_server', 'sorry_server first', 0)
      }
      const forwarding = readForwarding(statement, context)
      if (forwarding !== undefined) draft.sorry_server.lvs_method = forwarding
    },
  ),
  real_server: block<VirtualServerDraft, RealServerDraft>(
    '<ip> [<port>]',
    'a server',
    { since: '<=1.0.0', acted: true },
    {
      table: realServer,
      open: openRealServer,
      close(server, draft, context) {
        if (fixFamily(draft, server, server.lvs_method ?? draft.lvs_method)) draft.real_server.push(server)
        else reportFamily(context, 'real server', server)
      },
    },
  ),
}

/** The root keyword. */
export const virtualServerBlock = (row: Row) =>
  block<Parsed['check'], VirtualServerDraft>(
    '<ip> [<port 0..65535>] | fwmark <uint 0..4294967295> | group <name>',
    'a service and its servers',
    row,
    {
      table: virtualServer,
      open(_check, statement, context) {
        const service = readService(statement, context)
        if (service === undefined) return undefined
        const family = service.kind === 'address' ? familyOf(service.address) : undefined
        return { line: statement.line, service, real_server: [], family, schedulerFlags: 0 }
      },
      close: closeVirtualServer,
    },
  )

/** How keepalived names a service in its log. */
export function serviceName({ service, protocol }: Pick<VirtualServerDraft, 'service' | 'protocol'>): string {
  switch (service.kind) {
    case 'address':
      return `[${service.address}]:${protocol?.toLowerCase() ?? 'none'}:${service.port}`
    case 'fwmark':
      return `FWM ${service.fwmark}`
    case 'group':
      return `[${service.group}]:0`
  }
}

function openRealServer(draft: VirtualServerDraft, statement: Statement, context: Context): RealServerDraft | undefined {
  const server = readServer(statement, context, 'real server')
  if (server === undefined) return undefined
  return { line: statement.line, ...server, protocol: draft.protocol, checkers: [] }
}

function readServer(statement: Statement, context: Context, what: string): { address: IpAddress; port: number } | undefined {
  const word = context.word(statement, 1)
  if (word === undefined) return undefined
  const address = parseLooseAddress(word)
  const port = readPort(statement.words[2], context, `port of the ${what}`)
  if (address !== undefined && port !== undefined) return { address, port }
  const message = `Invalid ${what} ip address/port ${statement.words.slice(1, 3).join('/')} - skipping`
  context.report('general', 'server', message, 'a numeric address and a port', address === undefined ? 1 : 2)
  return undefined
}

function readSorryServer(draft: VirtualServerDraft, statement: Statement, context: Context): void {
  const server = readServer(statement, context, 'sorry server')
  if (server !== undefined) draft.sorry_server = { line: statement.line, ...server, inhibit: false }
}

/** A server fixes the family of a service that has none; a tunnel may lead to the other family. */
function fixFamily(draft: VirtualServerDraft, server: { readonly address: IpAddress }, forwarding: Forwarding | undefined): boolean {
  if (forwarding?.method === 'TUN') return true
  draft.family ??= familyOf(server.address)
  return draft.family === familyOf(server.address)
}

function reportFamily(context: Context, what: string, { address }: { readonly address: IpAddress }): void {
  const message = `Address family of virtual server and ${what} ${address} don't match - skipping ${what}.`
  context.report('general', 'server-family', message, 'one family, or lvs_method TUN')
}

function closeVirtualServer(draft: VirtualServerDraft, check: Parsed['check'], context: Context): void {
  const sorry = draft.sorry_server
  if (sorry !== undefined && !fixFamily(draft, sorry, sorry.lvs_method ?? draft.lvs_method)) {
    reportFamily(context, 'sorry server', sorry)
    delete draft.sorry_server
  }
  if (draft.real_server.length > 0) check.virtualServers.push(draft)
  else
    context.report(
      'general',
      'no-real-server',
      `Virtual server ${serviceName(draft)} has no real servers - ignoring`,
      'real_server ADDR { }',
    )
}

function scheduler(row: Row) {
  return choice<VirtualServerDraft, Scheduler>('scheduler', SCHEDULERS, {
    ...row,
    slot: 'lvs_sched',
    default: 'wlc, with a report',
    acted: true,
  })
}

function method(row: Row) {
  return leaf<VirtualServerDraft, Forwarding>(
    FORWARDING_GRAMMAR,
    'how packets reach the servers',
    { ...row, default: 'NAT, with a report', acted: true },
    (draft, statement, context) => {
      const forwarding = readForwarding(statement, context)
      if (forwarding !== undefined) draft.lvs_method = forwarding
    },
  )
}

// The kernel reads the bits by the scheduler in force, so that sh-port with mh is mh-port.
function isHashing({ lvs_sched }: VirtualServerDraft): boolean {
  return lvs_sched === 'sh' || lvs_sched === 'mh'
}

function schedulerFlag(bit: number, summary: string, since: string, allowed: (draft: VirtualServerDraft) => boolean = () => true) {
  const row: Row = { since, build: 'IPVS_SCHED_FLAGS', default: 'off', acted: true }
  return leaf<VirtualServerDraft>('', summary, row, (draft, statement, context) => {
    if (allowed(draft)) draft.schedulerFlags |= bit
    else reportNotHashing(statement, context)
  })
}

function reportNotHashing({ keyword }: Statement, context: Context): void {
  context.report('general', 'scheduler-flag', `${keyword} only applies to sh scheduler - ignoring`, 'lvs_sched sh or mh before', 0)
}
