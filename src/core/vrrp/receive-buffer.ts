import { SIGNATURE_SIZE } from 'dgram-vrrp/codec'
import type { Link } from '../links.ts'
import type { InstanceConfig } from './config.ts'

/** What an instance asks of the receive buffer of its socket in bytes; undefined leaves it to the kernel. */
export function receiveBufferOf(config: InstanceConfig, link: Pick<Link, 'mtu'> | undefined): number | undefined {
  const { receiveBuffer } = config
  switch (receiveBuffer?.kind) {
    case undefined:
      return undefined
    case 'bytes':
      return receiveBuffer.bytes
    case 'MTU':
      return link === undefined ? undefined : link.mtu * receiveBuffer.times
    case 'ADVERT':
      return advertSize(config) * receiveBuffer.times
  }
}

/** As a raw socket receives it: over IPv4 with its header. */
function advertSize({ family, version, authentication, authHmac, virtualIpaddress }: InstanceConfig): number {
  const header = family === 6 ? 0 : authentication.kind === 'AH' ? 44 : 20
  const password = family === 4 && version === 2 ? 8 : 0
  const signature = authHmac === undefined ? 0 : SIGNATURE_SIZE
  return header + 8 + virtualIpaddress.length * (family === 6 ? 16 : 4) + password + signature
}
