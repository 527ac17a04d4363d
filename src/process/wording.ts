import { toMillis, toSeconds } from '../base/units.ts'
import { wordReceived } from '../core/bfd/wording.ts'
import type { ScriptEnd } from '../core/script-config.ts'
import type { TransitionEffect } from '../core/vrrp/effects.ts'
import type { FaultCause, Report } from '../core/vrrp/reports.ts'
import type { LogLevel } from './log-line.ts'
import { announcingText } from './log-packets.ts'

/** A report in keepalived's words. `detail` is written with `-D` only. */
export interface Wording {
  readonly level: LogLevel
  readonly detail: boolean
  readonly text: string
}

const always = (text: string, level: LogLevel = 'info'): Wording => ({ level, detail: false, text })
const detailed = (text: string): Wording => ({ level: 'info', detail: true, text })

/** `(VI_1) Entering MASTER STATE`; undefined for a change that keepalived does not mention. */
export function wordTransition({ instance, from, to }: Pick<TransitionEffect, 'instance' | 'from' | 'to'>): Wording | undefined {
  const suffix = from === 'INIT' && to !== 'MASTER' ? ' (init)' : ''
  switch (to) {
    case 'MASTER':
    case 'BACKUP':
      return always(`(${instance}) Entering ${to} STATE${to === 'BACKUP' ? suffix : ''}`)
    case 'FAULT':
      return always(`(${instance}) Entering FAULT STATE${suffix}`, 'warn')
    case 'DELETED':
      return always(`(${instance}) removed by reload`)
    case 'STOP':
    case 'INIT':
      return undefined
  }
}

/** How `wordReport` names interfaces it knows by number only. */
export type InterfaceName = (ifindex: number) => string

