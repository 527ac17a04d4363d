import type { Authentication, InstanceConfig } from '../core/vrrp/config.ts'
import type { Seat } from './pair.ts'
import { addressText, inSeconds, listed } from './phrases.ts'

/** What the two must have in common and have not, each with what comes of it. */
export function differencesOf(a: Seat, b: Seat): readonly string[] {
  return RULES.flatMap((rule) => rule(a, b))
}

/** The two will not hear, or not believe, each other. */
export const areStrangers = (differences: readonly string[]): boolean => differences.some((one) => one.endsWith(': both are master.'))

type Rule = (a: Seat, b: Seat) => readonly string[]

/** A value that both must show alike. */
const same =
  (word: string, show: (instance: InstanceConfig) => string, consequence: string): Rule =>
  (a, b) => {
    const [one, other] = [show(a.instance), show(b.instance)]
    return one === other ? [] : [`${word}: ${one} in ${a.host}, ${other} in ${b.host}. ${consequence}`]
  }

const BOTH_MASTER = 'They do not hear each other: both are master.'

const RULES: readonly Rule[] = [
  same('virtual_router_id', ({ vrid }) => String(vrid), BOTH_MASTER),
  same('address family', ({ family }) => `IPv${family}`, BOTH_MASTER),
  same('version', ({ version }) => String(version), 'Each refuses the other’s adverts: both are master.'),
  intervals,
  equalPriorities,
  same('way of adverts', ({ transport }) => transport.kind, BOTH_MASTER),
  same('multicast group', ({ transport }) => (transport.kind === 'multicast' ? transport.group : 'unicast'), BOTH_MASTER),
  peers,
  (a, b) => addresses('virtual_ipaddress', a, b, ({ virtualIpaddress }) => virtualIpaddress.map(addressText)),
  order,
  (a, b) => addresses('virtual_ipaddress_excluded', a, b, ({ virtualIpaddressExcluded }) => virtualIpaddressExcluded.map(addressText)),
  authentication,
  same(
    'auth_hmac',
    ({ authHmac }) => (authHmac === undefined ? 'off' : `on, mode ${authHmac.mode}`),
    'A node that enforces refuses what is not signed.',
  ),
  keys,
  same('v3_checksum_as_v2', ({ checksum }) => (checksum.v3ChecksumAsV2 ? 'on' : 'off'), 'Sums may be refused by other implementations.'),
]

function intervals(a: Seat, b: Seat): readonly string[] {
  const [one, other] = [a.instance, b.instance]
  if (one.advertInt === other.advertInt) return []
  const both = `advert_int: ${inSeconds(one.advertInt)} in ${a.host}, ${inSeconds(other.advertInt)} in ${b.host}.`
  if (one.version === 2 && other.version === 2) return [`${both} VRRPv2 refuses adverts with another interval: both are master.`]
  return [`${both} VRRPv3 learns the master’s interval, so failover takes longer or shorter depending on who is master.`]
}

function equalPriorities(a: Seat, b: Seat): readonly string[] {
  if (a.instance.priority !== b.instance.priority) return []
  return [`priority: ${a.instance.priority} in both. Who is master is left to chance and addresses; give one a higher priority.`]
}

/** Where both files say where adverts come from, each must list the other. */
function peers(a: Seat, b: Seat): readonly string[] {
  const missing = (self: Seat, other: Seat): readonly string[] => {
    const { transport } = self.instance
    const { source } = other.instance.transport
    if (transport.kind !== 'unicast' || source === undefined || transport.peers.some(({ address }) => address === source)) return []
    const outcome = self.instance.priority >= other.instance.priority ? ': both are master.' : '.'
    return [
      `unicast_peer: ${self.host} does not list ${source}, from where ${other.host} sends. ${other.host} never hears ${self.host}${outcome}`,
    ]
  }
  return [...missing(a, b), ...missing(b, a)]
}

function addresses(word: string, a: Seat, b: Seat, show: (instance: InstanceConfig) => readonly string[]): readonly string[] {
  const [one, other] = [show(a.instance), show(b.instance)]
  const only = (host: string, mine: readonly string[], theirs: readonly string[]): readonly string[] => {
    const extra = mine.filter((address) => !theirs.includes(address))
    return extra.length === 0
      ? []
      : [`${word}: ${listed(extra)} ${extra.length === 1 ? 'is' : 'are'} in ${host} only. A failover changes what is served.`]
  }
  return [...only(a.host, one, other), ...only(b.host, other, one)]
}

function order(a: Seat, b: Seat): readonly string[] {
  const [one, other] = [a.instance.virtualIpaddress.map(addressText), b.instance.virtualIpaddress.map(addressText)]
  const alike = one.length === other.length && one.every((address) => other.includes(address))
  if (!alike || one.every((address, i) => address === other[i])) return []
  return [
    `virtual_ipaddress: the same addresses in another order (${listed(one)} in ${a.host}, ${listed(other)} in ${b.host}). Some routers compare them in order.`,
  ]
}

/** Passwords are compared and never shown. */
function authentication(a: Seat, b: Seat): readonly string[] {
  const [one, other] = [a.instance.authentication, b.instance.authentication]
  const refused = 'Each refuses the other’s adverts: both are master.'
  if (one.kind !== other.kind) return [`auth_type: ${one.kind} in ${a.host}, ${other.kind} in ${b.host}. ${refused}`]
  return samePassword(one, other) ? [] : [`auth_pass: ******** in ${a.host}, another ******** in ${b.host}. ${refused}`]
}

function samePassword(one: Authentication, other: Authentication): boolean {
  if (one.kind === 'none' || other.kind === 'none') return true
  return one.password.length === other.password.length && one.password.every((byte, i) => byte === other.password[i])
}

function keys(a: Seat, b: Seat): readonly string[] {
  const [one, other] = [a.instance.authHmac, b.instance.authHmac]
  if (one === undefined || other === undefined) return []
  const unknown = (self: Seat, signs: typeof one, knows: typeof one): readonly string[] => {
    const known = knows.keys.some(
      ({ id, secret }) =>
        id === signs.activeKey.id &&
        secret.length === signs.activeKey.secret.length &&
        secret.every((byte, i) => byte === signs.activeKey.secret[i]),
    )
    return known
      ? []
      : [
          `auth_hmac: ${self.host} signs with key ${signs.activeKey.id} (********), which the other one does not have. Its adverts are refused.`,
        ]
  }
  return [...unknown(a, one, other), ...unknown(b, other, one)]
}
