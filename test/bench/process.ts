import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { instance, Rig } from '../kernel/harness/rig.ts'
import { hasIpvs } from '../lab/kernel.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { median, quantile } from './statistics.ts'
import type { Table } from './table.ts'

const realServer = (last: number): string => `real_server 198.51.100.${last} 80 {\n weight 1\n TCP_CHECK {\n connect_timeout 3\n }\n }`
const CONFIGURATION = `${instance()}
virtual_server 192.0.2.10 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    protocol TCP
    ${realServer(1)}
    ${realServer(2)}
}
`
/** In clock ticks of 10 ms, as proc(5) counts on every Linux that Node runs on. */
const TICKS = 100

/** What it costs to start, and to stand by. Where the kernel has no ip_vs there is no checker process: `ipvs` measures memory with it. */
export async function processes(program: Program, runs: number, seconds: number): Promise<Table> {
  const rows: (string | number)[][] = []
  const both = [program, keepalived]
  const starts = new Map<Program, number[]>(both.map((each) => [each, []]))
  for (let i = 0; i < runs; i++) for (const each of both) starts.get(each)?.push(await untilFirstLine(each))
  for (const each of both) {
    await using rig = await Rig.open({ configuration: CONFIGURATION, program: each, options: hasIpvs() ? [] : ['-P'] })
    await sleep(3_000)
    const before = processorSeconds(rig.dut.host.pids())
    await sleep(seconds * 1_000)
    const pids = rig.dut.host.pids()
    const cpu = ((processorSeconds(pids) - before) / seconds) * 100
    const times = starts.get(each) ?? []
    rows.push([each.name, median(times), quantile(times, 0.9), proportionalSetSize(pids), cpu, pids.length])
  }
  return {
    title: `One instance, two real servers${hasIpvs() ? '' : ' (standing by without the checker process: this kernel has no ip_vs)'}`,
    columns: ['program', 'first line ms', 'p90', 'PSS MB', 'idle CPU %', 'processes'],
    rows,
    goal: 'first line under 250 ms, PSS under 160 MB, idle CPU under 0.5 %',
  }
}

/** Memory of all processes together, the checker included, on a kernel with ip_vs. */
export async function memory(program: Program): Promise<Table> {
  const rows: (string | number)[][] = []
  for (const each of [program, keepalived]) {
    await using rig = await Rig.open({ configuration: CONFIGURATION, program: each })
    await sleep(15_000)
    const pids = rig.dut.host.pids()
    rows.push([each.name, proportionalSetSize(pids), pids.length])
  }
  return { title: 'One instance, two real servers: memory', columns: ['program', 'PSS MB', 'processes'], rows, goal: 'under 160 MB' }
}

/** From exec to the first byte of the log, ms. */
async function untilFirstLine(program: Program): Promise<number> {
  await using rig = await Rig.open({ configuration: CONFIGURATION, program, start: false })
  const [command = '', ...rest] = [
    'ip',
    'netns',
    'exec',
    rig.dut.host.namespace,
    ...program.argv,
    '-n',
    '-l',
    '-D',
    '-f',
    rig.configuration,
  ]
  const files = ['-p', '-r', '-c'].flatMap((option) => [option, `${rig.dut.host.run}/pid${option}`])
  const start = performance.now()
  const child = spawn(command, [...rest, ...files], { stdio: ['ignore', 'pipe', 'pipe'] })
  const took = await new Promise<number>((resolve) => {
    const first = (): void => resolve(performance.now() - start)
    child.stdout.once('data', first)
    child.stderr.once('data', first)
  })
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('close', resolve))
  return took
}

/** Of all processes together, in megabytes. */
export function proportionalSetSize(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0))
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1_024
}

/** User and system time of these processes so far. */
export function processorSeconds(pids: readonly number[]): number {
  const each = pids.map((pid) => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [])
  return each.reduce((sum, fields) => sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0), 0) / TICKS
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
