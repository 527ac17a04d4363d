import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { instance, Rig } from '../kernel/harness/rig.ts'
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

/** What it costs to start, and to stand by. The checker process of either program ends where the kernel has no ip_vs. */
export async function processes(program: Program, runs: number, seconds: number): Promise<Table> {
  const rows: (string | number)[][] = []
  const both = [program, keepalived]
  const starts = new Map<Program, number[]>(both.map((each) => [each, []]))
  for (let i = 0; i < runs; i++) for (const each of both) starts.get(each)?.push(await untilFirstLine(each))
  for (const each of both) {
    await using rig = await Rig.open({ configuration: CONFIGURATION, program: each })
    await sleep(3_000)
    const before = ticks(rig.dut.host.pids())
    await sleep(seconds * 1_000)
    const pids = rig.dut.host.pids()
    const cpu = ((ticks(pids) - before) / TICKS / seconds) * 100
    const times = starts.get(each) ?? []
    rows.push([each.name, median(times), quantile(times, 0.9), proportionalSetSize(pids), cpu, pids.length])
  }
  return {
    title: 'One instance, two real servers',
    columns: ['program', 'first line ms', 'p90', 'PSS MB', 'idle CPU %', 'processes'],
    rows,
    goal: 'first line under 250 ms, PSS under 160 MB, idle CPU under 0.5 %',
  }
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

function ticks(pids: readonly number[]): number {
  const each = pids.map((pid) => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [])
  return each.reduce((sum, fields) => sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0), 0)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
