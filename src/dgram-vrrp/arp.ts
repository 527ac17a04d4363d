import { addressToBytes, macToBytes } from './address.ts'

/**
 * A gratuitous ARP request as an Ethernet frame of 42 bytes: `address` is at `mac` (RFC 9568 §8.1.2). The target hardware address is
 * broadcast, as keepalived sends it, not zero.
 */
export function encodeGratuitousArp({ address, mac }: { address: string; mac: string }): Uint8Array {
  const hardware = macToBytes(mac)
  const protocol = addressToBytes(address, 4)
  return Uint8Array.from([
    ...broadcast,
    ...hardware,
    ...[0x08, 0x06], // EtherType ARP
    ...[0x00, 0x01, 0x08, 0x00, 6, 4], // Ethernet, IPv4 and the lengths of their addresses
    ...[0x00, 0x01], // request
    ...hardware,
    ...protocol,
    ...broadcast,
    ...protocol,
  ])
}

const broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
