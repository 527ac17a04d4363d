import { type Micros, toSeconds } from '../base/units.ts'
import type { FifoDraft, GlobalDraft, SyncDaemonDraft } from '../config/keywords/global-defs.ts'
import type { SslDraft } from '../config/keywords/ssl.ts'
import type { Command } from '../config/words.ts'
import { MASKED } from './instance-status.ts'

/** What the dumps show of `global_defs`: what was written, and the defaults of this host. */
export interface GlobalStatus {
  readonly written: GlobalDraft
  readonly hostname: string
  /** As whom scripts run without a word of their own. */
  readonly scriptUser: { readonly uid: number; readonly gid: number }
  /** Numbers of a user and a group, both perhaps names. */
  readonly idsOf: (user: string, group: string | undefined) => { readonly uid: number; readonly gid: number }
}

const yes = (value: boolean | undefined): string => (value === true ? 'true' : 'false')
const bit = (value: boolean | undefined): number => Number(value === true)
const onOff = (value: boolean | undefined): string => (value === undefined ? 'unset' : value ? 'on' : 'off')
const line = (name: string, value: string | number | undefined): readonly string[] => (value === undefined ? [] : [` ${name} = ${value}`])

/** What keepalived prints for a number that nobody has set; the vrrp process has put something else in its place. */
const UNSET = 4_294_967_295

/** The section that begins every dump; that of the vrrp process knows what stands in for what is not written. */
export function globalData(status: GlobalStatus, role: 'vrrp' | 'other' = 'other'): string {
  const { written } = status
  return [
    '------< Global definitions >------',
    ` Network namespace = ${written.net_namespace ?? '(default)'}`,
    ` Network namespace ipvs = ${written.net_namespace_ipvs ?? '(main namespace)'}`,
    ...processNames(written),
    ` Router ID = ${written.router_id ?? status.hostname}`,
    ...mail(status),
    ` Default smtp_alert = ${onOff(written.smtp_alert)}`,
    ` Default smtp_alert_vrrp = ${onOff(written.smtp_alert_vrrp)}`,
    ` Default smtp_alert_checker = ${onOff(written.smtp_alert_checker)}`,
    ` Checkers log all failures = ${yes(written.checker_log_all_failures)}`,
    written.reload_check_config === undefined
      ? ' No test config before reload'
      : ` Test config before reload, log to ${written.reload_check_config}`,
    ...line('Reload time file', written.reload_time_file),
    ` Dynamic interfaces = ${yes(written.dynamic_interfaces !== undefined)}`,
    ...(written.dynamic_interfaces === undefined
      ? []
      : [` Allow interface changes = ${yes(written.dynamic_interfaces === 'allow_if_changes')}`]),
    ...(written.no_email_faults === true ? [' Send emails for fault transitions = off'] : []),
    ...lvsTimeouts(written),
    ...(role === 'vrrp' ? [` Default interface = ${written.default_interface ?? 'eth0'}`] : []),
    ` Disable local IGMP = ${written.disable_local_igmp === true ? 'yes' : 'no'}`,
    ...syncDaemon(written.lvs_sync_daemon),
    ` LVS flush = ${yes(written.lvs_flush)}`,
    ` LVS flush on stop = ${FLUSH_ON_STOP[written.lvs_flush_on_stop ?? 'no']}`,
    ...fifo('Global', written.notify_fifo, written.notify_fifo_script, status),
    ...fifo('VRRP', written.vrrp_notify_fifo, written.vrrp_notify_fifo_script, status),
    ...fifo('LVS', written.lvs_notify_fifo, written.lvs_notify_fifo_script, status),
    ` FIFO write vrrp states on reload = ${yes(written.fifo_write_vrrp_states_on_reload)}`,
    ` VRRP notify priority changes = ${yes(written.vrrp_notify_priority_changes)}`,
    ...announcements(written, role),
    ` VRRP default protocol version = ${written.vrrp_version ?? 2}`,
    ...filters(written),
    ` VRRP check unicast_src = ${yes(written.vrrp_check_unicast_src)}`,
    ` VRRP skip check advert addresses = ${yes(written.vrrp_skip_check_adv_addr)}`,
    ` VRRP strict mode = ${yes(written.vrrp_strict)}`,
    ` Max auto priority = ${written.max_auto_priority ?? 0}`,
    ` Min auto priority delay = ${written.min_auto_priority_delay ?? 1_000_000} usecs`,
    ...(['vrrp', 'checker', 'bfd'] as const).flatMap((process) => scheduling(written, process)),
    ...['vrrp', 'checker'].map((process) => ` SNMP ${process} disabled`),
    ...['RFCv2', 'RFCv3', 'traps'].map((what) => ` SNMP ${what} disabled`),
    ' SNMP socket = default (unix:/var/agentx/master)',
    ' DBus disabled',
    ' DBus service name = ',
    ` Script security ${written.enable_script_security === true ? 'enabled' : 'disabled'}`,
    ` Default script uid:gid ${status.scriptUser.uid}:${status.scriptUser.gid}`,
    ...BUFFERS.flatMap((name) => [` ${name} = ${written[name] ?? 0}`, ` ${name}_force = ${bit(written[`${name}_force`])}`]),
    ` rs_init_notifies = ${bit(written.rs_init_notifies)}`,
    ` no_checker_emails = ${bit(written.no_checker_emails)}`,
    ...line(typeof written.vrrp_rx_bufs_policy === 'number' ? 'rx_bufs_size' : 'rx_bufs_policy', written.vrrp_rx_bufs_policy),
    ` rx_bufs_multiples = ${written.vrrp_rx_bufs_multiplier ?? 3}`,
    ` umask = 0${(written.umask ?? 0o177).toString(8)}`,
    ...line('vrrp_startup_delay', seconds(written.vrrp_startup_delay)),
    ...(written.log_unknown_vrids === true ? [' log_unknown_vrids'] : []),
    ...line('VMAC prefix', written.vmac_prefix),
    ...line('VMAC address prefix', written.vmac_addr_prefix),
    '',
  ].join('\n')
}

