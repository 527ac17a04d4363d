import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Captured, VrrpFrame } from '../kernel/harness/frames.ts'
import { Pair } from '../kernel/harness/pair.ts'
import { instance, Rig } from '../kernel/harness/rig.ts'
import { wallClock } from '../kernel/harness/wire.ts'
import { until } from '../lab/observe.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { busyLoops } from './adverts.ts'
import { processorSeconds } from './process.ts'
import { mean, median, quantile } from './statistics.ts'
import type { Table } from './table.ts'

/** A crash of many instances at once: what their backup needs beyond each one's Master_Down_Interval. */
interface Crowd {
  readonly name: string
  readonly instances: number
  readonly group?: boolean
  readonly lines?: readonly string[]
}

const CROWDS: readonly Crowd[] = [
  { name: 'one with use_vmac', instances: 1, lines: ['use_vmac'] },
  { name: 'a sync group of 10', instances: 10, group: true },
  { name: '100 instances', instances: 100 },
]
const INTERVAL = 1
const PRIORITY = 100
/** RFC 9568 6.1, seconds. */
const DOWN = 3 * INTERVAL + ((256 - PRIORITY) / 256) * INTERVAL

export async function crowds(program: Program, runs: number): Promise<Table> {
  const rows: (string | number)[][] = []
  for (const crowd of CROWDS) {
    for (const each of [program, keepalived]) {
      const samples: number[] = []
      for (let run = 0; run < runs; run++) samples.push(...(await crash(each, crowd)))
      rows.push([`${crowd.name}  ${each.name}`, samples.length, median(samples), quantile(samples, 0.9), Math.max(...samples)])
    }
  }
  return {
    title: 'Crash failover of many: first gratuitous ARP of each instance beyond Master_Down_Interval, ms',
    columns: ['crowd', 'samples', 'p50', 'p90', 'max'],
    rows,
    goal: "p90 no worse than keepalived's",
  }
}

const vip = (i: number): string => `198.18.${Math.floor(i / 250)}.${1 + (i % 250)}`

function configuration({ instances, group, lines = [] }: Crowd, priority: number): string {
  const all = Array.from({ length: instances }, (_, i) => {
    const more = ['version 3', 'garp_master_delay 0', ...lines]
    return instance({ name: `VI_${i + 1}`, vrid: i + 1, priority, interval: INTERVAL, addresses: [`${vip(i)}/32`], lines: more })
  })
  const members = all.map((_, i) => `VI_${i + 1}`).join(' ')
  return `${all.join('')}${group ? `vrrp_sync_group G {\n group {\n ${members.split(' ').join('\n ')}\n }\n}\n` : ''}`
}

async function crash(program: Program, crowd: Crowd): Promise<readonly number[]> {
  await using pair = new Pair({ programs: [program, program] })
  for (const [director, priority] of [
    [pair.first, PRIORITY + 50],
    [pair.second, PRIORITY],
  ] as const)
    writeFileSync(join(director.host.directory, 'keepalived.conf'), configuration(crowd, priority))
  pair.first.start()
  await until(() => pair.first.holds(vip(crowd.instances - 1)), 15)
  pair.second.start()
  await sleep(3_000)
  pair.crash(pair.first)
  await sleep((DOWN + 2) * 1_000)
  pair.wire.read()
  const last = new Map<number, number>()
  const taken = new Map<string, number>()
  const crashed = pair.wire.frames.findLast((frame) => isAdvert(frame) && frame.priority === PRIORITY + 50)?.at ?? 0
  for (const frame of pair.wire.frames) {
    if (isAdvert(frame) && frame.priority === PRIORITY + 50) last.set(frame.vrid, frame.at)
    if (frame.kind === 'arp' && frame.at > crashed && frame.sender === frame.target && !taken.has(frame.sender))
      taken.set(frame.sender, frame.at)
  }
  // A group goes over when its last member has had enough.
  const latest = Math.max(...last.values())
  return [...last].map(([vrid, at]) => ((taken.get(vip(vrid - 1)) ?? Number.NaN) - (crowd.group ? latest : at) - DOWN) * 1_000)
}

const isAdvert = (frame: Captured): frame is VrrpFrame & Captured => frame.kind === 'vrrp'

