import { familyOf } from '../base/ip.ts'
import { type Micros, toSeconds } from '../base/units.ts'
import type { InterfaceAddress, Link } from '../core/links.ts'
import type { Tracked } from '../core/track/tracked.ts'
import type { Authentication, InstanceConfig, InterfaceDelay, StaticsConfig, VirtualAddress } from '../core/vrrp/config.ts'
import type { Endpoint } from '../core/vrrp/effects.ts'
import { advertInterface } from '../core/vrrp/own-links.ts'
import { routeText, ruleText } from '../core/vrrp/routing-text.ts'
import type { GroupStatus } from '../core/vrrp/status.ts'
import { addressText, type DumpedInstance, isGuarded, isSet, MASKED } from './instance-status.ts'
import { trackedLines, trackerLines } from './tracked-data.ts'

/** How the timers of the process kept their time. */
export interface WakeUps {
  /** Wake-ups that were more than 10 ms late, and the longest delay of all. */
  readonly late: number
  readonly longest: Micros
}

/** An endpoint, and how many datagrams its socket has lost. */
export interface DumpedEndpoint extends Endpoint {
  readonly lost: number
}

/** What keepalived.data of the vrrp process is made of, after the global definitions. */
export interface VrrpStatus {
  readonly instances: readonly DumpedInstance[]
  readonly endpoints: readonly DumpedEndpoint[]
  readonly groups: readonly GroupStatus[]
  readonly tracked: Tracked
  readonly links: readonly Link[]
  readonly addresses: ReadonlyMap<number, readonly InterfaceAddress[]>
  readonly statics?: StaticsConfig
  readonly wakeUps: WakeUps
  /** `interface_up_down_delays`, and the links whose change waits for theirs. */
  readonly delays?: readonly InterfaceDelay[]
  readonly changing?: ReadonlySet<string>
  /** Links that are asked for their carrier. */
  readonly polled?: readonly string[]
}

/** Exporters read it by indentation: one space for the object, three for its keys, five for list members. */
export function vrrpData(status: VrrpStatus, ctime: (wall: Date) => string): string {
  return [
    ...(status.statics === undefined ? [] : staticLines(status.statics)),
    '------< VRRP Topology >------',
    ...status.instances.flatMap((instance) => instanceLines(instance, status, ctime)),
    '------< VRRP Sockpool >------',
    ...status.endpoints.flatMap((endpoint) => endpointLines(endpoint, status.instances)),
    ...(status.groups.length === 0 ? [] : ['------< VRRP Sync groups >------', ...status.groups.flatMap(groupLines)]),
    ...trackedLines(
      status.tracked,
      status.instances.map(({ config }) => config),
    ),
    '------< Interfaces >------',
    ...status.links.flatMap((link) => linkLines(link, status)),
    '------< VRRP Timers >------',
    ` Late wake-ups = ${status.wakeUps.late}`,
    ` Longest delay = ${status.wakeUps.longest} usecs`,
    '',
  ].join('\n')
}

