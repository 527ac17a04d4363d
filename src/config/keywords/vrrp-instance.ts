import { type Family, familyOf, type IpAddress } from '../../base/ip.ts'
import type { UnicastPeer } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { Parsed } from '../parsed.ts'
import { alias, block, bool, flag, leaf, lines, optionalWhole, type Table, text, whole } from '../schema.ts'
import type { LogicalLine, Statement } from '../tree.ts'
import type { Command } from '../words.ts'
import { type AuthenticationDraft, authentication, authHmac, type HmacDraft } from './authentication.ts'
import { readExtraInterfaces } from './global-values.ts'
import {
  instanceAddress,
  interfaceName,
  lvsSyncInterface,
  multicastDestination,
  notify,
  priority,
  version,
  virtualRouterId,
} from './instance-values.ts'
import { trackBlocks } from './track-blocks.ts'
import type { TrackLine } from './track-lines.ts'
import { readUnicastPeer } from './unicast-peer.ts'
import { useIpvlan, useVmac, type VmacDraft } from './use-vmac.ts'
import { type AddressLine, readAddressLine } from './virtual-address.ts'
import { type RouteLine, readRouteLine } from './virtual-route.ts'
import { type RuleLine, readRuleLine } from './virtual-rule.ts'

/** `vrrp_instance NAME { }` as read; fields bear the keyword's name, absent means not written. */
export interface InstanceDraft {
  readonly name: string
  readonly line: LogicalLine
  /** Set by the first address of any kind; later ones of the other family are refused. */
  family?: Family
  use_vmac?: VmacDraft
  use_vmac_addr?: boolean
  vmac_xmit_base?: boolean
  use_ipvlan?: VmacDraft
  readonly unicast_peer: UnicastPeer[]
  /** Any word about unicast was written. */
  unicast?: boolean
  unicast_fault_no_peer?: boolean
  check_unicast_src?: boolean
  old_unicast_checksum?: 'always' | 'never'
  native_ipv6?: boolean
  state?: 'MASTER' | 'BACKUP'
  interface?: string
  /** `interface` named one that does not exist. */
  interface_missing?: boolean
  vrf?: string
  dont_track_primary?: boolean
  readonly track_interface: TrackLine[]
  readonly track_script: TrackLine[]
  readonly track_file: TrackLine[]
  readonly track_process: TrackLine[]
  readonly track_bfd: TrackLine[]
  mcast_src_ip?: IpAddress
  unicast_src_ip?: IpAddress
  mcast_dst_ip?: IpAddress
  track_src_ip?: boolean
  virtual_router_id?: number
  unicast_ttl?: number
  version?: 2 | 3
  priority?: number
  advert_int?: number
  /** Addresses that were written, alone for virtual ones and with their `dev`. */
  readonly taken: Set<string>
  readonly virtual_ipaddress: AddressLine[]
  readonly virtual_ipaddress_excluded: AddressLine[]
  no_virtual_ipaddress?: boolean
  promote_secondaries?: boolean
  linkbeat_use_polling?: boolean
  v3_checksum_as_v2?: boolean
  readonly virtual_routes: RouteLine[]
  readonly virtual_rules: RuleLine[]
  accept?: boolean
  skip_check_adv_addr?: boolean
  strict_mode?: boolean
  nopreempt?: boolean
  preempt_delay?: number
  debug?: number
  notify_backup?: Command
  notify_master?: Command
  notify_fault?: Command
  notify_stop?: Command
  notify_deleted?: Command | true
  notify?: Command
  notify_master_rx_lower_pri?: Command
  smtp_alert?: boolean
  notify_priority_changes?: boolean
  lvs_sync_daemon_interface?: string
  garp_master_delay?: number
  garp_master_refresh?: number
  garp_master_repeat?: number
  garp_master_refresh_repeat?: number
  garp_lower_prio_delay?: number
  garp_lower_prio_repeat?: number
  down_timer_adverts?: number
  timer_expired_backup?: number
  garp_extra_if?: { readonly all: boolean; readonly interval: number }
  lower_prio_no_advert?: boolean
  higher_prio_send_advert?: boolean
  owner_ignore_adverts?: boolean
  kernel_rx_buf_size?: number
  authentication?: AuthenticationDraft
  auth_hmac?: HmacDraft
}

const UINT = 4_294_967_295
const vrrp = { build: 'VRRP' } as const