/** `SSL`: the section of the checker process that follows. */
export function sslData(ssl: SslDraft | undefined): string {
  if (ssl === undefined) return ''
  const row = (name: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [` ${name} : ${value}`])
  return [
    '------< SSL definitions >------',
    ...row('Password', ssl.password === undefined ? undefined : MASKED),
    ...row('CA-file', ssl.ca),
    ...row('Certificate file', ssl.certificate),
    ...row('Key file', ssl.key),
    '',
  ].join('\n')
}

const FLUSH_ON_STOP = { no: 'disabled', all: 'full', vs: 'VS' } as const
const BUFFERS = [
  'vrrp_netlink_cmd_rcv_bufs',
  'vrrp_netlink_monitor_rcv_bufs',
  'process_monitor_rcv_bufs',
  'lvs_netlink_cmd_rcv_bufs',
  'lvs_netlink_monitor_rcv_bufs',
] as const

const seconds = (time: Micros | undefined): number | undefined => (time === undefined ? undefined : toSeconds(time))

function processNames(written: GlobalDraft): readonly string[] {
  const { process_name: all, process_names: named } = written
  const nameOf = (role: 'vrrp' | 'checker' | 'bfd', usual: string): string | undefined =>
    written[`${role}_process_name`] ?? (named === true ? usual : all)
  return [
    ...line('Parent process name', all),
    ...line('VRRP process name', nameOf('vrrp', 'keepalived_vrrp')),
    ...line('LVS process name', nameOf('checker', 'keepalived_lvs')),
    ...line('BFD process name', nameOf('bfd', 'keepalived_bfd')),
  ]
}

function mail({ written, hostname }: GlobalStatus): readonly string[] {
  if (written.smtp_server === undefined) return []
  return [
    ` Smtp server = ${written.smtp_server.host}`,
    ` Smtp server port = ${written.smtp_server.port}`,
    ` Smtp HELO name = ${written.smtp_helo_name ?? hostname}`,
    ` Smtp server connection timeout = ${written.smtp_connect_timeout ?? 30}`,
    ` Email notification from = ${written.notification_email_from ?? `root@${hostname}`}`,
    ' Email notification to:',
    ...(written.notification_email ?? []).map((address) => `   ${address}`),
  ]
}

function lvsTimeouts({ lvs_timeouts: timeouts }: GlobalDraft): readonly string[] {
  if (timeouts === undefined) return []
  return [` LVS TCP timeout = ${timeouts.tcp}`, ` LVS TCP FIN timeout = ${timeouts.tcpfin}`, ` LVS UDP timeout = ${timeouts.udp}`]
}