function instanceLines(
  status: DumpedInstance,
  { links, tracked }: Pick<VrrpStatus, 'links' | 'tracked'>,
  ctime: (wall: Date) => string,
): readonly string[] {
  const { config } = status
  const { garp, transport } = config
  return [
    ` VRRP Instance = ${config.name}`,
    `   VRRP Version = ${config.version}`,
    ...(status.syncGroup === undefined ? [] : [`   Sync group = ${status.syncGroup}`]),
    `   State = ${status.state}`,
    ...(status.state === 'BACKUP'
      ? [`   Master router = ${status.masterAddress ?? UNSPECIFIED[config.family]}`, `   Master priority = ${status.masterPriority}`]
      : []),
    '   Flags: none',
    `   Wantstate = ${status.wantState}`,
    '   Number of config faults = 0',
    `   Number of interface and track script faults = ${status.faults.length}`,
    `   Number of track scripts init = ${scriptsInInit(status, tracked)}`,
    `   Last transition = ${time(status.changedAt, ctime)}`,
    ...(status.timesOutAt === undefined ? [] : [`   Read timeout = ${time(status.timesOutAt, ctime)}`]),
    `   Master down timer = ${status.masterDownTime} usecs`,
    ...ownLinkLines(config, links),
    ...(config.skipCheckAdvAddr ? ['   Skip checking advert IP addresses'] : []),
    ...(config.strict ? ['   Enforcing strict VRRP compliance'] : []),
    ...(status.source === undefined ? [] : [`   Using src_ip = ${status.source}`]),
    ...(transport.kind === 'multicast'
      ? [`   Multicast address ${transport.group}`]
      : [
          ...(transport.ttl === undefined ? [] : [`   Unicast TTL = ${transport.ttl}`]),
          `   Check unicast src : ${transport.checkSource ? 'yes' : 'no'}`,
          '   Unicast Peer :',
          ...transport.peers.map(({ address, minTtl, maxTtl }) => `     ${address} min_ttl ${minTtl} max_ttl ${maxTtl}`),
        ]),
    `   Gratuitous ARP delay = ${toSeconds(garp.masterDelay)}`,
    `   Gratuitous ARP repeat = ${garp.masterRepeat}`,
    `   Gratuitous ARP refresh = ${toSeconds(garp.masterRefresh)}`,
    `   Gratuitous ARP refresh repeat = ${garp.masterRefreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${toSeconds(garp.lowerPrioDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${garp.lowerPrioRepeat}`,
    `   Down timer adverts = ${config.downTimerAdverts}`,
    ...(garp.extra === undefined ? [] : [`   Gratuitous ARP for each secondary i/f = ${toSeconds(garp.extra.every)}`]),
    `   Send advert after receive lower priority advert = ${config.lowerPrioNoAdvert ? 'false' : 'true'}`,
    `   Send advert after receive higher priority advert = ${config.higherPrioSendAdvert ? 'true' : 'false'}`,
    `   Virtual Router ID = ${config.vrid}`,
    `   Priority = ${config.priority}`,
    `   Effective priority = ${status.effectivePriority}`,
    `   Total priority = ${status.effectivePriority}`,
    `   Advert interval = ${interval(config.version, config.advertInt)}`,
    ...(config.version === 3 ? [`   Master advert interval = ${interval(3, status.masterAdvertInterval)}`] : []),
    `   Accept = ${config.noAccept === true ? 'disabled' : 'enabled'}`,
    `   Preempt = ${config.preemption.kind === 'preempt' ? 'enabled' : 'disabled'}`,
    ...(config.preemption.kind === 'preempt' && config.preemption.delay > 0
      ? [`   Preempt delay = ${toSeconds(config.preemption.delay)} secs`]
      : []),
    `   Promote_secondaries = ${config.promoteSecondaries === true ? 'enabled' : 'disabled'}`,
    ...(config.version === 2 ? authenticationLines(config.authentication) : []),
    ...addressLines(`Virtual IP (${config.virtualIpaddress.length}):`, config.virtualIpaddress, status),
    ...addressLines('Virtual IP Excluded :', config.virtualIpaddressExcluded, status),
    ...titled('Virtual Routes :', (config.virtualRoutes ?? []).map(routeText)),
    ...titled('Virtual Rules :', (config.virtualRules ?? []).map(ruleText)),
    ...trackerLines(config.trackers),
    `   Using smtp notification = ${config.notify?.mail === true ? 'yes' : 'no'}`,
    `   Notify deleted = ${config.notify?.deleted === undefined ? 'Fault' : 'Deleted'}`,
    `   Notify priority changes = ${config.notify?.priorities === true}`,
  ]
}

/** What it runs on: its interface, or the link of its own above that. */
function ownLinkLines({ interface: own, vmac, addressLinks }: InstanceConfig, links: readonly Link[]): readonly string[] {
  const elsewhere = addressLinks === undefined ? [] : ['   Use VMAC for VIPs on other interfaces']
  if (vmac === undefined) return [...elsewhere, `   Interface = ${own}`]
  const isUp = links.some(({ name, up }) => name === vmac.name && up)
  const [what, above] = vmac.type.kind === 'macvlan' ? ['VMAC', 'vmac'] : ['IPVLAN', 'ipvlan']
  return [
    `   Use ${what}, i/f name ${vmac.name}, is_up = ${isUp}, xmit_base = ${vmac.xmitBase}`,
    ...elsewhere,
    `   Interface = ${vmac.name}, ${above} on ${own}${vmac.xmitBase ? ', xmit base i/f' : ''}`,
  ]
}

function scriptsInInit({ config: { trackers } }: DumpedInstance, { scripts }: Tracked): number {
  const unknown = new Set(scripts.filter(({ condition }) => condition === 'unknown').map(({ config: { name } }) => name))
  return trackers.filter(({ kind, name }) => kind === 'script' && unknown.has(name)).length
}

const AUTHENTICATION_NAMES = { none: 'none', PASS: 'SIMPLE_PASSWORD', AH: 'IPSEC_AH' } as const

function authenticationLines({ kind }: Authentication): readonly string[] {
  return [`   Authentication type = ${AUTHENTICATION_NAMES[kind]}`, ...(kind === 'none' ? [] : [`   Password = ${MASKED}`])]
}

const UNSPECIFIED = { 4: '0.0.0.0', 6: '::' } as const

/** VRRPv2 counts in seconds, VRRPv3 in milliseconds. */
function interval(version: 2 | 3, micros: number): string {
  return version === 2 ? `${micros / 1_000_000} sec` : `${micros / 1000} milli-sec`
}

function addressLines(title: string, addresses: readonly VirtualAddress[], status: DumpedInstance): readonly string[] {
  return titled(
    title,
    addresses.map((address) => addressText(address, isSet(status, address), isGuarded(status, address))),
  )
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`   ${title}`, ...lines.map((line) => `     ${line}`)]

