import { parseArgs } from 'node:util'
import { hasIpvs, hasUml, isRoot } from '../lab/kernel.ts'
import { programNamed, release } from '../lab/program.ts'
import { runInUml } from '../lab/uml.ts'
import { adverts } from './adverts.ts'
import { checks } from './checks.ts'
import { configurations } from './config.ts'
import { crowds, many, storm } from './crowd.ts'
import { failover } from './failover.ts'
import { ipvs } from './ipvs.ts'
import { memory, processes } from './process.ts'
import { format } from './table.ts'

const USAGE = `npm run bench -- [failover] [adverts] [crowd] [many] [storm] [process] [config] [checks] [ipvs] [--runs N] [--seconds N] [--program NAME]

Measures beside Debian's keepalived, in the same run. Without a name, all of them (about ninety minutes). Leave the machine alone meanwhile.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    seconds: { type: 'string' },
    program: { type: 'string', default: 'vipkeeper' },
    help: { type: 'boolean', default: false },
  },
})

const program = programNamed(values.program)
const runs = (usual: number): number => Number(values.runs ?? usual)
const seconds = (usual: number): number => Number(values.seconds ?? usual)

const benches = {
  failover: async () => format(await failover(program, runs(15))),
  adverts: async () => format(await adverts(program, seconds(60))),
  crowd: async () => format(await crowds(program, runs(3))),
  many: async () => format(await many(program, seconds(600))),
  storm: async () => format(await storm(program, seconds(60))),
  process: async () => format(await processes(program, runs(15), seconds(30))),
  config: async () => configurations(program, runs(5)).map(format).join('\n\n'),
  checks: async () => {
    const tables: string[] = []
    for await (const table of checks(seconds(30))) tables.push(format(table))
    return tables.join('\n\n')
  },
  ipvs: async () => {
    if (hasIpvs()) return [await memory(program), ...(await ipvs(program, runs(5)))].map(format).join('\n\n')
    if (!hasUml()) return 'ip_vs: this kernel has none, and User Mode Linux is not installed'
    if (values.program === 'vipkeeper') release()
    const file = `${import.meta.dirname}/ipvs.ts`
    const result = await runInUml({ file, args: [values.program, String(runs(3))], seconds: 1_800, memory: 4_096 })
    return result.lines.join('\n') + (result.status === 0 ? '' : `\nstatus ${result.status}\n${result.console}`)
  },
} as const

const names = Object.keys(benches) as (keyof typeof benches)[]
const strangers = positionals.filter((name) => !names.some((known) => known === name))
if (values.help || strangers.length > 0) {
  process.stderr.write(USAGE)
  process.exitCode = strangers.length > 0 ? 1 : 0
} else if (!isRoot()) {
  process.stderr.write('The benchmarks make network namespaces: run them as root.\n')
  process.exitCode = 1
} else {
  for (const name of positionals.length === 0 ? names : names.filter((known) => positionals.includes(known))) {
    process.stdout.write(`${await benches[name]()}\n\n`)
  }
}