function syncDaemon(daemon: SyncDaemonDraft | undefined): readonly string[] {
  if (daemon === undefined) return []
  return [
    ...line('LVS syncd vrrp instance', daemon.instance),
    ` LVS syncd interface = ${daemon.interface}`,
    ` LVS syncd syncid = ${daemon.id ?? 0}`,
    ...line('LVS syncd maxlen', daemon.maxlen),
    ...line('LVS syncd mcast group', daemon.group),
    ...line('LVS syncd mcast port', daemon.port),
    ...line('LVS syncd mcast ttl', daemon.ttl),
  ]
}

function fifo(of: string, pipe: FifoDraft | undefined, script: Command | undefined, status: GlobalStatus): readonly string[] {
  const owner = (user: string | undefined, group: string | undefined): string => {
    const { uid, gid } = user === undefined ? status.scriptUser : status.idsOf(user, group)
    return `uid:gid ${uid}:${gid}`
  }
  return [
    ...(pipe === undefined ? [] : [` ${of} notify fifo = ${pipe.path}, ${owner(pipe.user, pipe.group)}`]),
    ...(script === undefined
      ? []
      : [` ${of} notify fifo script = ${script.argv.map((word) => `'${word}'`).join(' ')}, ${owner(script.user, script.group)}`]),
  ]
}

/** Of the vrrp process: what is not written of lower priorities is what is written of others. */
function announcements(written: GlobalDraft, role: 'vrrp' | 'other'): readonly string[] {
  const few = written.vrrp_min_garp === true
  const delay = written.vrrp_garp_master_delay ?? (few ? 0 : 5)
  const repeat = written.vrrp_garp_master_repeat ?? (few ? 1 : 5)
  const extra = written.vrrp_garp_extra_if
  return [
    ` VRRP IPv4 mcast group = ${written.vrrp_mcast_group4 ?? '224.0.0.18'}`,
    ` VRRP IPv6 mcast group = ${written.vrrp_mcast_group6 ?? 'ff02::12'}`,
    ` Gratuitous ARP delay = ${delay}`,
    ` Gratuitous ARP repeat = ${repeat}`,
    ` Gratuitous ARP refresh timer = ${written.vrrp_garp_master_refresh ?? 0}`,
    ` Gratuitous ARP refresh repeat = ${written.vrrp_garp_master_refresh_repeat ?? (few ? 0 : 1)}`,
    ` Gratuitous ARP lower priority delay = ${written.vrrp_garp_lower_prio_delay ?? (role === 'vrrp' ? delay : UNSET)}`,
    ` Gratuitous ARP lower priority repeat = ${written.vrrp_garp_lower_prio_repeat ?? (role === 'vrrp' ? repeat : UNSET)}`,
    ` Num adverts before down = ${written.vrrp_down_timer_adverts ?? 3}`,
    ` Gratuitous ARP for each secondary ${extra?.all === true ? 'i/f' : 'VMAC'} = ${extra?.interval ?? 0}s`,
    ` Send advert after receive lower priority advert = ${yes(written.vrrp_lower_prio_no_advert !== true)}`,
    ` Send advert after receive higher priority advert = ${yes(written.vrrp_higher_prio_send_advert)}`,
    ` Gratuitous ARP interval = ${(seconds(written.vrrp_garp_interval) ?? 0).toFixed(6)}`,
    ` Gratuitous NA interval = ${(seconds(written.vrrp_gna_interval) ?? 0).toFixed(6)}`,
  ]
}

function filters(written: GlobalDraft): readonly string[] {
  const table =
    written.nftables === undefined
      ? []
      : [
          ` nftables table name = ${written.nftables}`,
          ` nftables base chain priority = ${written.nftables_priority ?? -1}`,
          ` nftables ${written.nftables_ifindex === true ? '' : "don't "}force use ifindex for link local IPv6`,
        ]
  return [...table, ` nftables with${written.nftables_counters === true ? '' : 'out'} counters`]
}

const PROCESSES = { vrrp: 'VRRP', checker: 'Checker', bfd: 'BFD' } as const

function scheduling(written: GlobalDraft, role: keyof typeof PROCESSES): readonly string[] {
  const process = PROCESSES[role]
  return [
    ` ${process} process priority = ${written[`${role}_priority`] ?? 0}`,
    ` ${process} don't swap = ${yes(written[`${role}_no_swap`])}`,
    ` ${process} realtime priority = ${written[`${role}_rt_priority`] ?? 0}`,
    ...line(`${process} CPU Affinity`, written[`${role}_cpu_affinity`]?.join(' ')),
    ` ${process} realtime limit = ${written[`${role}_rlimit_rttime`] ?? 10_000}`,
  ]
}
