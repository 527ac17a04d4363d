import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Wire, wallClock } from '../kernel/harness/wire.ts'
import { run } from '../lab/command.ts'
import { Director } from '../lab/director.ts'
import { Lan } from '../lab/lan.ts'
import { keepalived, type Program, programNamed } from '../lab/program.ts'
import { countWrites, type Writes } from './ipvs-writes.ts'
import { memory, proportionalSetSize } from './process.ts'
import { median } from './statistics.ts'
import { format, type Table } from './table.ts'

interface Size {
  readonly services: number
  readonly servers: number
  /** Seconds after which it is looked whether all is done: that takes the one processor away from it. */
  readonly patience: number
}

const sizes: readonly Size[] = [
  { services: 1_000, servers: 10, patience: 8 },
  { services: 10_000, servers: 4, patience: 22 },
]
/** A slow machine gets so many times the patience. */
const ROUNDS = 6
const REST_MS = 2_000
/** Every hundredth server gets another weight. */
const CHANGED = 100

interface Run {
  readonly fill: Writes
  readonly unchanged: Writes
  readonly changed: Writes
  readonly stop: Writes
  /** Services and servers that are left after the end. */
  readonly left: number
  readonly megabytes: number
}

/**
 * Fills an empty table, reloads with nothing changed and with 1 % changed, and stops, on a kernel with ip_vs. An nlmon device shows every
 * netlink message with the kernel's stamp, so nothing has to poll the table meanwhile. The fill counts from the first message that adds
 * a destination, reloads and stop from the signal; each to the acknowledgement of the last change.
 */
export async function ipvs(program: Program, runs: number, chosen: readonly Size[] = sizes): Promise<readonly Table[]> {
  const tables: Table[] = []
  for (const size of chosen) {
    const collected = new Map<Program, Run[]>([
      [program, []],
      [keepalived, []],
    ])
    for (let i = 0; i < runs; i++) for (const [each, list] of collected) list.push(await runOnce(each, size))
    tables.push(tableOf(size, collected))
  }
  return tables
}

function tableOf(size: Size, collected: ReadonlyMap<Program, readonly Run[]>): Table {
  const times = (list: readonly Run[], part: 'fill' | 'changed' | 'stop'): number => median(list.map((one) => one[part].milliseconds))
  const theirs = collected.get(keepalived) ?? []
  const ratio = (list: readonly Run[], part: 'fill' | 'changed' | 'stop'): number => times(list, part) / times(theirs, part)
  return {
    title: `${size.services} services of ${size.servers} servers, ${theirs.length} runs; reload with ${(size.services * size.servers) / CHANGED} weights changed`,
    columns: ['program', 'fill ms', 'ratio', 'reload ms', 'ratio', 'writes', 'unchanged', 'stop ms', 'ratio', 'left', 'PSS MB'],
    rows: [...collected].map(([{ name }, list]) => [
      name,
      times(list, 'fill'),
      ratio(list, 'fill'),
      times(list, 'changed'),
      ratio(list, 'changed'),
      median(list.map(({ changed }) => changed.count)),
      median(list.map(({ unchanged }) => unchanged.count)),
      times(list, 'stop'),
      ratio(list, 'stop'),
      median(list.map(({ left }) => left)),
      median(list.map(({ megabytes }) => megabytes)),
    ]),
    goal: 'fill and stop at most 0.2 times keepalived’s, reload no slower; a write for each change and none without',
  }
}

async function runOnce(program: Program, { services, servers, patience }: Size): Promise<Run> {
  using lan = new Lan()
  const host = lan.host({ name: 'director', nics: [{ device: 'eth0', segment: 'a', addresses: ['10.0.0.1/8'] }] })
  run(['modprobe', 'nlmon'])
  host.ip('link add nlmon0 type nlmon', 'link set nlmon0 up')
  const configuration = join(host.directory, 'keepalived.conf')
  const wire = new Wire(host, 'nlmon0', { receiveBuffer: 512 << 20, asleep: true, longest: 65_536 })
  // Without syslog: keepalived's would write to the console, which costs it more than the table.
  const director = new Director({ host, program, configuration, options: ['-G'] })
  const part = async (act: () => void, done: () => boolean = () => true): Promise<Writes> => {
    wire.frames.length = 0
    const start = wallClock()
    act()
    // Until nothing more has come for so long, and something has that was to come.
    for (let round = 0, before = -1; round < ROUNDS && (before !== wire.frames.length || !done()); round++) {
      before = wire.frames.length
      await sleep(patience * 1_000)
      wire.read()
    }
    return countWrites(wire.frames, start)
  }
  try {
    writeFileSync(configuration, text(services, servers, 1))
    const fill = await part(
      () => director.start(),
      () => countWrites(wire.frames, 0).destinations === services * servers,
    )
    if (fill.destinations !== services * servers)
      throw new Error(`${program.name} added ${fill.destinations}\n${director.log.slice(-2_000)}`)
    const megabytes = proportionalSetSize(host.pids())
    const unchanged = await part(() => director.signal('SIGHUP'))
    writeFileSync(configuration, text(services, servers, 2))
    // On the one processor what this process has left to do for the text would count.
    await sleep(REST_MS)
    const changed = await part(() => director.signal('SIGHUP'))
    const stop = await part(() => director.signal('SIGTERM'))
    const left = host.exec(['ipvsadm', '-Sn']).split('\n').length - 1
    return { fill: { ...fill, milliseconds: fill.sinceFirstDestination }, unchanged, changed, stop, left, megabytes }
  } finally {
    wire.close()
  }
}

/** Every hundredth server has this weight, the others 1. */
function text(services: number, servers: number, weight: number): string {
  const server = (i: number, j: number): string => {
    const n = i * servers + j
    return ` real_server 10.2.${i >> 8}.${j + 1} ${1_000 + (i & 255)} {\n weight ${n % CHANGED === 0 ? weight : 1}\n }`
  }
  const service = (i: number): string => {
    const all = Array.from({ length: servers }, (_, j) => server(i, j)).join('\n')
    return `virtual_server 10.1.${i >> 8}.${i & 255} 80 {\n delay_loop 6\n lb_algo rr\n lb_kind NAT\n protocol TCP\n${all}\n}\n`
  }
  return Array.from({ length: services }, (_, i) => service(i)).join('')
}

if (import.meta.main) {
  const [name = 'vipkeeper', runs = '3', ...which] = process.argv.slice(2)
  const program = programNamed(name)
  const chosen = which.length === 0 ? sizes : sizes.filter((_, i) => which.includes(`${i}`))
  if (chosen === sizes) process.stdout.write(`${format(await memory(program))}\n\n`)
  for (const table of await ipvs(program, Number(runs), chosen)) process.stdout.write(`${format(table)}\n\n`)
}
