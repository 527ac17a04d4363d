import { readFileSync } from 'node:fs'
import { encodeGratuitousArp, encodeNeighbourAdvertisement } from 'dgram-vrrp/codec'
import {
  AF_PACKET,
  close,
  ETH_P_ARP,
  ETH_P_IPV6,
  errnoName,
  monotonicNow,
  type OutgoingMessage,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_RAW,
  SOL_SOCKET,
  sendmmsg,
  setsockopt,
  sockaddrLl,
  socket,
} from 'linux-syscalls'
import type { IpAddress } from '../base/ip.ts'
import { fromSeconds } from '../base/units.ts'
import type { AnnounceEffect } from '../core/vrrp/effects.ts'

/** Announcements that could not be sent: said once for an interface, and again only if the reason changes. */
export interface AnnouncementFailure {
  readonly instance: string
  readonly interface: string
  /** Positive errno and its name. */
  readonly errno: number
  readonly code: string
}

/** Sends gratuitous ARP and unsolicited neighbour advertisements. */
export interface Announcements {
  perform(effect: AnnounceEffect): void
  close(): void
}

export interface AnnouncementsOptions {
  readonly failed: (failure: AnnouncementFailure) => void
  /** Whether the interface forwards IPv6: the R flag. Default: what /proc/sys says, asked at most every 5 s. */
  readonly forwards?: (device: string) => boolean
  /** Sends through a socket that is not open. For rehearsals. */
  readonly silent?: boolean
}

/** Frames go out through one packet socket that receives nothing; it needs CAP_NET_RAW and is tried again with the next frame. */
export function createAnnouncements({ failed, forwards = forwarding(), silent = false }: AnnouncementsOptions): Announcements {
  let fd = silent ? -1 : openPacketSocket()
  const complaints = new Map<string, number>()

  const frames = (effect: AnnounceEffect): readonly OutgoingMessage[] => {
    const address = sockaddrLl({ protocol: effect.family === 4 ? ETH_P_ARP : ETH_P_IPV6, ifindex: effect.ifindex })
    const router = effect.family === 6 && forwards(effect.interface)
    const round = effect.addresses.map((vip): OutgoingMessage => ({ data: frame(vip, effect, router), address }))
    return Array.from({ length: effect.repeat }, () => round).flat()
  }

  const send = (messages: readonly OutgoingMessage[]): number => {
    if (fd < 0 && !silent) fd = openPacketSocket()
    if (fd < 0 && !silent) return fd
    for (let at = 0; at < messages.length; ) {
      const sent = sendmmsg(fd, messages.slice(at, at + batchSize))
      if (sent < 0) return sent
      at += sent
    }
    return 0
  }

  return {
    perform(effect) {
      const result = send(frames(effect))
      const before = complaints.get(effect.interface)
      if (result === 0) complaints.delete(effect.interface)
      else complaints.set(effect.interface, result)
      if (result !== 0 && result !== before)
        failed({ instance: effect.instance, interface: effect.interface, errno: -result, code: errnoName(result) })
    },
    close() {
      if (fd >= 0) close(fd)
      fd = -1
    },
  }
}

/** Room for what a slow device has not sent yet: thousands of frames, where the default of the kernel holds some 280. */
const sendBuffer = 8 * 1024 * 1024

function openPacketSocket(): number {
  const fd = socket(AF_PACKET, SOCK_RAW, 0)
  if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, sendBuffer) < 0) setsockopt(fd, SOL_SOCKET, SO_SNDBUF, sendBuffer)
  return fd
}

/** What the kernel takes in one call. */
const batchSize = 64

function frame(address: IpAddress, { family, mac }: AnnounceEffect, router: boolean): Uint8Array {
  return family === 4 ? encodeGratuitousArp({ address, mac }) : encodeNeighbourAdvertisement({ address, mac, router })
}

/** Reads `forwarding` of an interface and keeps the answer for 5 s, as keepalived does. */
function forwarding(): (device: string) => boolean {
  const known = new Map<string, { readonly forwards: boolean; readonly until: number }>()
  return (device) => {
    const now = monotonicNow()
    const kept = known.get(device)
    if (kept !== undefined && now < kept.until) return kept.forwards
    const forwards = readForwarding(device)
    known.set(device, { forwards, until: now + fromSeconds(5) })
    return forwards
  }
}

function readForwarding(device: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${device}/forwarding`, 'utf8').trim() !== '0'
  } catch {
    // No IPv6 on the interface, or no interface: then nothing is forwarded.
    return false
  }
}
