import type { Family, IpAddress } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'
import type { ScriptCommand } from '../script-config.ts'
import type { BufferSize } from '../socket-config.ts'
import type { SyncDaemonConfig } from '../sync-daemon-config.ts'

/** Everything the checker process needs. Built by config/resolve, consumed by pool. */
export interface CheckConfig {
  readonly virtualServers: readonly VirtualServer[]
  readonly globals: CheckGlobals
}

export interface CheckGlobals {
  /** `lvs_flush`: empty the kernel table at start. */
  readonly lvsFlush: boolean
  /** `lvs_flush_on_stop [VS]` */
  readonly lvsFlushOnStop: 'no' | 'all' | 'vs'
  /** `lvs_timeouts`, seconds, 0 leaves the kernel's. */
  readonly lvsTimeouts: { readonly tcp: number; readonly tcpFin: number; readonly udp: number } | undefined
  readonly checkerLogAllFailures: boolean
  /** `lvs_notify_fifo` or `notify_fifo`: a pipe is told of each change. */
  readonly fifo?: true
  /** `lvs_sync_daemon` without an instance. */
  readonly syncDaemon?: SyncDaemonConfig
  /** `lvs_netlink_cmd_rcv_bufs`, `lvs_netlink_monitor_rcv_bufs` and their `_force`. */
  readonly commandBuffer?: BufferSize
  readonly monitorBuffer?: BufferSize
  /** `rs_init_notifies`: servers that are up from their start tell so. */
  readonly rsInitNotifies?: true
  /** `no_checker_emails`: mail of checkers only when their server changes with them. */
  readonly noCheckerEmails?: true
  /** `net_namespace_ipvs`: the path of the network namespace that ip_vs is in. */
  readonly ipvsNamespace?: string
  /** `SSL` */
  readonly ssl?: SslConfig
}

/** What SSL_GET shows to servers: paths of PEM files, read when a configuration comes into force. */
export interface SslConfig {
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  /** Of the key. */
  readonly password?: string
}

/** What the kernel calls a service: an address with a port, or a firewall mark (linux/ip_vs.h). */
export type ServiceKey =
  | { readonly kind: 'address'; readonly protocol: Protocol; readonly address: IpAddress; readonly port: number }
  | { readonly kind: 'fwmark'; readonly fwmark: number; readonly family: Family }

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** `lvs_method` / `lb_kind`. */
export type Forwarding =
  | { readonly method: 'NAT' }
  | { readonly method: 'DR' }
  | {
      readonly method: 'TUN'
      readonly type: 'ipip' | 'gue' | 'gre'
      /** GUE only. */
      readonly port: number
      readonly checksum: 'nocsum' | 'csum' | 'remcsum'
    }

export interface VirtualServer {
  /** How keepalived names it in its log: "[192.0.2.1]:tcp:80", "FWM 5", "[GROUP]:0". */
  readonly name: string
  /** One, or several from a virtual_server_group. */
  readonly services: readonly ServiceKey[]
  readonly scheduler: string
  /** ip_vs flag bits of the scheduler (8, 0x10, 0x20) and one-packet (4). */
  readonly flags: number
  /** `persistence_timeout` in seconds, 0 off. */
  readonly persistenceTimeout: number
  /** Netmask for IPv4 as text, prefix length for IPv6; undefined is per host. */
  readonly persistenceGranularity: IpAddress | number | undefined
  /** `persistence_engine`, e.g. sip. */
  readonly persistenceEngine: string | undefined
  readonly realServers: readonly RealServer[]
  readonly sorryServer: SorryServer | undefined
  readonly quorum: number
  readonly hysteresis: number
  readonly alpha: boolean
  readonly omega: boolean
  /** `ha_suspend`: checks run only while this address is on this host; nobody compares those of a group, so there they never do. */
  readonly haSuspend?: IpAddress | 'group'
  /** `quorum_up`, `quorum_down` */
  readonly quorumUp?: ScriptCommand
  readonly quorumDown?: ScriptCommand
  readonly smtpAlert?: true
}

export interface RealServer {
  readonly address: IpAddress
  readonly port: number
  readonly forwarding: Forwarding
  readonly weight: number
  readonly inhibitOnFailure: boolean
  readonly uthreshold: number
  readonly lthreshold: number
  readonly alpha: boolean
  readonly checkers: readonly Checker[]
  /** `notify_up`, `notify_down` */
  readonly notifyUp?: ScriptCommand
  readonly notifyDown?: ScriptCommand
  readonly smtpAlert?: true
}

export interface SorryServer {
  readonly address: IpAddress
  readonly port: number
  readonly forwarding: Forwarding
  /** `sorry_server_inhibit` */
  readonly inhibit: boolean
}

