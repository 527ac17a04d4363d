import {
  AF_PACKET,
  bind,
  close,
  ETH_P_ALL,
  errnoName,
  ifNameToIndex,
  parseSockaddr,
  recvmmsg,
  SOCK_RAW,
  sendmsg,
  sockaddrLl,
  socket,
} from 'linux-syscalls'

/** The link layer of an interface: sees and sends whole frames. */
export interface LinkTap {
  /** Frames that came in since the last call; those that the interface sent itself are left out. */
  frames(): Uint8Array[]
  send(frame: Uint8Array): void
  close(): void
}

const sentByUs = 4

export function openTap(device: string): LinkTap {
  const ifindex = ifNameToIndex(device)
  const fd = socket(AF_PACKET, SOCK_RAW, 0)
  const bound = bind(fd, sockaddrLl({ protocol: ETH_P_ALL, ifindex }))
  if (bound < 0) throw new Error(`tap on ${device}: ${errnoName(bound)}`)
  return {
    frames() {
      const frames: Uint8Array[] = []
      for (;;) {
        const batch = recvmmsg(fd, 64, 16_384)
        if (typeof batch === 'number') return frames
        for (const { data, address } of batch) {
          const from = parseSockaddr(address)
          if (from?.family === AF_PACKET && from.pkttype !== sentByUs) frames.push(data)
        }
      }
    },
    send(frame) {
      const sent = sendmsg(fd, { data: frame, address: sockaddrLl({ protocol: 0, ifindex }) })
      if (sent < 0) throw new Error(`frame on ${device}: ${errnoName(sent)}`)
    },
    close: () => void close(fd),
  }
}
