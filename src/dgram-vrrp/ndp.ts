import { internetChecksum } from 'linux-syscalls/checksum'
import { addressToBytes, macToBytes } from './address.ts'

/**
 * An unsolicited neighbour advertisement to all nodes as an Ethernet frame of 86 bytes: `address` is at `mac`, override what you
 * knew (RFC 4861 §4.4, RFC 9568 §8.2.2). `router` is the R flag: whether the sender forwards.
 */
export function encodeNeighbourAdvertisement({ address, mac, router }: { address: string; mac: string; router: boolean }): Uint8Array {
  const hardware = macToBytes(mac)
  const target = addressToBytes(address, 6)
  const message = Uint8Array.from([
    ...[neighbourAdvertisement, 0, 0, 0], // type, code, checksum
    ...[router ? 0xa0 : 0x20, 0, 0, 0], // R and O; S is for answers
    ...target,
    ...[2, 1], // option: target link-layer address, 8 bytes
    ...hardware,
  ])
  const pseudoHeader = [...target, ...allNodes, 0, 0, 0, message.length, 0, 0, 0, icmpv6]
  new DataView(message.buffer).setUint16(2, internetChecksum(Uint8Array.from(pseudoHeader), message))
  return Uint8Array.from([
    ...[0x33, 0x33, 0, 0, 0, 1], // the multicast address of all nodes
    ...hardware,
    ...[0x86, 0xdd], // EtherType IPv6
    ...[0x60, 0, 0, 0, 0, message.length, icmpv6, 255], // version, payload length, next header, hop limit
    ...target,
    ...allNodes,
    ...message,
  ])
}

const neighbourAdvertisement = 136
const icmpv6 = 58
const allNodes = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
