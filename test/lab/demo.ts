import { parseArgs } from 'node:util'
import { runByHand } from './by-hand.ts'
import { hasIpvs, hasUml, isRoot } from './kernel.ts'
import { keepalived, type Program, programNamed, release } from './program.ts'
import { Report } from './report.ts'
import { runScenario } from './scenario.ts'
import { runSetups, setups } from './setups.ts'
import { runInUml } from './uml.ts'
import { variants } from './variants.ts'

const USAGE = `npm run demo -- [--mixed] [--program NAME] [--only LIST]

  --mixed          Debian's keepalived on one director, the other program on the other, both ways round
  --program NAME   vipkeeper (default), keepalived, or the path of a program that takes keepalived's options
  --only LIST      some of dr, nat, tun (these three if nothing is said), marks, persistence, weights, schedulers, save,
                   and hands: without a daemon, typed command by command
`

/** Seconds. */
const SLOW = 3

const { values } = parseArgs({
  options: {
    mixed: { type: 'boolean', default: false },
    program: { type: 'string', default: 'vipkeeper' },
    only: { type: 'string', default: 'dr,nat,tun' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  process.stdout.write(USAGE)
} else if (!isRoot()) {
  process.stderr.write('The demo makes network namespaces: run it as root.\n')
  process.exitCode = 1
} else if (hasIpvs()) {
  process.exitCode = (await demonstrate()) ? 0 : 1
} else if (hasUml()) {
  // Built out here, where a processor is fast.
  if (values.program === 'vipkeeper') release()
  process.stdout.write(
    `This kernel has no ip_vs: booting User Mode Linux. It is slow, so a step may take ${SLOW} s longer than promised.\n`,
  )
  const result = await runInUml({
    file: import.meta.filename,
    args: process.argv.slice(2),
    seconds: 600,
    onLine: (line) => process.stdout.write(`${line}\n`),
  })
  if (result.status === undefined) process.stderr.write(`The machine ended without a result. Its console said:\n${result.console}\n`)
  process.exitCode = result.status ?? 1
} else {
  process.stderr.write('This kernel has no ip_vs (modprobe ip_vs), and User Mode Linux is not here: apt-get install user-mode-linux\n')
  process.exitCode = 1
}

async function demonstrate(): Promise<boolean> {
  const report = new Report((line) => process.stdout.write(`${line}\n`))
  const { VIPKEEPER_IN_UML: slow } = process.env
  const program = programNamed(values.program)
  const chosen = variants.filter((variant) => values.only.split(',').includes(variant.kind.toLowerCase()))
  const pairs: (readonly [Program, Program])[] = values.mixed
    ? [
        [keepalived, program],
        [program, keepalived],
      ]
    : [[program, program]]
  for (const programs of pairs) {
    // Whether two programs agree does not depend on how ip_vs forwards: one variant, but all that can happen.
    for (const variant of values.mixed ? chosen.slice(0, 1) : chosen) {
      const [one, two] = programs.map((each) => each.name)
      const webs = variant.webServers.map((web) => web.address).join(' and ')
      report.heading(`LVS-${variant.kind}  ${variant.vip}:80 → ${webs}`, 'promised  measured')
      if (values.mixed) report.note(`        node1 runs ${one}, node4 runs ${two}`)
      await runScenario({ variant, programs, report, allowance: slow === undefined ? 1 : SLOW, thorough: variant.kind === 'DR' })
    }
  }
  const only = setups.filter((name) => values.only.split(',').includes(name))
  if (only.length > 0) {
    report.heading(`One director, several services: ${only.join(', ')}`, 'promised  measured')
    await runSetups({ program, report, only })
  }
  if (values.only.split(',').includes('hands')) {
    report.heading('Typed command by command', '')
    await runByHand(report)
  }
  return report.end()
}
