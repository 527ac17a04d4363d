import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, ip, run } from './command.ts'
import { Host } from './host.ts'

/** One end of a cable: a device of a host, plugged into a segment. */
export interface Nic {
  readonly device: string
  readonly segment: string
  /** With their prefix lengths. */
  readonly addresses?: readonly string[]
  readonly mac?: string
}

export interface HostPlan {
  readonly name: string
  readonly nics: readonly Nic[]
  readonly gateway?: string
  /** Kernel settings, `net.ipv4.ip_forward`: value. */
  readonly sysctls?: Readonly<Record<string, string>>
}

const PREFIX = 'vk'
let lans = 0

/**
 * Ethernet segments with hosts on them, as network namespaces on the running kernel. One namespace holds a bridge for each segment (no
 * spanning tree, so that ports forward at once) and the far end of every host's cable. Names carry our process id: two labs do not
 * meet, and what a killed one left behind is swept away by the next.
 */
export class Lan {
  readonly directory: string
  readonly switchboard: string
  readonly #prefix: string
  readonly #hosts = new Map<string, Host>()
  readonly #segments = new Map<string, string>()
  readonly #onExit = () => this.close()
  #open = true

  constructor() {
    sweep()
    this.#prefix = `${PREFIX}${process.pid}-${lans++}`
    this.directory = mkdtempSync(join(tmpdir(), `${this.#prefix}-`))
    this.switchboard = `${this.#prefix}-lan`
    run(['ip', 'netns', 'add', this.switchboard])
    process.once('exit', this.#onExit)
  }

  host(plan: HostPlan): Host {
    const namespace = `${this.#prefix}-${plan.name}`
    run(['ip', 'netns', 'add', namespace])
    const outside: string[] = []
    const inside = ['link set lo up']
    for (const nic of plan.nics) {
      const bridge = this.#segment(nic.segment)
      const port = portName(plan.name, nic.device)
      const mac = nic.mac === undefined ? '' : ` address ${nic.mac}`
      outside.push(`link add ${port} type veth peer name ${nic.device}${mac} netns ${namespace}`)
      outside.push(`link set ${port} master ${bridge} up`)
      for (const address of nic.addresses ?? [])
        inside.push(`addr add ${address} dev ${nic.device}${address.includes(':') ? ' nodad' : ''}`)
      inside.push(`link set ${nic.device} up`)
    }
    if (plan.gateway !== undefined) inside.push(`route add default via ${plan.gateway}`)
    ip(this.switchboard, outside)
    ip(namespace, inside)
    const host = new Host({
      name: plan.name,
      namespace,
      switchboard: this.switchboard,
      directory: this.directory,
      port: (device) => portName(plan.name, device),
    })
    this.#hosts.set(plan.name, host)
    if (plan.sysctls !== undefined) host.sysctl(plan.sysctls)
    return host
  }

  get(name: string): Host {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new Error(`there is no host ${name}`)
    return host
  }

  /** The bridge's device name in the switchboard namespace: where a capture sees the whole segment. */
  bridge(segment: string): string {
    return this.#segment(segment)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    process.removeListener('exit', this.#onExit)
    for (const host of this.#hosts.values()) {
      host.kill()
      attempt(['ip', 'netns', 'del', host.namespace])
    }
    attempt(['ip', 'netns', 'del', this.switchboard])
    rmSync(this.directory, { recursive: true, force: true })
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #segment(name: string): string {
    const known = this.#segments.get(name)
    if (known !== undefined) return known
    const bridge = `br-${name}`
    ip(this.switchboard, [`link add ${bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`, `link set ${bridge} up`])
    this.#segments.set(name, bridge)
    return bridge
  }
}

/** Fifteen characters is all a device name may have. */
function portName(host: string, device: string): string {
  return `${host}.${device}`.slice(-15)
}

/** A lab that was killed outright could not clean up: its namespaces bear the id of a process that is gone. */
function sweep(): void {
  let names: string[] = []
  try {
    names = readdirSync('/run/netns')
  } catch {
    return
  }
  for (const name of names) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    for (const left of attempt(['ip', 'netns', 'pids', name]).stdout.split('\n')) {
      if (left !== '') attempt(['kill', '-9', left])
    }
    attempt(['ip', 'netns', 'del', name])
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
