import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, ip, type Outcome, run } from './command.ts'

export interface HostParts {
  readonly name: string
  readonly namespace: string
  readonly switchboard: string
  readonly directory: string
  readonly port: (device: string) => string
}

/** A daemon and where its output goes. */
export interface Daemon {
  readonly child: ChildProcess
  readonly pid: number
  readonly log: string
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/**
 * A host: a network namespace, and for its daemons a private /run, so that two of them can keep their pid files and sockets in the usual
 * places. Its files lie below `directory`, where the test can read them.
 */
export class Host {
  readonly name: string
  readonly namespace: string
  readonly directory: string
  readonly #parts: HostParts

  constructor(parts: HostParts) {
    this.name = parts.name
    this.namespace = parts.namespace
    this.directory = join(parts.directory, parts.name)
    this.#parts = parts
    mkdirSync(join(this.directory, 'run'), { recursive: true })
    mkdirSync(join(this.directory, 'tmp'))
  }

  get run(): string {
    return join(this.directory, 'run')
  }

  exec(argv: readonly string[], options: { readonly input?: string; readonly seconds?: number } = {}): string {
    return run(this.#enter(argv), options)
  }

  attempt(argv: readonly string[], options: { readonly input?: string; readonly seconds?: number } = {}): Outcome {
    return attempt(this.#enter(argv), options)
  }

  ip(...lines: readonly string[]): void {
    ip(this.namespace, lines)
  }

  sysctl(settings: Readonly<Record<string, string>>): void {
    const script = Object.entries(settings).map(([name, value]) => `echo ${value} > /proc/sys/${name.replaceAll('.', '/')}`)
    this.exec(['sh', '-ec', script.join('\n')])
  }

  /** Starts a program that stays; every program on the way there execs the next, so the pid is the daemon's own. */
  spawn(argv: readonly string[], options: { readonly log?: string; readonly environment?: Readonly<Record<string, string>> } = {}): Daemon {
    const log = join(this.directory, options.log ?? 'log')
    const output = openSync(log, 'a')
    const script = 'mount --bind "$0" /run && exec "$@"'
    const wrapped = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, this.run, ...argv]
    const [program = '', ...rest] = ['ip', 'netns', 'exec', this.namespace, ...wrapped]
    const child = spawn(program, rest, {
      stdio: ['ignore', output, output],
      env: { ...process.env, TMPDIR: join(this.directory, 'tmp'), ...options.environment },
    })
    closeSync(output)
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
      child.once('error', () => resolve({ code: -1, signal: null }))
    })
    return { child, pid: child.pid ?? -1, log, ended }
  }

  pids(): readonly number[] {
    return attempt(['ip', 'netns', 'pids', this.namespace])
      .stdout.split('\n')
      .filter((line) => line !== '')
      .map(Number)
  }

  /** Every process of this host at once, children before a supervisor could start them anew. */
  kill(): void {
    for (let round = 0; round < 20; round++) {
      const pids = this.pids()
      if (pids.length === 0) return
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of pids) signalQuietly(pid, signal)
    }
  }

  /** What a boot does to /run: the pid files of what was killed are gone. */
  emptyRun(): void {
    for (const name of readdirSync(this.run)) rmSync(join(this.run, name), { recursive: true, force: true })
  }

  /** Pulls the cable: the far end goes down, so the device loses its carrier. */
  cut(...devices: readonly string[]): void {
    ip(
      this.#parts.switchboard,
      devices.map((device) => `link set ${this.#parts.port(device)} down`),
    )
  }

  join(...devices: readonly string[]): void {
    ip(
      this.#parts.switchboard,
      devices.map((device) => `link set ${this.#parts.port(device)} up`),
    )
  }

  /** Addresses of this host as `address/length`, of one device or of all. */
  addresses(device?: string): readonly string[] {
    const lines = attempt([
      'ip',
      '-n',
      this.namespace,
      '-o',
      'addr',
      'show',
      ...(device === undefined ? [] : ['dev', device]),
    ]).stdout.split('\n')
    return lines.flatMap((line) => /\binet6? (\S+)/.exec(line)?.[1] ?? [])
  }

  /** Cheaper than `ip netns exec`, which mounts a /sys of the namespace's own: daemons get that. */
  #enter(argv: readonly string[]): string[] {
    return ['nsenter', `--net=/run/netns/${this.namespace}`, ...argv]
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone already.
  }
}
