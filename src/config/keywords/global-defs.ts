import type { IpAddress } from '../../base/ip.ts'
import type { Micros } from '../../base/units.ts'
import type { IncludeCheck } from '../include-check.ts'
import { bool, command, flag, leaf, optionalWhole, seconds, type Table, text, whole, wordList } from '../schema.ts'
import type { LogicalLine } from '../tree.ts'
import type { Command } from '../words.ts'
import { missingFrom } from './build.ts'
import {
  affinity,
  bufferBytes,
  dynamicInterfaces,
  extraInterfaces,
  fifo,
  firstText,
  flushOnStop,
  group,
  limitedName,
  limitedPriority,
  lvsSyncDaemon,
  lvsTimeouts,
  names,
  nice,
  oldRlimit,
  optionalText,
  prefix,
  receiveBuffers,
  rlimit,
  scriptUser,
  smtpServer,
  tableName,
  umask,
} from './global-values.ts'

/** A pipe of events, and who reads it. */
export interface FifoDraft {
  readonly path: string
  readonly user: string | undefined
  readonly group: string | undefined
}

export interface SyncDaemonDraft {
  readonly interface: string
  readonly instance?: string | undefined
  readonly id?: number
  readonly maxlen?: number
  readonly port?: number
  readonly ttl?: number
  readonly group?: IpAddress
}