export function wordReport(report: Report, interfaceName: InterfaceName): Wording | undefined {
  if (report.event === 'unknown-vrid')
    return detailed(
      `Unknown VRID(${report.vrid}) received on interface(${interfaceName(report.ifindex)}) from ${report.source}. ignoring...`,
    )
  if (report.event === 'group-syncing') return always(`VRRP_Group(${report.group}) Syncing instances to ${report.to} state`)
  if (report.event === 'group-transition') return undefined
  if (report.event === 'bfd-received') return detailed(wordReceived(report))
  if (report.event === 'script-returns') return wordReturn(report.script, report.end)
  if (report.event === 'script-changed')
    return always(`VRRP_Script(${report.script}) ${report.good ? 'succeeded' : failure(report.end)}`, report.good ? 'info' : 'warn')
  if (report.event === 'process-changed')
    return always(`Quorum ${report.good ? 'gained' : 'lost'} for tracked process ${report.process}`, report.good ? 'info' : 'warn')
  const who = `(${report.instance})`
  switch (report.event) {
    case 'backup-got-priority-zero':
      return always(`${who} Backup received priority 0 advertisement`)
    case 'master-got-priority-zero':
      return always(`${who} Master received priority 0 message`)
    case 'master-down-expired':
      return detailed(`${who} Receive advertisement timeout`)
    case 'dual-master-suspected':
      return always(
        `${who} ${report.source} has been advertising a lower priority for ${toSeconds(report.lasting).toFixed(0)} s in spite of our adverts: probably there are two masters`,
        'warn',
      )
    case 'lower-priority-forces-election':
      if (report.again) return undefined
      return always(
        `${who} Received advert from ${report.source} with lower priority ${report.priority}, ours ${report.own}, forcing new election`,
      )
    case 'lower-priority-discarded':
      return always(`${who} received lower priority (${report.priority}) advert from ${report.source} - discarding`)
    case 'higher-priority-received':
      return always(`${who} Master received advert from ${report.source} with higher priority ${report.priority}, ours ${report.own}`)
    case 'higher-address-received':
      return always(
        `${who} Master received advert from ${report.source} with same priority ${report.priority} but higher IP address than ours`,
      )
    case 'own-address-received':
      return always(`${who} WARNING - equal priority advert received from remote host with our IP address.`, 'warn')
    case 'two-owners':
      return always(
        `${who} CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, please fix`,
        'error',
      )
    case 'owner-lowered':
      return always(
        `${who} CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, please fix - reducing local priority`,
        'error',
      )
    case 'owner-restored':
      return always(`${who} no other address owner is heard any more - restoring local priority`)
    case 'preempt-delay-started':
      return always(`${who} start preempt delay (${toSeconds(report.delay).toFixed(6)})`)
    case 'preempt-delay-stopped':
      return always(`${who} stop preempt delay`)
    case 'priority-changed':
      return always(`${who} Changing effective priority from ${report.from} to ${report.to}`)
    case 'bfd-changed':
      return always(
        `VRRP_Instance(${report.instance}) Tracked BFD instance ${report.bfd} is ${report.up ? 'UP' : 'DOWN'}`,
        report.up ? 'info' : 'warn',
      )
    case 'priority-zero-sent':
      return detailed(`${who} sent 0 priority`)
    case 'stalled':
      return always(
        `${who} could not run for ${toMillis(report.late).toFixed(0)} ms, longer than other routers wait: listening before advertising again`,
        'warn',
      )
    case 'advert-rejected':
      return always(`${who} ${rejection(report)} from ${report.source}`, 'warn')
    case 'address-list-differs':
      return report.missing === undefined
        ? always(`${who} expected ${report.expected} VIPs but received ${report.received} from ${report.source}`, 'warn')
        : always(`${who} ip address not present in MASTER advert from ${report.source}: ${report.missing}`, 'warn')
    case 'interval-differs':
      return always(
        `${who} advertisement interval ${toMillis(report.received)}ms of ${report.source} differs from the locally configured ${toMillis(report.own)}ms`,
        'warn',
      )
    case 'old-unicast-checksum':
      return always(`${who} Setting unicast VRRPv3 checksum to old version`)
    case 'fault-raised':
      return saidByItself(report.cause) ? undefined : always(faultText(who, report.cause, report.subject), 'warn')
    case 'fault-cleared':
      return saidByItself(report.cause) ? undefined : always(faultEnded(who, report.cause, report.subject))
    case 'setting-vips':
      return detailed(`${who} setting VIPs.`)
    case 'removing-vips':
      return detailed(`${who} removing VIPs.`)
    case 'setting':
    case 'removing':
      return detailed(`${who} ${report.event} ${HELD[report.what]}`)
    case 'routing-lost':
      return always(`${who} Netlink reflector reports ${report.what} ${report.text} removed`, 'warn')
    case 'restoring':
      return report.instance === undefined
        ? always(`Restoring deleted static ${report.what} ${report.text}`, 'warn')
        : always(`${who} Restoring deleted ${report.what} ${report.text}`, 'warn')
    case 'vip-lost':
      return always(`Netlink reflector reports IP ${report.address} removed from ${report.interface}`, 'warn')
    case 'vips-moved-to-excluded':
      return always(
        `${who} Number of VIPs (${report.limit + report.count}) exceeds maximum/space available in packet (max ${report.limit} addresses) - excess moved to eVIPs`,
        'warn',
      )
    case 'announcing':
      return detailed(announcingText(report, report.addresses))
  }
}

const HELD = { evips: 'E-VIPs.', routes: 'Virtual Routes', rules: 'Virtual Rules', firewall: 'firewall drop rule' } as const

