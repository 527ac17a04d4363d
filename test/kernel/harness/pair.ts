import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ip, run } from '../../lab/command.ts'
import { Director } from '../../lab/director.ts'
import type { Host } from '../../lab/host.ts'
import { Lan } from '../../lab/lan.ts'
import { until } from '../../lab/observe.ts'
import { keepalived, type Program } from '../../lab/program.ts'
import { device } from './device.ts'
import type { Captured, VrrpFrame } from './frames.ts'
import { DUT_MAC, type InstancePlan, instance, TESTER_MAC } from './rig.ts'
import { Wire, wallClock } from './wire.ts'

export const FIRST = '192.0.2.2'
export const SECOND = '192.0.2.3'

/** The device beside keepalived, both ways round. */
export const ways = [
  { way: `${device.name} outranks keepalived`, programs: [device, keepalived] as const },
  { way: `keepalived outranks ${device.name}`, programs: [keepalived, device] as const },
]

export interface PairPlan {
  readonly programs: readonly [Program, Program]
  /** What both share. */
  readonly both?: InstancePlan
  readonly first?: InstancePlan
  readonly second?: InstancePlan
  /** Blocks around the instance, of a director with this priority and this folder. */
  readonly before?: (priority: number, folder: string) => string
  readonly after?: (priority: number, folder: string) => string
}

/** They speak to each other alone. */
export const unicast: Pick<PairPlan, 'first' | 'second'> = {
  first: { lines: [`unicast_src_ip ${FIRST}`, 'unicast_peer {', SECOND, '}'] },
  second: { lines: [`unicast_src_ip ${SECOND}`, 'unicast_peer {', FIRST, '}'] },
}

/** Two directors that back each other up (priorities 150 and 100 unless told otherwise), and an observer on the same segment. */
export class Pair {
  readonly lan = new Lan()
  readonly first: Director
  readonly second: Director
  readonly observer: Host
  readonly wire: Wire
  readonly vip: string

  constructor(plan: PairPlan) {
    const host = (name: string, mac: string, last: number): Host =>
      this.lan.host({ name, nics: [{ device: 'eth0', segment: 'a', mac, addresses: [`192.0.2.${last}/24`, `fe80::${last}/64`] }] })
    this.observer = host('observer', TESTER_MAC, 1)
    this.vip = (plan.both?.addresses?.[0] ?? '192.0.2.10').split('/')[0] ?? ''
    const director = (host: Host, program: Program, own: InstancePlan | undefined, priority: number): Director => {
      const lines = [...(plan.both?.lines ?? []), ...(own?.lines ?? [])]
      const configuration = join(host.directory, 'keepalived.conf')
      const around = [plan.before, plan.after].map((text) => text?.(priority, host.directory) ?? '')
      writeFileSync(configuration, around.join(instance({ priority, ...plan.both, ...own, lines })))
      return new Director({ host, program, configuration })
    }
    this.first = director(host('first', DUT_MAC, 2), plan.programs[0], plan.first, 150)
    this.second = director(host('second', '02:00:00:00:00:03', 3), plan.programs[1], plan.second, 100)
    // A hub instead of a switch, so that the observer sees unicast too.
    ip(this.lan.switchboard, [`link set ${this.lan.bridge('a')} type bridge ageing_time 0`])
    this.wire = new Wire(this.observer, 'eth0')
  }

  /** Starts both, the one that should win first: how long a program loads is not what is tested. */
  async elect(winner: Director = this.first): Promise<void> {
    winner.start()
    await entered(winner)
    const other = winner === this.first ? this.second : this.first
    other.start()
    // Whoever still loads would miss what happens next.
    await entered(other)
    await this.settles(winner, 20)
  }

  /** Seconds until exactly one of them, the right one, holds the virtual address. */
  async settles(on: Director, seconds: number): Promise<number> {
    const other = on === this.first ? this.second : this.first
    const took = await until(() => on.holds(this.vip) && !other.holds(this.vip), seconds, 0.02)
    if (took === undefined) {
      const say = (each: Director): string =>
        `${each.name} (${each.program.name}) ${each.host.addresses()}\n${each.log.split('\n').slice(-12).join('\n')}`
      throw new Error(`${on.name} alone should hold ${this.vip} within ${seconds} s\n${say(this.first)}\n${say(this.second)}`)
    }
    return took
  }

  /** All at once: the processes end without a word, and the cable is cut. */
  crash(director: Director): number {
    const at = wallClock()
    director.host.kill()
    director.host.cut('eth0')
    return at
  }

  /** What a host that boots looks like: without the link of use_vmac. */
  revive(director: Director): void {
    const { host } = director
    const own = host.addresses('eth0').filter((address) => !address.startsWith(`${this.vip}/`))
    host.attempt(['ip', 'link', 'del', 'vrrp.51'])
    host.ip('addr flush dev eth0', ...own.map((address) => `addr add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`))
    host.emptyRun()
    host.join('eth0')
  }

  /** They no longer hear each other, but both hear and are heard by the observer. */
  partition(on: boolean): void {
    for (const name of ['first', 'second']) {
      run(['bridge', '-n', this.lan.switchboard, 'link', 'set', 'dev', `${name}.eth0`, 'isolated', on ? 'on' : 'off'])
    }
  }

  adverts(director: Director, after = 0): readonly (VrrpFrame & Captured)[] {
    this.wire.read()
    const last = director === this.first ? 2 : 3
    const mac = director === this.first ? DUT_MAC : '02:00:00:00:00:03'
    // With use_vmac both send from the same MAC, each from its own address.
    const own = new Set([`192.0.2.${last}`, `fe80::${last}`, `fe80::ff:fe00:${last}`])
    const isFrom = (frame: VrrpFrame): boolean =>
      frame.ethernetSource === mac || (frame.ethernetSource.startsWith('00:00:5e:00:') && own.has(frame.source))
    return this.wire.frames.filter((frame): frame is VrrpFrame & Captured => frame.kind === 'vrrp' && isFrom(frame) && frame.at > after)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wire.close()
    this.lan.close()
  }
}

const entered = (director: Director): Promise<number | undefined> =>
  until(() => /Entering (BACKUP|MASTER) STATE/i.test(director.latestLog), 8, 0.02)