/** `global_defs` and the root's own words, as read; fields bear the keyword's name. */
export interface GlobalDraft {
  // Root keywords.
  linkbeat_use_polling?: boolean
  net_namespace?: string
  net_namespace_ipvs?: string
  namespace_with_ipsets?: boolean
  use_pid_dir?: boolean
  instance?: string
  child_wait_time?: number
  // global_defs.
  process_names?: boolean
  process_name?: string
  vrrp_process_name?: string
  checker_process_name?: string
  bfd_process_name?: string
  use_symlink_paths?: boolean
  set_supplementary_groups?: boolean
  router_id?: string
  notification_email_from?: string
  smtp_server?: { readonly host: string; readonly port: number }
  smtp_helo_name?: string
  smtp_connect_timeout?: number
  notification_email?: readonly string[]
  smtp_alert?: boolean
  smtp_alert_vrrp?: boolean
  smtp_alert_checker?: boolean
  startup_script?: Command
  startup_script_timeout?: number
  shutdown_script?: Command
  shutdown_script_timeout?: number
  max_auto_priority?: number
  min_auto_priority_delay?: number
  checker_log_all_failures?: boolean
  dynamic_interfaces?: 'yes' | 'allow_if_changes'
  no_email_faults?: boolean
  default_interface?: string
  disable_local_igmp?: boolean
  v3_checksum_as_v2?: boolean
  lvs_timeouts?: { readonly tcp: number; readonly tcpfin: number; readonly udp: number }
  lvs_flush?: boolean
  lvs_flush_on_stop?: 'all' | 'vs'
  lvs_sync_daemon?: SyncDaemonDraft
  vrrp_mcast_group4?: IpAddress
  vrrp_mcast_group6?: IpAddress
  vrrp_garp_master_delay?: number
  vrrp_garp_master_repeat?: number
  vrrp_garp_master_refresh?: number
  vrrp_garp_master_refresh_repeat?: number
  vrrp_garp_lower_prio_delay?: number
  vrrp_garp_lower_prio_repeat?: number
  vrrp_down_timer_adverts?: number
  vrrp_garp_interval?: Micros
  vrrp_gna_interval?: Micros
  vrrp_min_garp?: boolean
  vrrp_garp_extra_if?: { readonly all: boolean; readonly interval: number }
  vrrp_lower_prio_no_advert?: boolean
  vrrp_higher_prio_send_advert?: boolean
  vrrp_version?: number
  vrrp_iptables?: readonly string[]
  vrrp_ipsets?: readonly string[]
  nftables?: string
  nftables_priority?: number
  nftables_ifindex?: boolean
  vrrp_check_unicast_src?: boolean
  vrrp_skip_check_adv_addr?: boolean
  vrrp_strict?: boolean
  vrrp_priority?: number
  vrrp_no_swap?: boolean
  vrrp_rt_priority?: number
  vrrp_cpu_affinity?: readonly number[]
  vrrp_rlimit_rttime?: number
  nftables_ipvs?: string
  nftables_ipvs_priority?: number
  nftables_ipvs_start_fwmark?: number
  nftables_counters?: boolean
  notify_fifo?: FifoDraft
  notify_fifo_script?: Command
  vrrp_notify_fifo?: FifoDraft
  vrrp_notify_fifo_script?: Command
  lvs_notify_fifo?: FifoDraft
  lvs_notify_fifo_script?: Command
  vrrp_notify_priority_changes?: boolean
  fifo_write_vrrp_states_on_reload?: boolean
  checker_priority?: number
  checker_no_swap?: boolean
  checker_rt_priority?: number
  checker_cpu_affinity?: readonly number[]
  checker_rlimit_rttime?: number
  bfd_priority?: number
  bfd_no_swap?: boolean
  bfd_rt_priority?: number
  bfd_cpu_affinity?: readonly number[]
  bfd_rlimit_rttime?: number
  script_user?: { readonly user: string; readonly group: string | undefined; readonly known: boolean }
  enable_script_security?: boolean
  enable_script_security_at?: LogicalLine
  vrrp_netlink_cmd_rcv_bufs?: number
  vrrp_netlink_cmd_rcv_bufs_force?: boolean
  vrrp_netlink_monitor_rcv_bufs?: number
  vrrp_netlink_monitor_rcv_bufs_force?: boolean
  process_monitor_rcv_bufs?: number
  process_monitor_rcv_bufs_force?: boolean
  lvs_netlink_cmd_rcv_bufs?: number
  lvs_netlink_cmd_rcv_bufs_force?: boolean
  lvs_netlink_monitor_rcv_bufs?: number
  lvs_netlink_monitor_rcv_bufs_force?: boolean
  rs_init_notifies?: boolean
  no_checker_emails?: boolean
  vrrp_rx_bufs_policy?: 'MTU' | 'ADVERT' | number
  vrrp_rx_bufs_multiplier?: number
  vrrp_startup_delay?: Micros
  vrrp_delay_after_boot?: Micros
  log_unknown_vrids?: boolean
  vrrp_owner_ignore_adverts?: boolean
  vmac_prefix?: string
  vmac_addr_prefix?: string
  umask?: number
  random_seed?: number
  reload_check_config?: string
  reload_time_file?: string
  reload_repeat?: boolean
  reload_file?: string
  include_check?: IncludeCheck
  config_save_dir?: string
  tmp_config_directory?: string
  data_use_instance?: boolean
  json_version?: number
  iproute_usr_dir?: string
  iproute_etc_dir?: string
  state_dump_file?: string
  stats_dump_file?: string
  json_dump_file?: string
}

const UINT = 4_294_967_295
const report = { missing: 'report' } as const

