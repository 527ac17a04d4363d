import { directRoutingByHand } from './by-hand/direct-routing.ts'
import { natByHand } from './by-hand/nat.ts'
import { tunnelByHand } from './by-hand/tunnel.ts'
import type { Report } from './report.ts'

/** The documents' way without a daemon: what they have an administrator type, with our tools; one network after the other. */
export async function runByHand(report: Report): Promise<void> {
  report.note('LVS-NAT')
  await natByHand(report)
  report.note('LVS-DR and firewall marks')
  await directRoutingByHand(report)
  report.note('LVS-TUN')
  await tunnelByHand(report)
}
