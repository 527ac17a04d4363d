import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Director } from '../../lab/director.ts'
import type { Host } from '../../lab/host.ts'
import { Lan, type Nic } from '../../lab/lan.ts'
import { until } from '../../lab/observe.ts'
import type { Program } from '../../lab/program.ts'
import { device } from './device.ts'
import { type AdvertPlan, advert, type Captured, type VrrpFrame } from './frames.ts'
import { Wire, wallClock } from './wire.ts'

export const TESTER_MAC = '02:00:00:00:00:01'
export const DUT_MAC = '02:00:00:00:00:02'
export const VIP = '192.0.2.10'

export interface InstancePlan {
  readonly name?: string
  readonly device?: string
  readonly vrid?: number
  readonly priority?: number
  readonly interval?: number
  readonly addresses?: readonly string[]
  /** More lines of the instance's block. */
  readonly lines?: readonly string[]
}

/** A vrrp_instance block: version 2, VRID 51, priority 100, one second, 192.0.2.10 on eth0, unless told otherwise. */
export function instance(plan: InstancePlan = {}): string {
  return `vrrp_instance ${plan.name ?? 'VI_1'} {
    interface ${plan.device ?? 'eth0'}
    virtual_router_id ${plan.vrid ?? 51}
    priority ${plan.priority ?? 100}
    advert_int ${plan.interval ?? 1}
    ${(plan.lines ?? []).join('\n    ')}
    virtual_ipaddress {
        ${(plan.addresses ?? [VIP]).join('\n        ')}
    }
}
`
}

export interface RigPlan {
  readonly configuration: string
  readonly program?: Program
  /** Also a device eth1 on a second segment, in both hosts. */
  readonly secondSegment?: boolean
  /** The tester's addresses beyond 192.0.2.1. */
  readonly testerAddresses?: readonly string[]
  readonly options?: readonly string[]
  /** Something to do with the hosts before the program starts. */
  readonly prepare?: (hosts: { readonly dut: Host; readonly tester: Host }) => void
  /** False: the test starts it. */
  readonly start?: boolean
}

export type Advert = VrrpFrame & { readonly at: number; readonly outgoing: boolean; readonly bytes: Uint8Array }

/** Of the device, by its own MAC or a virtual one; the tester's own frames are outgoing. */
const isAdvert = (frame: Captured): frame is Advert =>
  frame.kind === 'vrrp' && !frame.outgoing && (frame.ethernetSource === DUT_MAC || frame.ethernetSource.startsWith('00:00:5e:00:'))

/** A device under test (192.0.2.2) and a tester (192.0.2.1) on one segment; the tester sees and forges every frame. */
export class Rig {
  readonly lan = new Lan()
  readonly dut: Director
  readonly tester: Host
  readonly wire: Wire
  readonly configuration: string
  #second: Wire | undefined
  startedAt = 0

  private constructor(plan: RigPlan) {
    const nics = (mac: string, last: number, more: readonly string[] = []): Nic[] => [
      { device: 'eth0', segment: 'a', mac, addresses: [`192.0.2.${last}/24`, ...more] },
      ...(plan.secondSegment
        ? [{ device: 'eth1', segment: 'b', mac: mac.replace('02:', '06:'), addresses: [`198.51.100.${last}/24`] }]
        : []),
    ]
    this.tester = this.lan.host({ name: 'tester', nics: nics(TESTER_MAC, 1, plan.testerAddresses) })
    const host = this.lan.host({ name: 'dut', nics: nics(DUT_MAC, 2) })
    plan.prepare?.({ dut: host, tester: this.tester })
    this.configuration = join(host.directory, 'keepalived.conf')
    writeFileSync(this.configuration, plan.configuration)
    this.dut = new Director({
      host,
      program: plan.program ?? device,
      configuration: this.configuration,
      ...(plan.options && { options: plan.options }),
    })
    this.wire = new Wire(this.tester, 'eth0')
    if (plan.secondSegment) this.#second = new Wire(this.tester, 'eth1')
    if (plan.start !== false) this.start()
  }

  static async open(plan: RigPlan): Promise<Rig> {
    const rig = new Rig(plan)
    if (plan.start !== false) await rig.ready()
    return rig
  }

  start(): void {
    this.startedAt = wallClock()
    this.dut.start()
  }

  /** Until it listens: it says that it waits, and has joined its group where it has one. */
  async ready(): Promise<void> {
    const multicast = !/unicast_peer/.test(this.text)
    const isReady = (): boolean => /Entering (BACKUP|MASTER|FAULT) STATE/i.test(this.dut.latestLog) && multicast === this.#hasJoined()
    const { child } = this.dut.daemon
    const took = await until(() => child.exitCode !== null || isReady(), 20, 0.02)
    if (took === undefined || child.exitCode !== null)
      throw new Error(`the device does not start (exit ${child.exitCode}):\n${this.dut.log}`)
    await sleep(50)
  }

  get text(): string {
    return readFileSync(this.configuration, 'utf8')
  }

  get second(): Wire {
    if (this.#second === undefined) throw new Error('there is no second segment')
    return this.#second
  }

  /** Makes the device master within its skew time, by a priority 0 of a master that resigns. */
  async promote(): Promise<Advert> {
    const version = /version 3/.test(this.text) ? 3 : 2
    const vrid = Number(/virtual_router_id (\d+)/.exec(this.text)?.[1])
    const at = this.wire.send(this.#frame({ version, vrid, priority: 0 }))
    const first = await this.advert({ after: at, seconds: 8 })
    await until(() => this.dut.holds(VIP), 1, 0.01)
    return first
  }

  send(plan: Omit<AdvertPlan, 'ethernetSource'>): number {
    return this.wire.send(this.#frame(plan))
  }

  /** Sends the same advert again and again, as a master does, until stopped. */
  async every(seconds: number, plan: Omit<AdvertPlan, 'ethernetSource'>, during: () => Promise<void>): Promise<void> {
    this.send(plan)
    const timer = setInterval(() => this.send(plan), seconds * 1_000)
    try {
      await during()
    } finally {
      clearInterval(timer)
    }
  }

  advert(limits: { readonly after?: number; readonly seconds: number; readonly where?: (advert: Advert) => boolean }): Promise<Advert> {
    return this.wire.next((frame): frame is Advert => isAdvert(frame) && (limits.where?.(frame) ?? true), limits)
  }

  /** The device's adverts so far. */
  adverts(after = 0): readonly Advert[] {
    this.wire.read()
    return this.wire.frames.filter(isAdvert).filter((frame) => frame.at > after)
  }

  /** Gratuitous ARP requests of the device for an address. */
  garps(target = VIP, wire = this.wire): readonly Captured[] {
    return wire.frames.filter(
      (frame) => frame.kind === 'arp' && frame.operation === 1 && frame.sender === target && frame.target === target,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wire.close()
    this.#second?.close()
    this.lan.close()
  }

  #frame(plan: Omit<AdvertPlan, 'ethernetSource'>): Uint8Array {
    return advert({ ethernetSource: TESTER_MAC, ...plan })
  }

  #hasJoined(): boolean {
    try {
      const groups =
        readFileSync(`/proc/${this.dut.daemon.pid}/net/igmp`, 'utf8') + readFileSync(`/proc/${this.dut.daemon.pid}/net/igmp6`, 'utf8')
      return /120000E0|ff020000000000000000000000000012/.test(groups)
    } catch {
      return false
    }
  }
}

export const pause = (seconds: number): Promise<void> => sleep(seconds * 1_000)
