import { type IpAddress, parseIp } from '../../base/ip.ts'

/** An address where keepalived silently cuts off what follows a `-` or `/`: `10.0.0.1/24` is 10.0.0.1. */
export function parseLooseAddress(text: string): IpAddress | undefined {
  const whole = parseIp(text)
  if (whole !== undefined) return whole
  const end = text.search(/[/-]/)
  return end < 0 ? undefined : parseIp(text.slice(0, end))
}
