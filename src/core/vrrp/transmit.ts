import { AUTH_TYPES, type ChecksumForm, passwordField } from 'dgram-vrrp/codec'
import type { IpAddress } from '../../base/ip.ts'
import { toCentiseconds } from '../../base/units.ts'
import type { AuthHmac, InstanceConfig } from './config.ts'
import type { SendAdvertEffect } from './effects.ts'

/** What an advert is made of. */
export interface Sender {
  readonly config: InstanceConfig
  /** Where it leaves. */
  readonly device: string
  readonly ifindex: number
  readonly source: IpAddress
  readonly addresses: readonly IpAddress[]
  /** An old keepalived was heard, which sums over the group address in unicast. */
  readonly oldUnicastChecksum: boolean
  /** For an authentication header. */
  readonly sequence: number
}

const NO_AUTHENTICATION = new Uint8Array(8)
const DEFAULT_GROUP = { 4: '224.0.0.18' as IpAddress, 6: 'ff02::12' as IpAddress }

export function advertEffect(sender: Sender, priority: number): SendAdvertEffect {
  const { config, device, ifindex, source, addresses } = sender
  const { transport } = config
  return {
    kind: 'send-advert',
    instance: config.name,
    interface: device,
    ifindex,
    family: config.family,
    advert: {
      version: config.version,
      type: 1,
      vrid: config.vrid,
      priority,
      intervalCs: toCentiseconds(config.advertInt),
      authType: AUTH_TYPES[config.authentication.kind],
      authData: config.authentication.kind === 'PASS' ? passwordField(config.authentication.password) : NO_AUTHENTICATION,
      addresses,
    },
    source,
    destinations:
      transport.kind === 'multicast' ? [transport.group] : transport.peers.map(({ address }) => address).filter((peer) => peer !== source),
    multicast: transport.kind === 'multicast',
    ttl: transport.kind === 'multicast' || config.family === 4 ? (ttlOf(config) ?? 255) : ttlOf(config),
    checksum: checksumForm(sender),
    group: transport.kind === 'multicast' ? transport.group : DEFAULT_GROUP[config.family],
    ...signing(config.authHmac),
    ...(config.authentication.kind === 'AH' && { seal: { password: config.authentication.password, sequence: sender.sequence } }),
  }
}

function signing(own: AuthHmac | undefined): Pick<SendAdvertEffect, 'signing'> {
  if (own === undefined || own.mode === 'receive-only') return {}
  return { signing: { key: own.activeKey, timeWindow: own.timeWindow } }
}

/** The sum that we send: see acceptableForm in receive.ts for what we take. */
function checksumForm({ config, oldUnicastChecksum }: Sender): ChecksumForm {
  if (config.family === 6) return 'pseudo-header'
  if (config.version === 2 || config.checksum.v3ChecksumAsV2) return 'message-only'
  if (config.transport.kind === 'multicast') return 'pseudo-header'
  const old = config.checksum.oldUnicastChecksum === 'always' || oldUnicastChecksum
  return old ? 'group-pseudo-header' : 'pseudo-header'
}

function ttlOf({ transport }: InstanceConfig): number | undefined {
  return transport.kind === 'unicast' ? transport.ttl : undefined
}