/** Two directors with 255 instances every 100 ms, all cores busy besides: processor time, and transitions that nothing called for. */
export async function many(program: Program, seconds: number): Promise<Table> {
  const rows: (string | number)[][] = []
  for (const each of [program, keepalived]) {
    await using pair = new Pair({ programs: [each, each] })
    for (const [director, priority] of [
      [pair.first, 150],
      [pair.second, 100],
    ] as const) {
      const all = Array.from({ length: 255 }, (_, i) =>
        instance({ name: `VI_${i + 1}`, vrid: i + 1, priority, interval: 0.1, addresses: [`${vip(i)}/32`], lines: ['version 3'] }),
      )
      writeFileSync(join(director.host.directory, 'keepalived.conf'), all.join(''))
    }
    pair.first.start()
    await until(() => pair.first.holds(vip(254)), 20)
    pair.second.start()
    await sleep(5_000)
    pair.wire.close()
    const transitions = (): number => (`${pair.first.log}${pair.second.log}`.match(/Entering (MASTER|BACKUP|FAULT) STATE/g) ?? []).length
    const idle = await share(pair, Math.min(seconds, 30))
    const before = transitions()
    const hogs = busyLoops()
    const busy = await share(pair, seconds)
    for (const hog of hogs) hog.kill('SIGKILL')
    rows.push([each.name, idle, busy, transitions() - before])
  }
  const [ours, theirs] = rows
  return {
    title: `255 instances at advert_int 0.1, master and backup, ${seconds} s with a busy loop on every core`,
    columns: ['program', 'CPU % of one core', 'CPU % busy', 'false transitions'],
    rows,
    goal: `CPU at most 2 times keepalived's (here ${(Number(ours?.[1]) / Number(theirs?.[1])).toFixed(2)}), no false transition`,
  }
}

/** Per cent of one core that the master takes. */
async function share(pair: Pair, seconds: number): Promise<number> {
  const before = processorSeconds(pair.first.host.pids())
  await sleep(seconds * 1_000)
  return ((processorSeconds(pair.first.host.pids()) - before) / seconds) * 100
}

/** Adverts every 100 ms under a reload every 200 ms and 500 scripts a second. */
export async function storm(program: Program, seconds: number): Promise<Table> {
  const rows: (string | number)[][] = []
  for (const each of [program, keepalived]) {
    const scripts = Array.from({ length: 50 }, (_, i) => `vrrp_script s${i} {\n script "/bin/true"\n interval 1\n user root\n}\n`).join('')
    const track = `track_script {\n ${Array.from({ length: 50 }, (_, i) => `s${i}`).join('\n ')}\n }`
    const lines = ['version 3', track]
    await using rig = await Rig.open({ configuration: `${scripts}${instance({ priority: 200, interval: 0.1, lines })}`, program: each })
    await until(() => rig.dut.holds('192.0.2.10'), 8)
    await sleep(1_000)
    // What the daemon runs itself is 50 a second; the rest keeps its host as busy.
    const forks = spawn('sh', ['-c', 'while :; do /bin/true; /bin/true; /bin/true; /bin/true; /bin/true; sleep 0.01; done'], {
      stdio: 'ignore',
    })
    const from = wallClock()
    for (let i = 0; i < seconds * 5; i++) {
      rig.dut.signal('SIGHUP')
      await sleep(200)
    }
    forks.kill('SIGKILL')
    const times = rig.adverts(from).map((advert) => advert.at)
    // A reload is answered by an advert at once, so an interval may be shorter; what counts is how much longer one is.
    const late = times.slice(1).map((at, i) => Math.max(0, (at - (times[i] ?? 0) - 0.1) * 1_000))
    rows.push([each.name, late.length, quantile(late, 0.5), quantile(late, 0.99), quantile(late, 0.999), mean(late)])
  }
  return {
    title: `Adverts every 100 ms under a reload every 200 ms and 500 scripts a second, ${seconds} s: later than due, ms`,
    columns: ['program', 'adverts', 'p50', 'p99', 'p99.9', 'mean'],
    rows,
    goal: 'p99.9 under 10 ms',
  }
}