/** Schedule and retries, the same for all kinds, inheritance already resolved. */
export interface CheckerSchedule {
  readonly delayLoop: Micros
  readonly warmup: Micros
  /** Retries after a failure while up; the first check ever never retries. */
  readonly retry: number
  readonly delayBeforeRetry: Micros
  /** The checker's own `alpha`: down until it succeeded once. */
  readonly alpha: boolean
  readonly logAllFailures: boolean
}

/** Where a checker connects; `connect_ip`, `connect_port`, `bindto`, `bind_port`, `bind_if`, `fwmark`, `connect_timeout`. */
export interface CheckTarget {
  readonly address: IpAddress
  readonly port: number
  readonly bindto: IpAddress | undefined
  readonly bindPort: number | undefined
  readonly bindIf: string | undefined
  readonly fwmark: number
  readonly connectTimeout: Micros
}

export type Checker = ScheduledChecker | FileCheck | BfdCheck

/** Whether it tries, or follows something that changes by itself. */
export const isScheduled = (checker: Checker): checker is ScheduledChecker => checker.kind !== 'FILE_CHECK' && checker.kind !== 'BFD_CHECK'

/** A checker that tries again and again. */
export type ScheduledChecker = CheckerSchedule & CheckAttempt

/** FILE_CHECK: no attempts; the number in a file is followed and changes the weight, or fails the server. */
export interface FileCheck {
  readonly kind: 'FILE_CHECK'
  /** Of the track_file. */
  readonly name: string
  readonly path: string
  /** The number times this is added to the server's weight; with 0 a number other than 0 fails it. */
  readonly weight: number
  /** Turns the sign; with weight 0 it is the number 0 that fails. */
  readonly reverse: boolean
  /** `init_file`: the file is made at the start, over another only with `overwrite`. */
  readonly initial: { readonly value: number; readonly overwrite: boolean } | undefined
}

/** BFD_CHECK: no attempts; the server follows a BFD session. */
export interface BfdCheck {
  readonly kind: 'BFD_CHECK'
  /** Of the bfd_instance. */
  readonly name: string
  /** Down until the session is up; without it the server is up until the session is known to be down. */
  readonly alpha: boolean
}

/** What one attempt does. */
export type CheckAttempt =
  | { readonly kind: 'TCP_CHECK'; readonly target: CheckTarget }
  | {
      readonly kind: 'HTTP_GET' | 'SSL_GET'
      readonly target: CheckTarget
      readonly urls: readonly HttpUrl[]
      readonly httpProtocol: '1.0' | '1.0C' | '1.1'
      /** Host header as a name; undefined sends the address and port. */
      readonly virtualhost: string | undefined
      readonly enableSni: boolean
      /** `sni_name`: sent in place of the virtualhost. */
      readonly sniName?: string
    }
  | { readonly kind: 'SMTP_CHECK'; readonly target: CheckTarget; readonly heloName: string }
  | {
      readonly kind: 'DNS_CHECK'
      readonly target: CheckTarget
      readonly type: DnsType
      /** "." is the root. */
      readonly name: string
    }
  | {
      readonly kind: 'UDP_CHECK'
      readonly target: CheckTarget
      /** Hexadecimal digits, two a byte; undefined sends keepalived's text. */
      readonly payload: string | undefined
      /** Undefined: silence is well too. */
      readonly reply: UdpReply | undefined
    }
  | { readonly kind: 'PING_CHECK'; readonly target: CheckTarget }
  | {
      readonly kind: 'MISC_CHECK'
      readonly script: ScriptCommand
      readonly timeout: Micros
      /** `misc_dynamic`: status 2..255 is up with a weight of status - 2. */
      readonly dynamic: boolean
    }

export type DnsType = 'A' | 'NS' | 'CNAME' | 'SOA' | 'MX' | 'TXT' | 'AAAA' | 'RRSIG' | 'DNSKEY'

/** `require_reply` */
export interface UdpReply {
  /** Hexadecimal digits, two a byte, x for any; empty asks for any reply, of any length. */
  readonly pattern: string
  /** Bytes. */
  readonly minLength: number
  readonly maxLength: number
}

export interface HttpUrl {
  readonly path: string
  readonly virtualhost: string | undefined
  /** Inclusive ranges; without any word it is 200-299. */
  readonly statusCodes: readonly { readonly low: number; readonly high: number }[]
  /** MD5 of the body, 32 lower-case hex digits. */
  readonly digest: string | undefined
  readonly regex: HttpRegex | undefined
  /** `tls_compliant`: close_notify is sent anyway. */
  readonly tlsCompliant: boolean
}

export interface HttpRegex {
  readonly pattern: string
  readonly options: readonly string[]
  /** `regex_no_match`: up when it does not match. */
  readonly noMatch: boolean
  /** Where a match may begin, both inclusive, in characters of the body. */
  readonly minOffset: number
  readonly maxOffset: number
}