/** `global_defs { }`: daemon-wide settings; the block may come often and merges. */
export const globalDefs: Table<GlobalDraft> = {
  process_names: flag('give the children their own process names', { since: '2.0.16', acted: true }),
  process_name: limitedName('name of the supervising process', { default: 'keepalived', since: '2.0.16', acted: true }),
  vrrp_process_name: limitedName('name of the vrrp process', { build: 'VRRP', default: 'process_name', since: '2.0.16', acted: true }),
  checker_process_name: limitedName('name of the checker process', { build: 'LVS', default: 'process_name', since: '2.2.0', acted: true }),
  lvs_process_name: limitedName('name of the checker process, old word', {
    slot: 'checker_process_name',
    deprecated: 'checker_process_name',
    build: 'LVS',
    default: 'process_name',
    since: '2.0.16',
    acted: true,
  }),
  bfd_process_name: limitedName('name of the bfd process', { build: 'BFD', default: 'process_name', since: '2.0.16', acted: true }),
  use_symlink_paths: bool('do not resolve links in script paths', { default: 'off', since: '2.3.0', acted: true }),
  set_supplementary_groups: bool('scripts get all groups of their user', { default: 'off', since: '2.4.3', acted: true }),
  router_id: text('what this machine calls itself in mail', { ...report, default: 'host name', since: '1.1.8', acted: true }),
  notification_email_from: leaf(
    '<address>',
    'sender of mail',
    { default: 'the user and host that it runs on', since: '1.0.0', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word === undefined) return
      if (statement.words.length > 2)
        context.report('general', 'extra-argument', 'notification_email_from takes one address', 'quotes around an address with blanks', 2)
      draft.notification_email_from = word
    },
  ),
  smtp_server: smtpServer({ default: 'none', since: '1.0.0', acted: true }),
  smtp_helo_name: text('name in the HELO of mail', { missing: 'ignore', default: 'host name', since: '1.2.20', acted: true }),
  smtp_connect_timeout: whole('seconds to reach the mail server', {
    min: 0,
    max: 4294,
    atLeast: 1,
    default: '30',
    since: '1.0.0',
    acted: true,
  }),
  notification_email: wordList('<address> ...', 'who gets mail', { since: '1.0.0', acted: true }, (draft, words, _statement, context) => {
    if (words.length === 0) return context.report('general', 'empty-block', 'notification_email is empty', 'addresses', 0)
    draft.notification_email = [...(draft.notification_email ?? []), ...words]
  }),
  smtp_alert: bool('mail by default', { default: 'as the specific keywords say', since: '2.0.0', acted: true }),
  startup_script: command('run before the children start', { ...report, twice: 'keep', since: '2.1.0', acted: true }),
  startup_script_timeout: whole('seconds the start script may take', {
    ...report,
    min: 1,
    max: 1000,
    default: '10',
    since: '2.1.0',
    acted: true,
  }),
  shutdown_script: command('run after the children ended', { ...report, twice: 'keep', since: '2.1.0', acted: true }),
  shutdown_script_timeout: whole('seconds the stop script may take', {
    ...report,
    min: 1,
    max: 1000,
    default: '10',
    since: '2.1.0',
    acted: true,
  }),
  max_auto_priority: optionalWhole('highest real-time priority taken by itself when late', {
    min: -1,
    max: 99,
    bare: 99,
    default: '0',
    since: '2.1.0',
    acted: true,
  }),
  min_auto_priority_delay: whole('lateness in microseconds that raises the priority', {
    min: 1,
    max: 10_000_000,
    default: '1000000',
    since: '2.1.0',
    acted: true,
  }),
  smtp_alert_vrrp: bool('mail by default for instances', { build: 'VRRP', default: 'smtp_alert', since: '2.0.0', acted: true }),
  smtp_alert_checker: bool('mail by default for servers', { build: 'LVS', default: 'smtp_alert', since: '2.0.0', acted: true }),
  checker_log_all_failures: bool('log each failed check', { default: 'off', build: 'LVS', since: '2.0.11', acted: true }),
  dynamic_interfaces: dynamicInterfaces({ default: 'off', build: 'VRRP', since: '2.0.0', acted: true }),
  no_email_faults: flag('no mail about faults', { build: 'VRRP', since: '2.0.0', acted: true }),
  default_interface: text('interface of static addresses without dev', {
    ...report,
    grammar: '<ifname>',
    default: 'eth0',
    build: 'VRRP',
    since: '1.2.24',
    acted: true,
  }),
  disable_local_igmp: flag('stop the kernel from reporting link-local groups', { build: 'VRRP', since: '2.2.0', acted: true }),
  v3_checksum_as_v2: flag('VRRPv3 sums over IPv4 leave out the pseudo header', { build: 'VRRP', since: '2.2.8', acted: true }),
  lvs_timeouts: lvsTimeouts({ build: 'LVS', default: 'of the kernel', since: '1.2.24', acted: true }),
  lvs_flush: flag('empty the ip_vs table at the start', { build: 'LVS', since: '1.2.23', acted: true }),
  lvs_flush_on_stop: flushOnStop('empty the ip_vs table at the end, in one go', {
    build: 'LVS',
    default: 'off',
    since: '2.2.0',
    acted: true,
  }),
  lvs_flush_onstop: flushOnStop('old word for lvs_flush_on_stop', {
    deprecated: 'lvs_flush_on_stop',
    build: 'LVS',
    since: '2.0.15',
    acted: true,
  }),
  lvs_sync_daemon: lvsSyncDaemon({ build: 'LVS+VRRP', since: '1.2.20', acted: true }),
  vrrp_mcast_group4: group(4, 'where IPv4 adverts go', { default: '224.0.0.18', build: 'VRRP', since: '1.2.10', acted: true }),
  vrrp_mcast_group6: group(6, 'where IPv6 adverts go', { default: 'ff02::12', build: 'VRRP', since: '1.2.10', acted: true }),
  vrrp_garp_master_delay: whole('seconds to the second burst of announcements', {
    min: 0,
    max: 4294,
    default: '5',
    build: 'VRRP',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_garp_master_repeat: whole('announcements per burst', {
    min: 0,
    max: UINT,
    atLeast: 1,
    default: '5',
    build: 'VRRP',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_garp_master_refresh: whole('seconds between announcements while master', {
    min: 0,
    max: UINT,
    default: '0',
    build: 'VRRP',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_garp_master_refresh_repeat: whole('announcements per refresh', {
    min: 0,
    max: UINT,
    atLeast: 1,
    default: '1',
    build: 'VRRP',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_garp_lower_prio_delay: whole('seconds to the second burst after a lower advert', {
    min: 0,
    max: 4294,
    build: 'VRRP',
    default: 'vrrp_garp_master_delay',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_garp_lower_prio_repeat: whole('announcements after a lower advert', {
    min: 0,
    max: 2_147_483_647,
    build: 'VRRP',
    default: 'vrrp_garp_master_repeat',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_down_timer_adverts: whole('missed adverts until the master is down', {
    min: 1,
    max: 100,
    default: '3',
    build: 'VRRP',
    since: '2.2.3',
    acted: true,
  }),
  vrrp_garp_interval: seconds('between gratuitous ARPs on a link', {
    min: 0.000001,
    max: 4294.967295,
    default: '0',
    build: 'VRRP',
    since: '1.2.21',
    acted: true,
  }),
  vrrp_gna_interval: seconds('between unsolicited advertisements on a link', {
    min: 0.000001,
    max: 4294.967295,
    default: '0',
    build: 'VRRP',
    since: '1.2.21',
    acted: true,
  }),
  vrrp_min_garp: bool('one announcement, no second burst', { default: 'off', build: 'VRRP', since: '2.0.12', acted: true }),
  vrrp_garp_extra_if: extraInterfaces('announce on other interfaces every so many seconds', { since: '2.2.3', acted: true }),
  vrrp_vmac_garp_intvl: extraInterfaces('old word for vrrp_garp_extra_if', {
    deprecated: 'vrrp_garp_extra_if',
    since: '2.2.0',
    acted: true,
  }),
  vrrp_lower_prio_no_advert: bool('no answer to lower adverts', { default: 'off', build: 'VRRP', since: '1.2.20', acted: true }),
  vrrp_higher_prio_send_advert: bool('one advert before yielding', { default: 'off', build: 'VRRP', since: '1.3.5', acted: true }),
  vrrp_version: whole('protocol version of IPv4 instances', { min: 2, max: 3, default: '2', build: 'VRRP', since: '1.2.20', acted: true }),
  vrrp_iptables: names(['INPUT', 'OUTPUT'], 27, '[<in chain> [<out chain>]]', 'chains that drop what is sent to virtual addresses', {
    build: 'IPTABLES',
    default: 'off; alone INPUT and OUTPUT',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_ipsets: names([], 31, '[<set> ...]', 'names of the address sets', { build: 'LIBIPSET', since: '1.2.20', acted: true }),
  nftables: tableName('table that filters for virtual addresses', 'keepalived', { build: 'NFTABLES', since: '2.0.11', acted: true }),
  nftables_priority: whole('priority of its chains', {
    min: -2_147_483_648,
    max: 2_147_483_647,
    default: '-1',
    build: 'NFTABLES',
    since: '2.0.11',
    acted: true,
  }),
  nftables_ifindex: flag('sets hold the number of a link, not its name', { build: 'NFTABLES', since: '2.0.11', acted: true }),
  vrrp_check_unicast_src: flag('adverts must come from a listed peer', { build: 'VRRP', since: '1.2.20', acted: true }),
  vrrp_skip_check_adv_addr: bool('trust the addresses of a master already checked', {
    default: 'off',
    build: 'VRRP',
    since: '1.2.20',
    acted: true,
  }),
  vrrp_strict: bool('hold instances to the RFC', { default: 'off', build: 'VRRP', since: '1.2.20', acted: true }),
  vrrp_priority: nice('vrrp', { build: 'VRRP', since: '1.2.20', acted: true }),
  vrrp_no_swap: flag('keep the vrrp process in memory', { build: 'VRRP', since: '1.2.20', acted: true }),
  vrrp_rt_priority: limitedPriority('vrrp', { build: 'VRRP', default: 'off', since: '2.0.0', acted: true }),
  vrrp_cpu_affinity: affinity('vrrp', { build: 'VRRP', default: 'any', since: '2.0.17', acted: true }),
  vrrp_rlimit_rttime: rlimit('vrrp', { build: 'VRRP', since: '2.1.0', acted: true }),
  vrrp_rlimit_rtime: oldRlimit('vrrp', 'VRRP'),
  nftables_ipvs: tableName('table that marks packets of server groups', 'keepalived_ipvs', { build: 'NFTABLES+LVS', since: '2.2.2' }),
  nftables_ipvs_priority: whole('priority of its chains', {
    min: -2_147_483_648,
    max: 2_147_483_647,
    default: '-1',
    build: 'NFTABLES+LVS',
    since: '2.2.2',
  }),
  nftables_ipvs_start_fwmark: whole('first mark given to server groups', {
    min: 1,
    max: UINT,
    default: '1000',
    build: 'NFTABLES+LVS',
    since: '2.2.2',
  }),
  nftables_counters: flag('count packets in the rules', { build: 'NFTABLES', since: '2.0.11', acted: true }),
  notify_fifo: fifo('pipe with all events', { since: '1.3.6', acted: true }),
  notify_fifo_script: command('reader of notify_fifo', { ...report, twice: 'keep', since: '1.3.6', acted: true }),
  vrrp_notify_fifo: fifo('pipe with the events of instances', { build: 'VRRP', since: '1.3.6', acted: true }),
  vrrp_notify_fifo_script: command('reader of vrrp_notify_fifo', { ...report, twice: 'keep', build: 'VRRP', since: '1.3.6', acted: true }),
  vrrp_notify_priority_changes: bool('tell changes of priority too', { default: 'off', build: 'VRRP', since: '2.0.16', acted: true }),
  fifo_write_vrrp_states_on_reload: flag('tell all states again after a reload', { build: 'VRRP', since: '2.2.5', acted: true }),
  lvs_notify_fifo: fifo('pipe with the events of servers', { build: 'LVS', since: '1.3.6', acted: true }),
  lvs_notify_fifo_script: command('reader of lvs_notify_fifo', { ...report, twice: 'keep', build: 'LVS', since: '1.3.6', acted: true }),
  checker_priority: nice('checker', { build: 'LVS', since: '1.2.20', acted: true }),
  checker_no_swap: flag('keep the checker process in memory', { build: 'LVS', since: '1.2.20', acted: true }),
  checker_rt_priority: limitedPriority('checker', { build: 'LVS', default: 'off', since: '2.0.0', acted: true }),
  checker_cpu_affinity: affinity('checker', { build: 'LVS', default: 'any', since: '2.0.17', acted: true }),
  checker_rlimit_rttime: rlimit('checker', { build: 'LVS', since: '2.1.0', acted: true }),
  checker_rlimit_rtime: oldRlimit('checker', 'LVS'),
  bfd_priority: nice('bfd', { build: 'BFD', since: '2.0.0', acted: true }),
  bfd_no_swap: flag('keep the bfd process in memory', { build: 'BFD', since: '2.0.0', acted: true }),
  bfd_rt_priority: limitedPriority('bfd', { build: 'BFD', default: 'off', since: '2.0.0', acted: true }),
  bfd_cpu_affinity: affinity('bfd', { build: 'BFD', default: 'any', since: '2.0.17', acted: true }),
  bfd_rlimit_rttime: rlimit('bfd', { build: 'BFD', since: '2.1.0', acted: true }),
  bfd_rlimit_rtime: oldRlimit('bfd', 'BFD'),
  snmp_socket: missingFrom('SNMP', '<address>', 'where the SNMP agent listens', '1.2.20'),
  enable_traps: missingFrom('SNMP', '', 'send SNMP traps', '1.2.5'),
  enable_snmp_vrrp: missingFrom('SNMP', '', 'answer SNMP about instances', '2.0.0'),
  enable_snmp_keepalived: missingFrom('SNMP', '', 'old word for enable_snmp_vrrp', '1.2.20'),
  enable_snmp_rfc: missingFrom('SNMP', '', 'answer both VRRP MIBs', '1.2.20'),
  enable_snmp_rfcv2: missingFrom('SNMP', '', 'answer the VRRPv2 MIB', '1.2.20'),
  enable_snmp_rfcv3: missingFrom('SNMP', '', 'answer the VRRPv3 MIB', '1.2.20'),
  enable_snmp_checker: missingFrom('SNMP', '', 'answer SNMP about servers', '1.2.20'),
  snmp_vs_stats_update_interval: missingFrom('SNMP', '<seconds 0.001..30>', 'age of virtual server counters in SNMP', '2.3.0'),
  snmp_rs_stats_update_interval: missingFrom('SNMP', '<seconds 0.001..30>', 'age of real server counters in SNMP', '2.3.0'),
  enable_dbus: missingFrom('DBUS', '', 'offer D-Bus objects', '1.3.0'),
  dbus_service_name: missingFrom('DBUS', '<str>', 'name on the bus', '1.3.7'),
  dbus_no_interface_name: missingFrom('DBUS', '<str>', 'path of instances without interface', '2.3.0'),
  script_user: scriptUser({ since: '1.3.0', acted: true }),
  enable_script_security: leaf('', 'refuse scripts that others could change', { since: '1.3.0', acted: true }, (draft, statement) => {
    draft.enable_script_security = true
    draft.enable_script_security_at = statement.line
  }),
  vrrp_netlink_cmd_rcv_bufs: bufferBytes('commands of the vrrp process', { build: 'VRRP', since: '2.0.0', acted: true }),
  vrrp_netlink_cmd_rcv_bufs_force: bool('over the system limit too', { default: 'off', build: 'VRRP', since: '2.0.0', acted: true }),
  vrrp_netlink_monitor_rcv_bufs: bufferBytes('notifications of the vrrp process', { build: 'VRRP', since: '2.0.0', acted: true }),
  vrrp_netlink_monitor_rcv_bufs_force: bool('over the system limit too', { default: 'off', build: 'VRRP', since: '2.0.0', acted: true }),
  process_monitor_rcv_bufs: bufferBytes('events of processes', { build: 'TRACK_PROCESS', since: '2.0.11', acted: true }),
  process_monitor_rcv_bufs_force: bool('over the system limit too', {
    default: 'off',
    build: 'TRACK_PROCESS',
    since: '2.0.11',
    acted: true,
  }),
  lvs_netlink_cmd_rcv_bufs: bufferBytes('commands of the checker process', { build: 'LVS', acted: true, since: '2.0.0' }),
  lvs_netlink_cmd_rcv_bufs_force: bool('over the system limit too', { default: 'off', acted: true, build: 'LVS', since: '2.0.0' }),
  lvs_netlink_monitor_rcv_bufs: bufferBytes('notifications of the checker process', { build: 'LVS', acted: true, since: '2.0.0' }),
  lvs_netlink_monitor_rcv_bufs_force: bool('over the system limit too', { default: 'off', acted: true, build: 'LVS', since: '2.0.0' }),
  rs_init_notifies: bool('notify of servers that are up from the start', { default: 'off', acted: true, build: 'LVS', since: '2.0.0' }),
  no_checker_emails: bool('mail only about changes of the pool', { default: 'off', build: 'LVS', since: '2.0.0', acted: true }),
  vrrp_rx_bufs_policy: receiveBuffers({ build: 'VRRP', default: 'of the kernel', since: '2.0.3', acted: true }),
  vrrp_rx_bufs_multiplier: whole('times what the policy says', {
    ...report,
    min: 1,
    max: UINT,
    default: '3',
    build: 'VRRP',
    since: '2.0.3',
    acted: true,
  }),
  vrrp_startup_delay: seconds('before any advert is sent or heard', {
    min: 0.001,
    max: 4294.967295,
    default: '0',
    build: 'VRRP',
    since: '2.0.14',
    acted: true,
  }),
  vrrp_delay_after_boot: seconds('that the machine must be up', {
    min: 0.001,
    max: 4294.967295,
    default: '0',
    build: 'VRRP',
    since: '2.4.0',
    acted: true,
  }),
  log_unknown_vrids: flag('log adverts of routers not configured', { build: 'VRRP', since: '2.0.16', acted: true }),
  vrrp_owner_ignore_adverts: bool('address owners do not listen', { default: 'off', build: 'VRRP', since: '2.3.3', acted: true }),
  vmac_prefix: prefix('vrrp', { since: '2.2.0', acted: true }),
  vmac_addr_prefix: prefix('vmac_prefix', { since: '2.2.0', acted: true }),
  umask: umask({ default: '0177', since: '2.0.9', acted: true }),
  random_seed: whole('seed of random numbers; without effect', { min: 0, max: UINT, default: 'the time', since: '2.0.15', acted: true }),
  reload_check_config: optionalText('test a new file before a reload', '/dev/null', { default: 'off', since: '2.2.0', acted: true }),
  reload_time_file: firstText('file with the time of a reload', { grammar: '<path>', since: '2.1.0', acted: true }),
  reload_repeat: flag('reload daily', { since: '2.1.0', acted: true }),
  reload_file: optionalText('a file that exists while a reload runs', '', {
    default: 'off; alone beside the pid file, .reload in place of .pid',
    since: '2.2.0',
    acted: true,
  }),
  include_check: leaf(
    '[[+|-]read|match|wildcard_match|brace_match] ...',
    'which missing includes are fatal',
    { default: 'off; alone all', since: '2.2.0', acted: true },
    (_draft, statement, context) => {
      context.onIncludeCheck?.(statement.words.slice(1))
    },
  ),
  config_save_dir: text('where configurations are kept around a reload', { grammar: '<path>', since: '2.2.3', acted: true }),
  tmp_config_directory: text('where a copy for the children would lie; here they get theirs by message', {
    grammar: '<path>',
    default: 'in memory',
    since: '2.2.0',
    acted: true,
  }),
  data_use_instance: bool('dumps bear the instance name', { default: 'off', since: '2.2.3', acted: true }),
  json_version: whole('shape of the JSON dump', { ...report, min: 1, max: 2, default: '1', build: 'JSON', since: '2.2.8', acted: true }),
  iproute_usr_dir: text('where names of routing tables are', {
    ...report,
    alone: true,
    grammar: '<path>',
    build: 'VRRP',
    since: '2.3.2',
    acted: true,
  }),
  iproute_etc_dir: text('where such names are overridden', {
    ...report,
    alone: true,
    grammar: '<path>',
    build: 'VRRP',
    since: '2.3.2',
    acted: true,
  }),
  state_dump_file: text('where state is dumped', {
    ...report,
    alone: true,
    grammar: '<path>',
    default: '/tmp/keepalived.data',
    since: '2.3.3',
    acted: true,
  }),
  stats_dump_file: text('where statistics are dumped; without effect', {
    ...report,
    alone: true,
    grammar: '<path>',
    default: '/tmp/keepalived.stats',
    since: '2.3.3',
    acted: true,
  }),
  json_dump_file: text('where JSON is dumped; without effect', {
    ...report,
    alone: true,
    grammar: '<path>',
    default: '/tmp/keepalived.json',
    since: '2.3.3',
    acted: true,
  }),
}
