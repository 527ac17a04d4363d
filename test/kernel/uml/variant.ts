import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { runScenario } from '../../lab/scenario.ts'
import { variants } from '../../lab/variants.ts'

// One variant of the lab: `variant.ts KIND PROGRAM PROGRAM`.
const [kind, first = 'vipkeeper', second = first] = process.argv.slice(2)
const variant = variants.find((each) => each.kind === kind)
if (variant === undefined) throw new Error(`no variant ${kind}`)
const report = new Report((line) => process.stdout.write(`${line}\n`))
// Several of these share one slow processor, so they get more room than the demo.
await runScenario({ variant, programs: [programNamed(first), programNamed(second)], report, allowance: 6, thorough: false })
process.exitCode = report.end() ? 0 : 1
