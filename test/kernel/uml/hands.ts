import { runByHand } from '../../lab/by-hand.ts'
import { Report } from '../../lab/report.ts'

// LVS-NAT, LVS-DR, LVS-TUN and firewall marks, typed command by command, with `vipkeeper doctor` before and after.
const report = new Report((line) => process.stdout.write(`${line}\n`))
await runByHand(report)
process.exitCode = report.end() ? 0 : 1