/** Whether they are there is not said: if somebody takes one away it comes back. */
function staticLines({ addresses, routes, rules }: StaticsConfig): readonly string[] {
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`------< Static ${title} >------`, ...lines.map((line) => `     ${line}`)]
  return [
    ...section(
      'Addresses',
      addresses.map((address) => addressText(address, true)),
    ),
    ...section('Routes', routes.map(routeText)),
    ...section('Rules', rules.map(ruleText)),
  ]
}

function time(wall: number | undefined, ctime: (wall: Date) => string): string {
  const ms = wall ?? 0
  const micros = Math.round(ms * 1000)
  const fraction = String(micros % 1_000_000).padStart(6, '0')
  const [head = '', year = ''] = splitYear(ctime(new Date(ms)))
  return `${Math.floor(micros / 1_000_000)}.${fraction} (${head}.${fraction} ${year})`
}

const splitYear = (text: string): readonly string[] => [text.slice(0, text.lastIndexOf(' ')), text.slice(text.lastIndexOf(' ') + 1)]

function endpointLines(endpoint: DumpedEndpoint, instances: readonly DumpedInstance[]): readonly string[] {
  const here = instances.filter(
    ({ config }) =>
      advertInterface(config) === endpoint.interface &&
      config.family === endpoint.family &&
      (endpoint.protocol === undefined || config.authentication.kind === 'AH'),
  )
  return [
    ` Interface = ${endpoint.interface}`,
    `   Family = IPv${endpoint.family}`,
    `   Protocol = ${endpoint.protocol === 'ah' ? 'AH' : 'VRRP'}`,
    `   Type = ${endpoint.groups.length > 0 ? 'Multicast' : 'Unicast'}`,
    `   Rx buf size = ${endpoint.receiveBuffer ?? 0}`,
    `   Rx buf overruns = ${endpoint.lost}`,
    '   VRRP instances',
    ...here.map(({ config }) => `     ${config.name} vrid ${config.vrid}`),
  ]
}

function groupLines({ name, state, members, faults, waiting }: GroupStatus): readonly string[] {
  return [
    ` VRRP Sync Group = ${name}, ${state}`,
    `   Num member fault ${faults}, num member init ${waiting}`,
    '   VRRP member instances :',
    ...members.map((member) => `     ${member}`),
    '   Using smtp notification = no',
  ]
}

function linkLines(link: Link, status: VrrpStatus): readonly string[] {
  const addresses = status.addresses.get(link.index) ?? []
  const first = (family: 4 | 6): string => addresses.find(({ prefix }) => familyOf(prefix.address) === family)?.prefix.address ?? '(none)'
  const flags = [
    upAndRunning(link),
    ...(link.loopback ? ['no broadcast', 'loopback'] : []),
    ...(link.multicast ? [] : ['no multicast']),
    ...(link.arp ? [] : ['no arp']),
  ]
  const tracking = status.instances.filter(({ config }) => config.interface === link.name && !config.dontTrackPrimary)
  return [
    ` Name = ${link.name}`,
    `   index = ${link.index}`,
    `   IPv4 address = ${first(4)}`,
    `   IPv6 address = ${first(6)}`,
    ...(link.mac === undefined ? [] : [`   MAC = ${link.mac}`]),
    `   State = ${flags.join(', ')}`,
    ...belowLines(link, status),
    ...carrierLines(link, status),
    `   MTU = ${link.mtu}`,
    `   HW Type = ${link.loopback ? 'LOOPBACK' : link.mac === undefined ? 'UNKNOWN' : 'ETHERNET'}`,
    ...(status.polled?.includes(link.name) ? ['   NIC status polled by ethtool'] : ['   NIC netlink status update']),
    ...(tracking.length === 0 ? [] : ['   Tracking VRRP instances :', ...tracking.map(({ config }) => `     ${config.name}, weight 0`)]),
  ]
}

function carrierLines({ name }: Link, { delays = [], changing }: VrrpStatus): readonly string[] {
  const delay = delays.find((one) => one.interface === name)
  return [
    `   Delayed state change running = ${changing?.has(name) === true}`,
    `   Up debounce timer = ${delay?.up ?? 0}us`,
    `   Down debounce timer = ${delay?.down ?? 0}us`,
  ]
}

const upAndRunning = ({ up, running }: Link): string => `${up ? 'UP' : 'DOWN'}${running ? ', RUNNING' : ''}`

/** Of a link of ours: the interface below it. */
function belowLines({ name }: Link, { instances, links }: VrrpStatus): readonly string[] {
  const own = instances
    .flatMap(({ config: { vmac, addressLinks = [] } }) => (vmac === undefined ? addressLinks : [vmac, ...addressLinks]))
    .find((link) => link.name === name)
  if (own === undefined) return []
  const below = links.find((link) => link.name === own.base)
  const type = own.type.kind === 'macvlan' ? 'VMAC type private' : `IPVLAN type ${own.type.mode}`
  return [
    `   ${type}, underlying interface = ${own.base}, state = ${below === undefined ? 'DOWN' : upAndRunning(below)}`,
    '   I/f created by keepalived',
  ]
}