const timerExpired = optionalWhole<InstanceDraft>('yield after a stall if others could be master', {
  min: 1,
  max: 254,
  bare: 254,
  slot: 'timer_expired_backup',
  default: 'off',
  ...vrrp,
  since: '2.2.8',
  acted: true,
})
const extraIf = (summary: string, since: string, deprecated?: string) =>
  leaf<InstanceDraft, { readonly all: boolean; readonly interval: number }>(
    '[all] <uint 0..86400>',
    summary,
    { build: 'VMAC', since, default: 'vrrp_garp_extra_if', acted: true, ...(deprecated === undefined ? {} : { deprecated }) },
    (draft, statement, context) => {
      if (deprecated !== undefined) context.report('deprecated', 'deprecated', `${statement.keyword} is the old word`, deprecated, 0)
      const value = readExtraInterfaces(statement, context, 0)
      if (value !== undefined) draft.garp_extra_if = value
    },
  )

/** `vrrp_instance NAME { }`: one virtual router. */
export const vrrpInstance: Table<InstanceDraft> = {
  use_vmac: useVmac({ since: '1.2.3', acted: true }),
  use_vmac_addr: flag('own links for addresses of other interfaces', { build: 'VMAC', since: '2.2.0', acted: true }),
  vmac_xmit_base: flag('adverts on the link below', { build: 'VMAC', since: '1.2.10', acted: true }),
  use_ipvlan: useIpvlan({ since: '2.0.17', acted: true }),
  unicast_peer: lines(
    '<ip> [min_ttl <0..255>] [max_ttl <0..255>]',
    'who gets unicast adverts',
    { ...vrrp, since: '1.2.8', acted: true },
    {
      open(draft) {
        draft.unicast = true
        return true
      },
      line(draft, words, context) {
        const peer = readUnicastPeer(words, context, {
          instance: draft.name,
          family: draft.family,
          peers: { has: (address) => draft.unicast_peer.some((peer) => peer.address === address) },
        })
        if (peer === undefined) return
        draft.family ??= familyOf(peer.address)
        draft.unicast_peer.push(peer)
      },
    },
  ),
  unicast_fault_no_peer: flag('fault, not multicast, when no peer is listed', { ...vrrp, since: '2.2.5', acted: true }),
  check_unicast_src: leaf(
    '',
    'adverts must come from a listed peer',
    { ...vrrp, default: 'vrrp_check_unicast_src', since: '2.1.0', acted: true },
    (draft) => {
      draft.check_unicast_src = true
      draft.unicast = true
    },
  ),
  old_unicast_checksum: leaf(
    '[never]',
    'sums of VRRPv3 unicast as before 1.3.7',
    { build: 'OLD_CHKSUM_COMPAT', default: 'found out once', since: '1.3.7', acted: true },
    (draft, statement, context) => {
      const word = statement.words[1]
      if (word !== undefined && word !== 'never') return context.report('general', 'bad-choice', `'${word}' is unknown`, 'never', 1)
      draft.old_unicast_checksum = word ?? 'always'
      draft.unicast = true
    },
  ),
  native_ipv6: leaf('', 'an IPv6 router of version 3', { ...vrrp, since: '1.2.1', acted: true }, (draft, _statement, context) => {
    if (draft.family === 4)
      return context.report('general', 'bad-family', 'the instance is IPv4 already', 'native_ipv6 before any IPv4 address', 0)
    draft.family = 6
    draft.native_ipv6 = true
    draft.version ??= 3
  }),
  state: leaf(
    'MASTER | BACKUP',
    'state to begin with',
    { default: 'BACKUP', ...vrrp, since: '1.0.0', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      if (word === undefined) return
      if (word === 'MASTER' || word === 'BACKUP') draft.state = word
      else {
        context.report('general', 'bad-state', `state '${word}' is unknown; BACKUP is taken`, 'MASTER or BACKUP', 1)
        draft.state = 'BACKUP'
      }
    },
  ),
  interface: interfaceName({ ...vrrp, default: 'required, but for unicast with a source', since: '1.0.0', acted: true }),
  vrf: text('routing domain of a unicast instance', { grammar: '<ifname>', twice: 'keep', build: 'VRF', since: '2.2.5' }),
  dont_track_primary: flag('no fault when the own interface fails', { ...vrrp, since: '1.1.8', acted: true }),
  ...trackBlocks(),
  mcast_src_ip: instanceAddress('mcast_src_ip', 'source of adverts', { default: 'first address of the interface', since: '1.0.0' }),
  unicast_src_ip: instanceAddress('unicast_src_ip', 'source of unicast adverts', {
    default: 'first address of the interface',
    since: '1.2.10',
  }),
  mcast_dst_ip: multicastDestination({ ...vrrp, default: 'vrrp_mcast_group4 or vrrp_mcast_group6', since: '2.2.5', acted: true }),
  track_src_ip: flag('fault when the source address goes', { ...vrrp, since: '2.0.0', acted: true }),
  virtual_router_id: virtualRouterId({ ...vrrp, since: '1.0.0', acted: true }),
  unicast_ttl: whole('time to live of unicast adverts', { min: 0, max: 255, default: '255', ...vrrp, since: '2.1.0', acted: true }),
  version: version({ ...vrrp, default: '3 for IPv6, else vrrp_version', since: '1.2.17', acted: true }),
  priority: priority({ default: '100', ...vrrp, since: '1.0.0', acted: true }),
  advert_int: leaf(
    '<seconds 0.01..255>',
    'time between adverts',
    { default: '1', ...vrrp, since: '1.0.0', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      const value = word === undefined ? undefined : context.decimal(word, 1, { min: 0.01, max: 255, decimals: 6 })
      if (value !== undefined) draft.advert_int = value
    },
  ),
  virtual_ipaddress: addresses('virtual_ipaddress', 'addresses of the master, advertised', '1.0.0'),
  virtual_ipaddress_excluded: addresses('virtual_ipaddress_excluded', 'addresses of the master, not advertised', '1.0.0'),
  no_virtual_ipaddress: flag('an instance without addresses is meant', { ...vrrp, since: '2.2.8', acted: true }),
  promote_secondaries: flag('secondary addresses outlive the primary', { ...vrrp, since: '1.3.0', acted: true }),
  linkbeat_use_polling: leaf(
    '',
    'poll the link',
    { deprecated: 'linkbeat_interfaces', build: 'LINKBEAT', since: '2.0.0', acted: true },
    (draft, _statement, context) => {
      draft.linkbeat_use_polling = true
      context.report('general', 'deprecated', 'linkbeat_use_polling is not for instances', 'a block linkbeat_interfaces', 0)
    },
  ),
  v3_checksum_as_v2: bool('VRRPv3 sums over IPv4 leave out the pseudo header', {
    ...vrrp,
    default: 'of global_defs',
    since: '2.2.8',
    acted: true,
  }),
  virtual_routes: lines(
    '<route>',
    'routes of the master',
    { ...vrrp, since: '1.0.1', acted: true },
    {
      line(draft, words, context) {
        const route = readRouteLine(words, context, { block: 'virtual_routes' })
        if (route !== undefined) draft.virtual_routes.push(route)
      },
    },
  ),
  virtual_rules: lines(
    '<rule>',
    'routing rules of the master',
    { ...vrrp, since: '1.2.20', acted: true },
    {
      line(draft, words, context) {
        const rule = readRuleLine(words, context, { block: 'virtual_rules' })
        if (rule !== undefined) draft.virtual_rules.push(rule)
      },
    },
  ),
  accept: flag('take what is sent to virtual addresses', { ...vrrp, default: 'on, in strict mode off', since: '1.2.17', acted: true }),
  no_accept: flag('drop what is sent to virtual addresses', { slot: 'accept', to: false, build: 'IPTABLES', since: '1.3.0', acted: true }),
  // Any boolean, even off, switches it on: so does keepalived.
  skip_check_adv_addr: leaf(
    '[<bool>]',
    'trust the addresses of a master already checked',
    { ...vrrp, default: 'vrrp_skip_check_adv_addr', since: '1.2.20', acted: true },
    (draft, statement, context) => {
      const word = statement.words[1]
      if (word !== undefined && !BOOLEANS.has(word))
        return context.report('general', 'bad-boolean', `'${word}' is no boolean`, 'on, off, true, false, yes or no', 1)
      draft.skip_check_adv_addr = true
    },
  ),
  strict_mode: bool('hold this instance to the RFC', { ...vrrp, default: 'vrrp_strict', since: '1.2.20', acted: true }),
  preempt: flag('undo nopreempt', { slot: 'nopreempt', to: false, ...vrrp, default: 'on', since: '1.0.0', acted: true }),
  nopreempt: flag('let a lower priority keep mastership', { ...vrrp, since: '1.1.8', acted: true }),
  preempt_delay: leaf(
    '<seconds 0..1000>',
    'wait before preempting',
    { default: '0', ...vrrp, since: '1.1.8', acted: true },
    (draft, statement, context) => {
      const word = context.word(statement, 1)
      const value = word === undefined ? undefined : context.decimal(word, 1, { min: 0, max: 1000, decimals: 6 })
      if (value !== undefined) draft.preempt_delay = value
    },
  ),
  debug: whole('without effect', { min: 0, max: 4, default: '0', ...vrrp, since: '1.0.0', acted: true }),
  notify_backup: notify('script when backup', '1.0.0'),
  notify_master: notify('script when master', '1.0.0'),
  notify_fault: notify('script when faulty', '1.0.0'),
  notify_stop: notify('script at the end', '1.1.13'),
  notify_deleted: notify('script when a reload removes the instance', '2.1.0', { bare: true }),
  notify: notify('script at every change, told what it is', '1.1.2'),
  notify_master_rx_lower_pri: notify('script when a master hears a lower one', '2.0.6'),
  smtp_alert: bool('mail at changes', { ...vrrp, default: 'smtp_alert_vrrp, smtp_alert, else off', since: '1.0.0', acted: true }),
  notify_priority_changes: bool('tell changes of priority too', {
    ...vrrp,
    default: 'of the sync group, else vrrp_notify_priority_changes',
    since: '2.0.16',
    acted: true,
  }),
  lvs_sync_daemon_interface: lvsSyncInterface({ deprecated: 'lvs_sync_daemon', build: 'LVS+VRRP', since: '1.0.0', acted: true }),
  garp_master_delay: whole('seconds to the second burst of announcements', {
    min: 0,
    max: 4294,
    ...vrrp,
    default: 'vrrp_garp_master_delay',
    since: '1.0.0',
    acted: true,
  }),
  garp_master_refresh: whole('seconds between announcements while master', {
    min: 0,
    max: UINT,
    ...vrrp,
    default: 'vrrp_garp_master_refresh',
    since: '1.2.10',
    acted: true,
  }),
  garp_master_repeat: whole('announcements per burst', {
    min: 0,
    max: UINT,
    atLeast: 1,
    ...vrrp,
    default: 'vrrp_garp_master_repeat',
    since: '1.2.14',
    acted: true,
  }),
  garp_master_refresh_repeat: whole('announcements per refresh', {
    min: 0,
    max: UINT,
    atLeast: 1,
    ...vrrp,
    default: 'vrrp_garp_master_refresh_repeat',
    since: '1.2.14',
    acted: true,
  }),
  garp_lower_prio_delay: whole('seconds to the second burst after a lower advert', {
    min: 0,
    max: 4294,
    ...vrrp,
    default: 'vrrp_garp_lower_prio_delay, in strict mode 0',
    since: '1.2.20',
    acted: true,
  }),
  garp_lower_prio_repeat: whole('announcements after a lower advert', {
    min: 0,
    max: 2_147_483_647,
    ...vrrp,
    default: 'vrrp_garp_lower_prio_repeat, in strict mode 0',
    since: '1.2.20',
    acted: true,
  }),
  down_timer_adverts: whole('missed adverts until the master is down', {
    min: 1,
    max: 100,
    default: '3',
    ...vrrp,
    since: '2.2.3',
    acted: true,
  }),
  timer_expired_backup: timerExpired,
  thread_timer_expired: alias('timer_expired_backup', timerExpired, { deprecated: 'timer_expired_backup', since: '2.3.2', reported: true }),
  garp_extra_if: extraIf('announce on other interfaces every so many seconds', '2.2.3'),
  vmac_garp_intvl: extraIf('old word for garp_extra_if', '2.2.0', 'garp_extra_if'),
  lower_prio_no_advert: bool('no answer to lower adverts', {
    ...vrrp,
    default: 'vrrp_lower_prio_no_advert, in strict mode on',
    since: '1.2.20',
    acted: true,
  }),
  higher_prio_send_advert: bool('one advert before yielding', {
    ...vrrp,
    default: 'vrrp_higher_prio_send_advert, in strict mode off',
    since: '1.3.5',
    acted: true,
  }),
  owner_ignore_adverts: bool('as address owner do not listen', {
    ...vrrp,
    default: 'vrrp_owner_ignore_adverts, in strict mode on',
    since: '2.3.3',
    acted: true,
  }),
  kernel_rx_buf_size: whole('bytes of the receive buffer', {
    missing: 'report',
    alone: true,
    min: 0,
    max: UINT,
    ...vrrp,
    default: 'as vrrp_rx_bufs_policy says',
    since: '2.0.3',
    acted: true,
  }),
  authentication: block(
    '',
    'authentication of VRRPv2',
    { build: 'VRRP_AUTH', since: '1.0.0', acted: true },
    {
      table: authentication,
      open: (instance) => (instance.authentication ??= {}),
    },
  ),
  auth_hmac: block(
    '',
    'signed adverts',
    { build: 'VRRP_AUTH', since: '2.4.0', acted: true },
    {
      table: authHmac,
      open: (instance) => (instance.auth_hmac ??= { keys: [] }),
    },
  ),
}

