import type { Option } from './popt.ts'

/** What a command line can ask for; its name is the one in the messages. */
export interface CommandRow extends Option {
  readonly command: CommandName
  /** For the help text; empty if another row tells it. */
  readonly summary: string
}

export type CommandName =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'flush'
  | 'add-server'
  | 'edit-server'
  | 'delete-server'
  | 'list'
  | 'save'
  | 'restore'
  | 'zero'
  | 'set'
  | 'start-daemon'
  | 'stop-daemon'
  | 'help'
  | 'version'

/** What goes with a command. Several spellings may set one (`-t`, `-u`); `metavar` is for the help text. */
export interface DetailRow extends Option {
  /** The name under which it is allowed, refused and reported; undefined is always allowed. */
  readonly detail: DetailName | undefined
  readonly metavar?: string
  readonly summary: string
}

/** In the order in which they are looked at: the first that does not fit is the one reported. */
export const DETAILS = [
  'numeric',
  'connection',
  'service-address',
  'scheduler',
  'persistent',
  'netmask',
  'real-server',
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'mcast-interface',
  'timeout',
  'daemon',
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'nosort',
  'syncid',
  'exact',
  'ops',
  'pe',
  'sched-flags',
  'mcast-group',
  'mcast-port',
  'mcast-ttl',
  'sync-maxlen',
  'tun-info',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
] as const
export type DetailName = (typeof DETAILS)[number]

const none = 'none'
const required = 'required'
const optional = 'optional'

export const COMMANDS: readonly CommandRow[] = [
  { letter: 'A', long: 'add-service', argument: none, command: 'add-service', summary: 'add a virtual service' },
  { letter: 'E', long: 'edit-service', argument: none, command: 'edit-service', summary: 'change a virtual service' },
  { letter: 'D', long: 'delete-service', argument: none, command: 'delete-service', summary: 'delete a virtual service and its servers' },
  { letter: 'C', long: 'clear', argument: none, command: 'flush', summary: 'delete everything' },
  { letter: 'R', long: 'restore', argument: none, command: 'restore', summary: 'do what the lines of standard input say' },
  { letter: 'S', long: 'save', argument: none, command: 'save', summary: 'print the table as lines that -R reads' },
  { letter: 'a', long: 'add-server', argument: none, command: 'add-server', summary: 'add a real server' },
  { letter: 'e', long: 'edit-server', argument: none, command: 'edit-server', summary: 'change a real server' },
  { letter: 'd', long: 'delete-server', argument: none, command: 'delete-server', summary: 'delete a real server' },
  { letter: 'L', long: 'list', argument: none, command: 'list', summary: 'show the table (also -l, and without any option)' },
  { letter: 'l', long: 'list', argument: none, command: 'list', summary: '' },
  { letter: 'Z', long: 'zero', argument: none, command: 'zero', summary: 'set the counters of one service or of all to zero' },
  { long: 'set', argument: none, command: 'set', summary: 'TCP TCPFIN UDP: time limits of connections in seconds, 0 leaves one' },
  { long: 'start-daemon', argument: required, command: 'start-daemon', summary: 'master|backup: start a sync daemon' },
  { long: 'stop-daemon', argument: required, command: 'stop-daemon', summary: 'master|backup: stop a sync daemon' },
  { letter: 'h', long: 'help', argument: none, command: 'help', summary: 'print this text' },
  { letter: 'v', long: 'version', argument: none, command: 'version', summary: 'print the version' },
]

