import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Wire } from '../kernel/harness/wire.ts'
import { run } from '../lab/command.ts'
import { Director } from '../lab/director.ts'
import { Lan } from '../lab/lan.ts'
import { destinations, until } from '../lab/observe.ts'
import { keepalived, type Program, programNamed } from '../lab/program.ts'
import { memory, proportionalSetSize } from './process.ts'
import { median } from './statistics.ts'
import { format, type Table } from './table.ts'

const SERVICES = 1_000
const SERVERS = 10
/** genlmsghdr.cmd of linux/ip_vs.h. */
const NEW_DESTINATION = 5

/**
 * Fills an empty table, on a kernel with ip_vs. An nlmon device shows every netlink message with the kernel's stamp, so nothing has to
 * poll the table meanwhile: from the first message that adds a destination to the last one, its acknowledgement included.
 */
export async function ipvs(program: Program, runs: number): Promise<Table> {
  const times = new Map<Program, number[]>([
    [program, []],
    [keepalived, []],
  ])
  const memory = new Map<Program, number>()
  for (let i = 0; i < runs; i++) {
    for (const [each, collected] of times) {
      const filled = await fill(each)
      collected.push(filled.milliseconds)
      memory.set(each, filled.megabytes)
    }
  }
  const theirs = median(times.get(keepalived) ?? [])
  return {
    title: `${SERVICES} services of ${SERVERS} servers into an empty ip_vs`,
    columns: ['program', 'runs', 'first to last ms', 'ratio', 'PSS MB'],
    rows: [...times].map(([each, of]) => [each.name, of.length, median(of), median(of) / theirs, memory.get(each) ?? Number.NaN]),
    goal: "at most 0.3 times keepalived's time in the same boot",
  }
}

async function fill(program: Program): Promise<{ readonly milliseconds: number; readonly megabytes: number }> {
  using lan = new Lan()
  const host = lan.host({ name: 'director', nics: [{ device: 'eth0', segment: 'a', addresses: ['10.0.0.1/8'] }] })
  run(['modprobe', 'nlmon'])
  host.ip('link add nlmon0 type nlmon', 'link set nlmon0 up')
  const configuration = join(host.directory, 'keepalived.conf')
  writeFileSync(configuration, services())
  const wire = new Wire(host, 'nlmon0', { receiveBuffer: 256 << 20, asleep: true })
  try {
    const director = new Director({ host, program, configuration })
    director.start()
    const isFull = (): boolean => destinations(host).length === SERVICES * SERVERS
    // Looking at the table takes the one processor away from whoever fills it.
    await sleep(8_000)
    if ((await until(isFull, 60, 2)) === undefined)
      throw new Error(`${program.name} filled in ${destinations(host).length} destinations\n${director.log.slice(-2_000)}`)
    wire.read()
    const stamps = wire.frames.filter((frame) => commandsIn(frame.bytes).includes(NEW_DESTINATION)).map((frame) => frame.at)
    const [first = Number.NaN] = stamps
    const last = stamps.at(-1) ?? Number.NaN
    const settled = wire.frames.find((frame) => frame.at > last)?.at ?? last
    return { milliseconds: (settled - first) * 1_000, megabytes: proportionalSetSize(host.pids()) }
  } finally {
    wire.close()
  }
}

/** The generic netlink commands of a captured buffer; a capture may hold only its beginning, which is enough. */
function commandsIn(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const commands: number[] = []
  for (let at = 0; at + 20 <= bytes.length; ) {
    const length = view.getUint32(at, true)
    // Types below 16 are netlink's own; without NLM_F_REQUEST it is an answer, and a table is dumped in messages of the same command.
    const isRequest = view.getUint16(at + 4, true) >= 16 && (view.getUint16(at + 6, true) & 1) === 1
    if (isRequest) commands.push(bytes[at + 16] ?? 0)
    if (length < 16) break
    at += (length + 3) & ~3
  }
  return commands
}

function services(): string {
  const blocks: string[] = []
  for (let i = 0; i < SERVICES; i++) {
    const servers = Array.from({ length: SERVERS }, (_, j) => ` real_server 10.2.${i >> 8}.${j + 1} ${1_000 + (i & 255)} {\n weight 1\n }`)
    blocks.push(
      `virtual_server 10.1.${i >> 8}.${i & 255} 80 {\n delay_loop 6\n lb_algo rr\n lb_kind NAT\n protocol TCP\n${servers.join('\n')}\n}`,
    )
  }
  return blocks.join('\n')
}

if (import.meta.main) {
  const [name = 'vipkeeper', runs = '5'] = process.argv.slice(2)
  const program = programNamed(name)
  process.stdout.write(`${format(await memory(program))}\n\n${format(await ipvs(program, Number(runs)))}\n`)
}
