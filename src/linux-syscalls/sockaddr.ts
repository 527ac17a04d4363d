import { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX } from './constants.ts'

/** The addresses of sockets as values; IP and link addresses are bytes in network order. */
export type SocketAddress =
  | { readonly family: typeof AF_INET; readonly address: Uint8Array; readonly port: number }
  | {
      readonly family: typeof AF_INET6
      readonly address: Uint8Array
      readonly port: number
      readonly flowinfo: number
      readonly scopeId: number
    }
  | {
      readonly family: typeof AF_PACKET
      /** EtherType in host order: 0x0806. */
      readonly protocol: number
      readonly ifindex: number
      readonly hatype: number
      /** 0 for us, 1 broadcast, 2 multicast, 3 for somebody else, 4 sent by us. */
      readonly pkttype: number
      readonly address: Uint8Array
    }
  | { readonly family: typeof AF_NETLINK; readonly pid: number; readonly groups: number }
  /** An abstract name begins with a NUL; empty for a socket without a name. */
  | { readonly family: typeof AF_UNIX; readonly path: string }

/** struct sockaddr_in; `address` has 4 bytes. */
export function sockaddrIn(address: Uint8Array, port = 0): Uint8Array {
  const bytes = new Uint8Array(16)
  const view = header(bytes, AF_INET)
  view.setUint16(2, port)
  bytes.set(sized(address, 4), 4)
  return bytes
}

/** struct sockaddr_in6; `address` has 16 bytes, `scopeId` is the interface of a link-local one. */
export function sockaddrIn6(address: Uint8Array, port = 0, scopeId = 0, flowinfo = 0): Uint8Array {
  const bytes = new Uint8Array(28)
  const view = header(bytes, AF_INET6)
  view.setUint16(2, port)
  view.setUint32(4, flowinfo)
  bytes.set(sized(address, 16), 8)
  view.setUint32(24, scopeId, littleEndian)
  return bytes
}

/** struct sockaddr_ll, to bind (protocol, ifindex) or to send (with the destination's link address, at most 8 bytes). */
export function sockaddrLl(to: { protocol: number; ifindex: number; address?: Uint8Array }): Uint8Array {
  const bytes = new Uint8Array(20)
  const view = header(bytes, AF_PACKET)
  view.setUint16(2, to.protocol)
  view.setInt32(4, to.ifindex, littleEndian)
  const address = to.address ?? new Uint8Array(0)
  if (address.length > 8) throw new RangeError(`a link address has at most 8 bytes, this one ${address.length}`)
  bytes[11] = address.length
  bytes.set(address, 12)
  return bytes
}

/** struct sockaddr_nl; pid 0 is the kernel, or when binding: let the kernel choose. */
export function sockaddrNl(pid = 0, groups = 0): Uint8Array {
  const bytes = new Uint8Array(12)
  const view = header(bytes, AF_NETLINK)
  view.setUint32(4, pid, littleEndian)
  view.setUint32(8, groups, littleEndian)
  return bytes
}

/** struct sockaddr_un; a path that begins with a NUL is an abstract name. At most 107 bytes. */
export function sockaddrUn(path: string): Uint8Array {
  const name = new TextEncoder().encode(path)
  if (name.length > 107) throw new RangeError(`a socket's path has at most 107 bytes, this one ${name.length}`)
  const bytes = new Uint8Array(2 + name.length + (path.startsWith('\0') ? 0 : 1))
  header(bytes, AF_UNIX)
  bytes.set(name, 2)
  return bytes
}

/** Undefined for a family this package does not know, or for too few bytes. */
export function parseSockaddr(bytes: Uint8Array): SocketAddress | undefined {
  if (bytes.length < 2) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const family = view.getUint16(0, littleEndian)
  switch (family) {
    case AF_INET:
      return bytes.length < 8 ? undefined : { family, address: bytes.slice(4, 8), port: view.getUint16(2) }
    case AF_INET6:
      if (bytes.length < 28) return undefined
      return {
        family,
        address: bytes.slice(8, 24),
        port: view.getUint16(2),
        flowinfo: view.getUint32(4),
        scopeId: view.getUint32(24, littleEndian),
      }
    case AF_PACKET:
      if (bytes.length < 12) return undefined
      return {
        family,
        protocol: view.getUint16(2),
        ifindex: view.getInt32(4, littleEndian),
        hatype: view.getUint16(8, littleEndian),
        pkttype: bytes[10] ?? 0,
        address: bytes.slice(12, 12 + Math.min(bytes[11] ?? 0, 8)),
      }
    case AF_NETLINK:
      if (bytes.length < 12) return undefined
      return { family, pid: view.getUint32(4, littleEndian), groups: view.getUint32(8, littleEndian) }
    case AF_UNIX:
      return { family, path: unixPath(bytes.subarray(2)) }
    default:
      return undefined
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function header(bytes: Uint8Array, family: number): DataView {
  const view = new DataView(bytes.buffer)
  view.setUint16(0, family, littleEndian)
  return view
}

function sized(address: Uint8Array, length: number): Uint8Array {
  if (address.length !== length) throw new RangeError(`an address of ${length} bytes is wanted, this one has ${address.length}`)
  return address
}

function unixPath(name: Uint8Array): string {
  const end = name[0] === 0 ? -1 : name.indexOf(0)
  return new TextDecoder().decode(end < 0 ? name : name.subarray(0, end))
}
