import { toSeconds } from '../base/units.ts'
import type { CheckGlobals } from '../core/check/config.ts'
import type { SyncDaemonConfig } from '../core/sync-daemon-config.ts'
import type { VrrpGlobals } from '../core/vrrp/config.ts'

/** What of `global_defs` the dumps show; what this program does not act on yet stands at its default. */
export interface GlobalStatus {
  readonly routerId: string
  readonly vrrp: VrrpGlobals
  readonly check: CheckGlobals
}

const yes = (value: boolean): string => (value ? 'true' : 'false')
const FLUSH_ON_STOP: { readonly [how in CheckGlobals['lvsFlushOnStop']]: string } = { no: 'disabled', all: 'enabled', vs: 'VS' }

/** The section that begins every dump. */
export function globalData({ routerId, vrrp, check }: GlobalStatus): string {
  return [
    '------< Global definitions >------',
    ' Network namespace = (default)',
    ' Network namespace ipvs = (main namespace)',
    ` Router ID = ${routerId}`,
    ' Default smtp_alert = unset',
    ' Default smtp_alert_vrrp = unset',
    ' Default smtp_alert_checker = unset',
    ` Checkers log all failures = ${yes(check.checkerLogAllFailures)}`,
    ' No test config before reload',
    ' Dynamic interfaces = false',
    ` Disable local IGMP = ${vrrp.disableLocalIgmp === true ? 'yes' : 'no'}`,
    ...syncDaemon(vrrp.syncDaemon?.instance, vrrp.syncDaemon?.daemon ?? check.syncDaemon),
    ` LVS flush = ${yes(check.lvsFlush)}`,
    ` LVS flush on stop = ${FLUSH_ON_STOP[check.lvsFlushOnStop]}`,
    ...lvsTimeouts(check),
    ' FIFO write vrrp states on reload = false',
    ' VRRP notify priority changes = false',
    ' VRRP IPv4 mcast group = 224.0.0.18',
    ' VRRP IPv6 mcast group = ff02::12',
    ` Gratuitous ARP interval = ${toSeconds(vrrp.garpInterval).toFixed(6)}`,
    ` Gratuitous NA interval = ${toSeconds(vrrp.gnaInterval).toFixed(6)}`,
    ' VRRP default protocol version = 2',
    ...(vrrp.startupDelay > 0 ? [` VRRP startup delay = ${toSeconds(vrrp.startupDelay).toFixed(6)}`] : []),
    ` Log unknown VRIDs = ${yes(vrrp.logUnknownVrids)}`,
    ' Script security disabled',
    ' umask = 0177',
    '',
  ].join('\n')
}

function syncDaemon(instance: string | undefined, daemon: SyncDaemonConfig | undefined): readonly string[] {
  if (daemon === undefined) return []
  return [
    ...(instance === undefined ? [] : [` LVS syncd vrrp instance = ${instance}`]),
    ` LVS syncd interface = ${daemon.interface}`,
    ` LVS syncd syncid = ${daemon.syncId}`,
    ...(daemon.maxLength === undefined ? [] : [` LVS syncd maxlen = ${daemon.maxLength}`]),
    ` LVS syncd mcast group = ${daemon.group}`,
    ` LVS syncd mcast port = ${daemon.port}`,
    ` LVS syncd mcast ttl = ${daemon.ttl}`,
  ]
}

function lvsTimeouts({ lvsTimeouts: timeouts }: CheckGlobals): readonly string[] {
  if (timeouts === undefined) return []
  return [` LVS timeouts: TCP ${timeouts.tcp}, TCP FIN ${timeouts.tcpFin}, UDP ${timeouts.udp}`]
}