function rejection({ reason, received, expected }: Extract<Report, { readonly event: 'advert-rejected' }>): string {
  switch (reason) {
    case 'truncated':
      return 'vrrp packet too long'
    case 'length':
      return `vrrp packet length or layout wrong (${received ?? 'unknown'})`
    case 'mode':
      return `Expected ${String(received).startsWith('224.') || String(received).startsWith('ff') ? 'uni' : 'multi'}cast packet but received one to ${received ?? 'unknown'}`
    case 'ttl':
      return `invalid TTL/HL. Received ${received ?? 'none'} and expect ${expected ?? ''}`
    case 'version':
      return `wrong version. Received ${received ?? ''} and expect ${expected ?? ''}`
    case 'type':
      return `Invalid packet type. ${received ?? ''} and expect ${expected ?? ''}`
    case 'checksum':
      return 'Invalid VRRP checksum'
    case 'auth-type':
      return `Invalid auth type: ${received ?? ''}`
    case 'auth-mismatch':
      if (received === 'AH header') return 'Received AH header but auth type not AH'
      if (received === 'no AH header') return 'No AH header but auth type is AH'
      return `received a ${received ?? ''} auth, expecting ${expected ?? ''}!`
    case 'auth-failure':
      return 'received an invalid passwd!'
    case 'ah-spi':
      return `IPSEC AH : invalid IPSEC SPI value. ${received ?? ''} and expect ${expected ?? ''}`
    case 'ah-icv':
      return 'IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !'
    case 'ah-replay':
      return `IPSEC-AH : sequence number ${received ?? ''} already processed. Packet dropped. Local(${expected ?? ''})`
    case 'hmac-missing':
      return 'auth_hmac: advert without signature'
    case 'hmac-malformed':
      return 'auth_hmac: malformed signature'
    case 'hmac-unknown-key':
      return `auth_hmac: unknown key ${received ?? ''}`
    case 'hmac-invalid':
      return `auth_hmac: invalid HMAC with key ${received ?? ''}`
    case 'hmac-stale':
      return 'auth_hmac: stale advert, do the clocks agree?'
    case 'hmac-replay':
      return 'auth_hmac: advert replayed'
    case 'interval':
      return `advertisement interval mismatch mine=${Number(expected) / 100} sec rcv'd=${Number(received) / 100} sec`
    case 'own-priority':
      return 'advert ignored, we are address owner'
    case 'source':
      return 'unicast source address not a unicast peer:'
  }
}

/** Of a script, a process or a session everybody has been told by its own name. */
const SAID_BY_ITSELF = ['script-failed', 'process-quorum', 'tracked-bfd'] as const
type SaidByItself = (typeof SAID_BY_ITSELF)[number]
type WordedCause = Exclude<FaultCause, SaidByItself>

const saidByItself = (cause: FaultCause): cause is SaidByItself => (SAID_BY_ITSELF as readonly FaultCause[]).includes(cause)

/** Only a status has changed to another: a signal or a lack of time is told when it counts. */
function wordReturn(script: string, end: ScriptEnd): Wording | undefined {
  return end.kind === 'exited' ? always(`Script \`${script}\` now returning ${end.code}`) : undefined
}

function failure(end: ScriptEnd): string {
  switch (end.kind) {
    case 'exited':
      return `failed (exited with status ${end.code})`
    case 'signalled':
      return `failed (due to signal ${end.signal})`
    case 'timed-out':
      return 'timed out'
    case 'cancelled':
      return 'was cancelled'
    case 'not-run':
      return `failed (${end.detail})`
  }
}

function faultText(who: string, cause: WordedCause, subject: string): string {
  switch (cause) {
    case 'interface-down':
    case 'tracked-interface-down':
      return `Netlink reports ${subject} down`
    case 'tracked-file':
      return `${who}: tracked file ${subject} now FAULT state`
    case 'interface-missing':
      return `Interface ${subject} deleted`
    case 'no-source-address':
      return `${who}: entering FAULT state (no address on ${subject} to send from)`
    case 'no-unicast-peers':
      return `${who}: entering FAULT state (no unicast peers)`
  }
}

function faultEnded(who: string, cause: WordedCause, subject: string): string {
  switch (cause) {
    case 'interface-down':
    case 'tracked-interface-down':
      return `Netlink reports ${subject} up`
    case 'tracked-file':
      return `${who}: tracked file ${subject} leaving FAULT state`
    case 'interface-missing':
      return `Interface ${subject} added`
    case 'no-source-address':
      return `${who}: has an address on ${subject} to send from again`
    case 'no-unicast-peers':
      return `${who}: has unicast peers now`
  }
}
