import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { runSetups, setups } from '../../lab/setups.ts'

// Marks, persistence, weights, schedulers, save and restore, all on one director: `setups.ts PROGRAM`.
const report = new Report((line) => process.stdout.write(`${line}\n`))
await runSetups({ program: programNamed(process.argv[2] ?? 'vipkeeper'), report, only: setups })
process.exitCode = report.end() ? 0 : 1
