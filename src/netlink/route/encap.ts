import { type IpAddress, ipFromBytes } from '../../base/ip.ts'
import type { RouteEncap } from '../../core/vrrp/config.ts'
import type { Attributes, Writer } from '../attribute.ts'
import {
  ILA_ATTR_LOCATOR,
  LWTUNNEL_ENCAP_ILA,
  LWTUNNEL_ENCAP_IP,
  LWTUNNEL_ENCAP_IP6,
  LWTUNNEL_ENCAP_MPLS,
  LWTUNNEL_IP_DST,
  LWTUNNEL_IP_FLAGS,
  LWTUNNEL_IP_ID,
  LWTUNNEL_IP_SRC,
  LWTUNNEL_IP_TOS,
  LWTUNNEL_IP_TTL,
  MPLS_IPTUNNEL_DST,
  RTA_ENCAP,
  RTA_ENCAP_TYPE,
} from '../constants.ts'

type IpEncap = Extract<RouteEncap, { readonly kind: 'ip' | 'ip6' }>

/** RTA_ENCAP_TYPE and RTA_ENCAP of a route or a hop. */
export function writeEncap(writer: Writer, encap: RouteEncap): void {
  const types = { mpls: LWTUNNEL_ENCAP_MPLS, ip: LWTUNNEL_ENCAP_IP, ip6: LWTUNNEL_ENCAP_IP6, ila: LWTUNNEL_ENCAP_ILA }
  writer.attributeU16(RTA_ENCAP_TYPE, types[encap.kind])
  const nest = writer.open(RTA_ENCAP)
  switch (encap.kind) {
    case 'ip':
    case 'ip6':
      writeIp(writer, encap)
      break
    case 'mpls':
      writer.attributeBytes(MPLS_IPTUNNEL_DST, labelBytes(encap.labels))
      break
    case 'ila': {
      writer.attributeBe64(ILA_ATTR_LOCATOR, encap.locator)
    }
  }
  writer.close(nest)
}

/** Undefined without one, and for kinds that no configuration can write. */
export function readEncap(attributes: Attributes): RouteEncap | undefined {
  if (!attributes.has(RTA_ENCAP)) return undefined
  const nest = attributes.nest(RTA_ENCAP)
  switch (attributes.u16(RTA_ENCAP_TYPE)) {
    case LWTUNNEL_ENCAP_IP:
      return readIp(nest, 'ip', 4)
    case LWTUNNEL_ENCAP_IP6:
      return readIp(nest, 'ip6', 16)
    case LWTUNNEL_ENCAP_MPLS:
      return { kind: 'mpls', labels: readLabels(nest.bytes(MPLS_IPTUNNEL_DST)) }
    case LWTUNNEL_ENCAP_ILA:
      return { kind: 'ila', locator: nest.be64(ILA_ATTR_LOCATOR) }
    default:
      return undefined
  }
}

function writeIp(writer: Writer, { id, destination, source, tos, ttl, flags }: IpEncap): void {
  if (id !== undefined) writer.attributeBe64(LWTUNNEL_IP_ID, id)
  if (destination !== undefined) writer.attributeIp(LWTUNNEL_IP_DST, destination)
  if (source !== undefined) writer.attributeIp(LWTUNNEL_IP_SRC, source)
  if (tos !== undefined) writer.attributeU8(LWTUNNEL_IP_TOS, tos)
  if (ttl !== undefined) writer.attributeU8(LWTUNNEL_IP_TTL, ttl)
  if (flags !== undefined) writer.attributeBe16(LWTUNNEL_IP_FLAGS, flags)
}

function readIp(nest: Attributes, kind: 'ip' | 'ip6', size: 4 | 16): IpEncap {
  const address = (type: number): IpAddress | undefined =>
    nest.has(type) ? ipFromBytes(nest.bytes(type, size).subarray(0, size)) : undefined
  return {
    kind,
    id: nest.be64(LWTUNNEL_IP_ID),
    destination: address(LWTUNNEL_IP_DST),
    source: address(LWTUNNEL_IP_SRC),
    tos: nest.u8(LWTUNNEL_IP_TOS),
    ttl: nest.u8(LWTUNNEL_IP_TTL),
    flags: nest.be16(LWTUNNEL_IP_FLAGS),
  }
}

/** Label stack entries (RFC 3032): 20 bits of label, and the bottom-of-stack bit in the last one. */
function labelBytes(labels: readonly number[]): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((label, at) => [label >> 12, (label >> 4) & 255, ((label & 15) << 4) | (at === labels.length - 1 ? 1 : 0), 0]),
  )
}

function readLabels(bytes: Uint8Array): readonly number[] {
  const labels: number[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    labels.push(((bytes[at] ?? 0) << 12) | ((bytes[at + 1] ?? 0) << 4) | ((bytes[at + 2] ?? 0) >> 4))
  }
  return labels
}