/** The row of the root table. */
export const vrrpInstanceRow = block<Parsed, InstanceDraft>(
  '<name>',
  'one virtual router',
  { ...vrrp, since: '1.0.0', acted: true },
  {
    table: vrrpInstance,
    open(parsed, statement, context) {
      const name = statement.words[1]
      if (name === undefined || statement.words.length > 2) {
        context.report('general', 'missing-name', 'vrrp_instance needs one name', 'a name', 0)
        return undefined
      }
      if (parsed.vrrp.instances.has(name)) {
        context.report('general', 'duplicate-name', `vrrp_instance ${name} exists already; this block is skipped`, 'another name', 1)
        return undefined
      }
      const draft = newInstance(name, statement.line)
      parsed.vrrp.instances.set(name, draft)
      return draft
    },
    close(draft, _parsed, context) {
      if (draft.unicast_peer.length === 0 && draft.unicast_ttl !== undefined) {
        context.report(
          'general',
          'unicast-ttl',
          `(${draft.name}): Cannot use unicast_ttl without unicast peers - resetting`,
          'a block unicast_peer',
          0,
        )
      }
      if (draft.unicast !== true || draft.use_vmac === undefined || draft.vmac_xmit_base === true) return
      context.report(
        'general',
        'vmac-unicast',
        `(${draft.name}) unicast with use_vmac requires vmac_xmit_base - setting`,
        'vmac_xmit_base',
        0,
      )
    },
  },
)