export const DETAIL_ROWS: readonly DetailRow[] = [
  {
    letter: 't',
    long: 'tcp-service',
    argument: required,
    detail: 'service-address',
    metavar: 'HOST[:PORT]',
    summary: 'a service by its address, TCP',
  },
  { letter: 'u', long: 'udp-service', argument: required, detail: 'service-address', metavar: 'HOST[:PORT]', summary: 'UDP' },
  { long: 'sctp-service', argument: required, detail: 'service-address', metavar: 'HOST[:PORT]', summary: 'SCTP' },
  { letter: 'f', long: 'fwmark-service', argument: required, detail: 'service-address', metavar: 'MARK', summary: 'by a firewall mark' },
  { letter: '6', long: 'ipv6', argument: none, detail: undefined, summary: 'behind -f: the mark is of IPv6' },
  {
    letter: 's',
    long: 'scheduler',
    argument: required,
    detail: 'scheduler',
    metavar: 'NAME',
    summary: 'rr, wrr, lc, wlc (default), lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh',
  },
  {
    letter: 'b',
    long: 'sched-flags',
    argument: required,
    detail: 'sched-flags',
    metavar: 'FLAG,…',
    summary: 'of the schedulers sh and mh',
  },
  { long: 'pe', argument: required, detail: 'pe', metavar: 'ENGINE', summary: 'what persistence goes by: sip' },
  {
    letter: 'p',
    long: 'persistent',
    argument: optional,
    detail: 'persistent',
    metavar: 'SECONDS',
    summary: 'a client keeps its server (360 s)',
  },
  {
    letter: 'M',
    long: 'netmask',
    argument: required,
    detail: 'netmask',
    metavar: 'MASK',
    summary: 'how many clients count as one; IPv6: length',
  },
  { letter: 'o', long: 'ops', argument: none, detail: 'ops', summary: 'schedule each datagram by itself' },
  { letter: 'r', long: 'real-server', argument: required, detail: 'real-server', metavar: 'HOST[:PORT]', summary: 'a real server' },
  { letter: 'g', long: 'gatewaying', argument: none, detail: 'forwarding-method', summary: 'direct routing (default)' },
  { letter: 'i', long: 'ipip', argument: none, detail: 'forwarding-method', summary: 'through a tunnel' },
  { letter: 'm', long: 'masquerading', argument: none, detail: 'forwarding-method', summary: 'NAT' },
  { letter: 'w', long: 'weight', argument: required, detail: 'weight', metavar: 'N', summary: 'weight (1)' },
  { letter: 'x', long: 'u-threshold', argument: required, detail: 'u-threshold', metavar: 'N', summary: 'most connections' },
  { letter: 'y', long: 'l-threshold', argument: required, detail: 'l-threshold', metavar: 'N', summary: 'from so few on new ones again' },
  { long: 'tun-type', argument: required, detail: 'tun-type', metavar: 'TYPE', summary: 'ipip (default), gue, gre' },
  { long: 'tun-port', argument: required, detail: 'tun-port', metavar: 'PORT', summary: 'of gue' },
  { long: 'tun-nocsum', argument: none, detail: 'tun-nocsum', summary: 'gue, gre: without checksum (default)' },
  { long: 'tun-csum', argument: none, detail: 'tun-csum', summary: 'gue, gre: with checksum' },
  { long: 'tun-remcsum', argument: none, detail: 'tun-remcsum', summary: 'gue: with remote checksum' },
  { letter: 'c', long: 'connection', argument: none, detail: 'connection', summary: 'show the connections' },
  { long: 'timeout', argument: none, detail: 'timeout', summary: 'show the time limits' },
  { long: 'daemon', argument: none, detail: 'daemon', summary: 'show the sync daemons' },
  { long: 'stats', argument: none, detail: 'stats', summary: 'show counters' },
  { long: 'rate', argument: none, detail: 'rate', summary: 'show rates' },
  { letter: 'X', long: 'exact', argument: none, detail: 'exact', summary: 'do not shorten large numbers' },
  { long: 'thresholds', argument: none, detail: 'thresholds', summary: 'show thresholds' },
  { long: 'persistent-conn', argument: none, detail: 'persistent-conn', summary: 'show persistent connections' },
  { long: 'tun-info', argument: none, detail: 'tun-info', summary: 'show tunnels' },
  { long: 'nosort', argument: none, detail: 'nosort', summary: "in the kernel's order" },
  { long: 'sort', argument: none, detail: undefined, summary: 'sorted, as it is anyway' },
  { letter: 'n', long: 'numeric', argument: none, detail: 'numeric', summary: 'numbers instead of names' },
  { long: 'mcast-interface', argument: required, detail: 'mcast-interface', metavar: 'DEVICE', summary: 'of a sync daemon (eth0)' },
  { long: 'syncid', argument: required, detail: 'syncid', metavar: 'N', summary: '0 to 255 (0)' },
  { long: 'sync-maxlen', argument: required, detail: 'sync-maxlen', metavar: 'BYTES', summary: 'longest message (from the MTU)' },
  { long: 'mcast-group', argument: required, detail: 'mcast-group', metavar: 'ADDRESS', summary: '224.0.0.81' },
  { long: 'mcast-port', argument: required, detail: 'mcast-port', metavar: 'PORT', summary: '8848' },
  { long: 'mcast-ttl', argument: required, detail: 'mcast-ttl', metavar: 'N', summary: '1' },
]

/** What a command must and may have. */
export interface Fit {
  readonly needs: readonly DetailName[]
  readonly takes: readonly DetailName[]
  /** Of these at most one. */
  readonly either?: readonly DetailName[]
}

const service: Fit = { needs: ['service-address'], takes: ['scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags'] }
const server: Fit = {
  needs: ['service-address', 'real-server'],
  takes: ['forwarding-method', 'weight', 'u-threshold', 'l-threshold', 'tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'],
}
const alone: Fit = { needs: [], takes: [] }

export const FITS: Readonly<Record<Exclude<CommandName, 'help' | 'version'>, Fit>> = {
  'add-service': service,
  'edit-service': service,
  'delete-service': { needs: ['service-address'], takes: [] },
  flush: alone,
  'add-server': server,
  'edit-server': server,
  'delete-server': { needs: ['service-address', 'real-server'], takes: [] },
  list: {
    needs: [],
    takes: ['numeric', 'stats', 'rate', 'thresholds', 'persistent-conn', 'nosort', 'syncid', 'exact', 'tun-info'],
    either: ['connection', 'service-address', 'timeout', 'daemon'],
  },
  save: { needs: [], takes: ['numeric'] },
  restore: alone,
  zero: { needs: [], takes: ['service-address'] },
  set: alone,
  'start-daemon': { needs: [], takes: ['mcast-interface', 'syncid', 'mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'] },
  'stop-daemon': { needs: [], takes: ['syncid'] },
}

/** What a tunnel of this type must and may have besides its type. */
export const TUNNEL_FITS: Readonly<Record<'ipip' | 'gue' | 'gre', Fit>> = {
  ipip: alone,
  gue: { needs: ['tun-port'], takes: [], either: ['tun-nocsum', 'tun-csum', 'tun-remcsum'] },
  gre: { needs: [], takes: [], either: ['tun-nocsum', 'tun-csum'] },
}
