import { setTimeout as sleep } from 'node:timers/promises'
import { Pair } from '../kernel/harness/pair.ts'
import { wallClock } from '../kernel/harness/wire.ts'
import type { Director } from '../lab/director.ts'
import { until } from '../lab/observe.ts'
import { keepalived, type Program } from '../lab/program.ts'
import { median, quantile } from './statistics.ts'
import type { Table } from './table.ts'

const PRIORITY = 100

/** Milliseconds from Master_Down_Interval of the last advert heard to the backup's own first advert, and to its first gratuitous ARP. */
interface Sample {
  readonly advert: number
  readonly garp: number
}

/** All processes of the master killed and its link cut, again and again, each program against itself, in turns. */
export async function failover(program: Program, runs: number): Promise<Table> {
  const rows: (string | number)[][] = []
  for (const way of WAYS) {
    const samples = new Map<Program, Sample[]>([
      [program, []],
      [keepalived, []],
    ])
    for (let done = 0; done < runs; done += CRASHES_PER_PAIR) {
      for (const [each, collected] of samples) {
        collected.push(...(await crashes(each, way, Math.min(CRASHES_PER_PAIR, runs - done))))
      }
    }
    const ours = samples.get(program) ?? []
    const theirs = samples.get(keepalived) ?? []
    const garps = (of: readonly Sample[]): number[] => of.map((sample) => sample.garp)
    for (const [each, of] of samples) {
      const ratio = each === program ? median(garps(ours)) / median(garps(theirs)) : '' // keepalived is the measure.
      rows.push([
        `${way.interval} s${way.vmac ? ' use_vmac' : ''}  ${each.name}`,
        of.length,
        median(of.map((sample) => sample.advert)),
        median(garps(of)),
        quantile(garps(of), 0.9),
        ratio,
      ])
    }
  }
  return {
    title: 'Crash failover: beyond Master_Down_Interval, ms',
    columns: ['interval', 'runs', 'advert p50', 'ARP p50', 'ARP p90', 'ratio of p50'],
    rows,
    goal: 'ratio at most 1.5, p90 under 3 ms on an idle machine',
  }
}

const CRASHES_PER_PAIR = 5

interface Way {
  /** `advert_int`, seconds. */
  readonly interval: number
  /** `use_vmac`: both have the same MAC, and their addresses stand on a macvlan. */
  readonly vmac: boolean
}

const WAYS: readonly Way[] = [
  { interval: 1, vmac: false },
  { interval: 0.1, vmac: false },
  { interval: 0.1, vmac: true },
  { interval: 0.01, vmac: false },
]

const VIRTUAL_MAC = '00:00:5e:00:01:33'

/** Equal priorities and nopreempt, so that the two change roles at every crash and nobody waits for a preemption. */
async function crashes(program: Program, way: Way, count: number): Promise<readonly Sample[]> {
  const { interval } = way
  const lines = ['version 3', 'state BACKUP', 'nopreempt', 'garp_master_delay 0', ...(way.vmac ? ['use_vmac'] : [])]
  await using pair = new Pair({ programs: [program, program], both: { interval, priority: PRIORITY, lines } })
  const samples: Sample[] = []
  pair.first.start()
  await until(() => pair.first.holds(pair.vip), 8)
  let master = pair.first
  let backup = pair.second
  for (let i = 0; i < count; i++) {
    backup.start()
    await until(() => /Entering BACKUP STATE/i.test(backup.latestLog), 8)
    await sleep(1_000 + Math.random() * interval * 1_000)
    samples.push(await crash(pair, master, backup, way))
    await until(() => backup.holds(pair.vip), 1)
    pair.revive(master)
    const swap = master
    master = backup
    backup = swap
  }
  return samples
}

async function crash(pair: Pair, master: Director, backup: Director, { interval, vmac }: Way): Promise<Sample> {
  pair.crash(master)
  const last = pair.adverts(master).at(-1)?.at ?? wallClock()
  const down = last + 3 * interval + ((256 - PRIORITY) / 256) * interval
  const seconds = 3 * interval + 3
  const mac = vmac ? VIRTUAL_MAC : backup === pair.first ? '02:00:00:00:00:02' : '02:00:00:00:00:03'
  const garp = await pair.wire
    .next((frame): frame is typeof frame => frame.kind === 'arp' && frame.senderMac === mac && frame.sender === pair.vip, {
      after: last,
      seconds,
    })
    .catch((error: unknown) => {
      throw new Error(`${backup.name} does not take over from ${master.name}\n${backup.log.slice(-3_000)}`, { cause: error })
    })
  const advert = pair.adverts(backup, last)[0]
  return { advert: ((advert?.at ?? Number.NaN) - down) * 1_000, garp: (garp.at - down) * 1_000 }
}
