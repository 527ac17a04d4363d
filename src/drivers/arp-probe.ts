import { setTimeout as sleep } from 'node:timers/promises'
import { AF_PACKET, bind, close, ETH_P_ARP, recvmsg, SOCK_RAW, sendmsg, sockaddrLl, socket } from 'linux-syscalls'
import { type IpAddress, ipFromBytes, ipToBytes } from '../base/ip.ts'
import { type MacAddress, macFromBytes, macToBytes } from '../base/mac.ts'

/** Where to ask; the MAC is the interface's own. */
export interface ProbeLink {
  readonly index: number
  readonly mac: MacAddress
}

/**
 * Asks who answers ARP for IPv4 addresses, with probes (RFC 5227 §2.1.1): they carry no sender address, so no neighbour's table changes.
 * Asks three times within `limit` milliseconds; a number is a negative errno.
 */
export async function probeArp(
  link: ProbeLink,
  targets: readonly IpAddress[],
  limit: number,
): Promise<ReadonlyMap<IpAddress, ReadonlySet<MacAddress>> | number> {
  const fd = socket(AF_PACKET, SOCK_RAW, 0)
  if (fd < 0) return fd
  try {
    const bound = bind(fd, sockaddrLl({ protocol: ETH_P_ARP, ifindex: link.index }))
    if (bound < 0) return bound
    const answers = new Map<IpAddress, Set<MacAddress>>()
    const wanted = new Set(targets)
    for (let round = 0; round < ROUNDS; round++) {
      for (const target of wanted) sendmsg(fd, { data: probe(link.mac, target) })
      await sleep(limit / ROUNDS)
      for (let message = recvmsg(fd, 128); typeof message !== 'number'; message = recvmsg(fd, 128)) {
        const reply = readReply(message.data)
        if (reply === undefined || !wanted.has(reply.address) || reply.mac === link.mac) continue
        answers.set(reply.address, (answers.get(reply.address) ?? new Set()).add(reply.mac))
      }
    }
    return answers
  } finally {
    close(fd)
  }
}

const ROUNDS = 3
const BROADCAST = [255, 255, 255, 255, 255, 255]
const NOBODY = [0, 0, 0, 0]
const UNKNOWN = [0, 0, 0, 0, 0, 0]
/** Ethernet and IPv4, with the lengths of their addresses. */
const KINDS = [0, 1, 8, 0, 6, 4]

function probe(mac: MacAddress, target: IpAddress): Uint8Array {
  const own = macToBytes(mac)
  return Uint8Array.from([...BROADCAST, ...own, 0x08, 0x06, ...KINDS, 0, 1, ...own, ...NOBODY, ...UNKNOWN, ...ipToBytes(target)])
}

/** The sender of an ARP reply; undefined of any other frame. */
export function readReply(frame: Uint8Array): { readonly mac: MacAddress; readonly address: IpAddress } | undefined {
  const header = [8, 6, ...KINDS, 0, 2]
  if (frame.length < 42 || header.some((byte, i) => frame[12 + i] !== byte)) return undefined
  return { mac: macFromBytes(frame.subarray(22, 28)), address: ipFromBytes(frame.slice(28, 32)) }
}
