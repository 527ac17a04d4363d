import { toSeconds } from '../base/units.ts'
import type { ScriptCommand } from '../core/script-config.ts'
import type { Tracker } from '../core/track/config.ts'
import type { Tracked } from '../core/track/tracked.ts'
import type { StateName } from '../core/vrrp/effects.ts'
import type { NotifyConfig } from '../core/vrrp/notify-config.ts'
import { routeText, ruleText } from '../core/vrrp/routing-text.ts'
import type { InstanceStats } from '../core/vrrp/status.ts'
import { addressText, type DumpedInstance, isGuarded, isSet, MASKED } from './instance-status.ts'
import { processJson } from './process-json.ts'

/** The numbers of `state` and `wantstate`. */
export const STATE_NUMBERS: { readonly [state in StateName]: number } = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3, DELETED: 97, STOP: 98 }

const AUTH_NUMBERS = { none: 0, PASS: 1, AH: 2 } as const

/**
 * keepalived.json: in `json_version` 1 an array, in 2 an object around it with the tracked processes; undefined without an instance, for
 * then there is no file.
 */
export function jsonText(instances: readonly DumpedInstance[], version: 1 | 2 = 1, tracked?: Tracked): string | undefined {
  if (instances.length === 0) return undefined
  // Slashes are escaped as the original does; to a JSON reader it is the same.
  const list = `[${instances.map((one) => instanceJson(one, tracked)).join(',')}]`
  if (version === 1) return `${list}\n`
  const processes = (tracked?.processes ?? []).map((one) => serialized(processJson(one)))
  return processes.length === 0 ? `{"vrrp":${list}}\n` : `{"vrrp":${list},"track_process":[${processes.join(',')}]}\n`
}

function instanceJson(status: DumpedInstance, tracked: Tracked | undefined): string {
  const { config } = status
  const { garp, notify } = config
  const data: Record<string, unknown> = {
    iname: config.name,
    dont_track_primary: Number(config.dontTrackPrimary),
    skip_check_adv_addr: Number(config.skipCheckAdvAddr),
    strict_mode: Number(config.strict),
    vmac_ifname: config.vmac?.name ?? '',
    ifp_ifname: config.vmac?.name ?? config.interface,
    master_priority: status.masterPriority,
    last_transition: new SixDecimals((status.changedAt ?? 0) / 1000),
    garp_delay: toSeconds(garp.masterDelay),
    garp_refresh: toSeconds(garp.masterRefresh),
    garp_rep: garp.masterRepeat,
    garp_refresh_rep: garp.masterRefreshRepeat,
    garp_lower_prio_delay: toSeconds(garp.lowerPrioDelay),
    garp_lower_prio_rep: garp.lowerPrioRepeat,
    lower_prio_no_advert: Number(config.lowerPrioNoAdvert),
    higher_prio_send_advert: Number(config.higherPrioSendAdvert),
    vrid: config.vrid,
    base_priority: config.priority,
    effective_priority: status.effectivePriority,
    vipset: status.vipSet,
    promote_secondaries: config.promoteSecondaries === true,
    adver_int: toSeconds(config.advertInt),
    master_adver_int: toSeconds(status.masterAdvertInterval),
    accept: config.noAccept === true ? 0 : 1,
    nopreempt: config.preemption.kind === 'nopreempt',
    preempt_delay: config.preemption.kind === 'preempt' ? Math.floor(toSeconds(config.preemption.delay)) : 0,
    state: STATE_NUMBERS[status.state],
    wantstate: STATE_NUMBERS[status.wantState],
    version: config.version,
    smtp_alert: notify?.mail === true,
    notify_deleted: notify?.deleted !== undefined,
    ...scriptsOf(notify),
  }
  const addresses = (list: typeof config.virtualIpaddress): readonly string[] =>
    list.map((address) => addressText(address, isSet(status, address), isGuarded(status, address)))
  if (config.virtualIpaddress.length > 0) data['vips'] = addresses(config.virtualIpaddress)
  if (config.virtualIpaddressExcluded.length > 0) data['evips'] = addresses(config.virtualIpaddressExcluded)
  if (config.virtualRoutes !== undefined) data['vroutes'] = config.virtualRoutes.map(routeText)
  if (config.virtualRules !== undefined) data['vrules'] = config.virtualRules.map(ruleText)
  Object.assign(data, trackersOf(config, tracked))
  data['auth_type'] = AUTH_NUMBERS[config.authentication.kind]
  if (config.authentication.kind !== 'none') data['auth_data'] = MASKED
  return `{"data":${serialized(data)},"stats":${serialized(statsOf(status.stats))}}`
}

