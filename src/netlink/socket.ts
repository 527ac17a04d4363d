import {
  AF_NETLINK,
  bind,
  close,
  getsockoptInt,
  inNamespace,
  MSG_TRUNC,
  NETLINK_CAP_ACK,
  NETLINK_CONNECTOR,
  NETLINK_EXT_ACK,
  NETLINK_GENERIC,
  NETLINK_GET_STRICT_CHK,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  type PollHandle,
  parseSockaddr,
  poll,
  recvmsg,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
  sendmsg,
  setsockopt,
  sockaddrNl,
  socket,
} from 'linux-syscalls'
import { fail, ok, type Result } from '../base/result.ts'
import { Connection, type Datagram, type Transport } from './connection.ts'

/** A transport that can also be waited for. */
export interface NetlinkSocket extends Transport {
  /** Calls back when something is to be received; a negative errno if it cannot be watched. */
  onReadable(callback: () => void): PollHandle | number
  /** Bytes that the kernel may queue, twice what it was asked for; a negative errno. */
  receiveBuffer(): number
}

export interface ReceiveBuffer {
  readonly bytes: number
  /** Beyond net.core.rmem_max too, if we may. */
  readonly force: boolean
}

export interface SocketOptions {
  readonly protocol: 'route' | 'generic' | 'netfilter' | 'connector'
  /** Multicast groups as a mask (RTMGRP_*); 0 for requests only. */
  readonly groups?: number
  /** Bytes the kernel may queue for us; beyond it loses notifications and says ENOBUFS once. */
  readonly receiveBuffer?: ReceiveBuffer
  /** Dumps answer with what the request names alone (since Linux 4.20). */
  readonly strict?: boolean
  /** Of another network namespace, by its path; it stays there whatever becomes of the path. */
  readonly namespace?: string
}

const protocols = { route: NETLINK_ROUTE, generic: NETLINK_GENERIC, netfilter: NETLINK_NETFILTER, connector: NETLINK_CONNECTOR } as const
/** Holds several thousand address notifications; the default holds 256. */
const defaultReceiveBuffer: ReceiveBuffer = { bytes: 4 * 1024 * 1024, force: true }
const firstReadSize = 32 * 1024
const largestReadSize = 1024 * 1024

/** Opens a netlink socket; the error is a positive errno. */
export function openNetlink({
  protocol,
  groups = 0,
  receiveBuffer = defaultReceiveBuffer,
  strict = false,
  namespace,
}: SocketOptions): Result<NetlinkSocket, number> {
  const open = (): number => socket(AF_NETLINK, SOCK_RAW, protocols[protocol])
  const fd = namespace === undefined ? open() : inNamespace(namespace, open)
  if (fd < 0) return fail(-fd)
  // Without CAP_NET_ADMIN in the first user namespace the forced size is refused; the polite one is cut to net.core.rmem_max.
  const { bytes, force } = receiveBuffer
  if (!force || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, bytes)
  // Both only make errors shorter and clearer; a kernel without them answers in the older form.
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1)
  setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1)
  if (strict) setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
  const bound = bind(fd, sockaddrNl(0, groups))
  if (bound < 0) {
    close(fd)
    return fail(-bound)
  }
  return ok(overDescriptor(fd))
}

/** A connection for requests, opened at its first use; the error is a positive errno. */
export function lazyConnection(
  protocol: SocketOptions['protocol'],
  options: Pick<SocketOptions, 'strict' | 'receiveBuffer' | 'namespace'> = {},
): () => Result<Connection, number> {
  let opened: Connection | undefined
  return () => {
    if (opened !== undefined) return ok(opened)
    const socket = openNetlink({ protocol, ...options })
    if (!socket.ok) return socket
    opened = new Connection(socket.value)
    return ok(opened)
  }
}

function overDescriptor(fd: number): NetlinkSocket {
  let readSize = firstReadSize
  const kernel = sockaddrNl()
  return {
    send: (bytes) => sendmsg(fd, { data: bytes, address: kernel }),
    receive() {
      const message = recvmsg(fd, readSize)
      if (typeof message === 'number') return message
      const truncated = (message.flags & MSG_TRUNC) !== 0
      if (truncated) readSize = Math.min(readSize * 4, largestReadSize)
      return { bytes: message.data, port: portOf(message.address), truncated } satisfies Datagram
    },
    receiveBuffer: () => getsockoptInt(fd, SOL_SOCKET, SO_RCVBUF),
    onReadable: (callback) => poll(fd, callback),
    close: () => void close(fd),
  }
}

/** Whatever is no netlink address is not the kernel. */
function portOf(address: Uint8Array): number {
  const sender = parseSockaddr(address)
  return sender?.family === AF_NETLINK ? sender.pid : -1
}
