import { type IpAddress, parseIp } from '../../base/ip.ts'

/** An address where keepalived silently cuts off what follows a `-` or `/`: `10.0.0.1/24` is 10.0.0.1. */
export function parseLooseAddress(text: string): IpAddress | undefined {
  const end = text.search(/[/-]/)
  return parseIp(end < 0 ? text : text.slice(0, end))
}