export function newInstance(name: string, line: LogicalLine): InstanceDraft {
  return {
    name,
    line,
    unicast_peer: [],
    track_interface: [],
    track_script: [],
    track_file: [],
    track_process: [],
    track_bfd: [],
    taken: new Set(),
    virtual_ipaddress: [],
    virtual_ipaddress_excluded: [],
    virtual_routes: [],
    virtual_rules: [],
  }
}

const BOOLEANS: ReadonlySet<string> = new Set(['on', 'off', 'true', 'false', 'yes', 'no'])

function addresses(name: 'virtual_ipaddress' | 'virtual_ipaddress_excluded', summary: string, since: string) {
  return lines<InstanceDraft>(
    '<address> [<option>] ...',
    summary,
    { ...vrrp, since, acted: true },
    {
      line(draft, words, context) {
        const line = readAddressLine(words, context, { block: name, hasDefaultInterface: false })
        if (line === undefined) return
        if (name === 'virtual_ipaddress' ? !accepts(draft, line, context) : isAdvertised(draft, line, context)) return
        draft[name].push(line)
      },
    },
  )
}

/** An excluded address may be a virtual one only on another link. */
function isAdvertised(draft: InstanceDraft, line: AddressLine, context: Context): boolean {
  const { address } = line.prefix
  if (!isNew(draft, `${address} ${line.interface}`)) {
    context.report('general', 'duplicate-address', `(${draft.name}): ${address} is there already`, 'each address once', 0)
    return true
  }
  return false
}

/** False if the instance has it already. */
function isNew({ taken }: InstanceDraft, key: string): boolean {
  const { size } = taken
  return taken.add(key).size > size
}

/** The first address fixes the family; the same address twice is one. */
function accepts(draft: InstanceDraft, line: AddressLine, context: Context): boolean {
  const family = familyOf(line.prefix.address)
  if (draft.family !== undefined && draft.family !== family) {
    context.report(
      'general',
      'bad-family',
      `${line.prefix.address} is not IPv${draft.family} as the instance; it is left out`,
      `an IPv${draft.family} address`,
      0,
    )
    return false
  }
  if (!isNew(draft, line.prefix.address)) {
    context.report('general', 'duplicate-address', `${line.prefix.address} is there already`, 'each address once', 0)
    return false
  }
  isNew(draft, `${line.prefix.address} ${line.interface}`)
  draft.family = family
  return true
}

export type { Statement }