/** The command line of each notify script that there is. */
function scriptsOf(notify: NotifyConfig = {}): Readonly<Record<string, string>> {
  const { backup, master, fault, stop, deleted, any, lowerPriority } = notify
  const scripts: readonly (readonly [string, ScriptCommand | undefined])[] = [
    ['script_backup', backup],
    ['script_master', master],
    ['script_fault', fault],
    ['script_stop', stop],
    ['script_deleted', deleted === 'told' ? undefined : deleted],
    ['script', any],
    ['script_master_rx_lower_pri', lowerPriority],
  ]
  return Object.fromEntries(scripts.flatMap(([name, script]) => (script === undefined ? [] : [[name, script.argv.join(' ')]])))
}

/** What is tracked, kind by kind; scripts by their command lines. */
function trackersOf({ trackers }: DumpedInstance['config'], tracked: Tracked | undefined): Readonly<Record<string, readonly string[]>> {
  const names = (kind: Tracker['kind']): readonly string[] => trackers.filter((one) => one.kind === kind).map(({ name }) => name)
  const commandLine = (name: string): string => {
    const run = tracked?.config.scripts.find((script) => script.name === name)?.run
    return run?.kind === 'command' ? run.command.argv.map((word) => `'${word}'`).join(' ') : (run?.path ?? name)
  }
  const lists = { track_ifp: names('interface'), track_script: names('script').map(commandLine), track_process: names('process') }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}

function statsOf(stats: InstanceStats): Record<string, number> {
  return {
    advert_rcvd: stats.advert_rcvd,
    advert_sent: stats.advert_sent,
    become_master: stats.become_master,
    release_master: stats.release_master,
    packet_len_err: stats.packet_len_err,
    advert_interval_err: stats.advert_interval_err,
    ip_ttl_err: stats.ip_ttl_err,
    invalid_type_rcvd: stats.invalid_type_rcvd,
    addr_list_err: stats.addr_list_err,
    invalid_authtype: stats.invalid_authtype,
    authtype_mismatch: stats.authtype_mismatch,
    auth_failure: stats.auth_failure,
    auth_ext_missing: stats.auth_ext_missing,
    auth_ext_malformed: stats.auth_ext_malformed,
    auth_ext_unknown_key: stats.auth_ext_unknown_key,
    auth_ext_invalid_hmac: stats.auth_ext_invalid_hmac,
    auth_ext_stale: stats.auth_ext_stale,
    auth_ext_replay: stats.auth_ext_replay,
    pri_zero_rcvd: stats.pri_zero_rcvd,
    pri_zero_sent: stats.pri_zero_sent,
  }
}

/** printf's %f, which no JSON number literal of JavaScript prints. */
class SixDecimals {
  readonly #value: number
  constructor(value: number) {
    this.#value = value
  }
  toString(): string {
    return this.#value.toFixed(6)
  }
}

function serialized(members: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(members).map(
    ([name, value]) => `${JSON.stringify(name)}:${value instanceof SixDecimals ? value.toString() : text(value)}`,
  )
  return `{${parts.join(',')}}`
}

const text = (value: unknown): string => JSON.stringify(value).replaceAll('/', '\\/')
