import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Daemon, Host } from './host.ts'
import type { Program } from './program.ts'

export interface DirectorPlan {
  readonly host: Host
  readonly program: Program
  readonly configuration: string
  /** For `@id` lines of a configuration that several directors share. */
  readonly id?: string
  readonly options?: readonly string[]
}

/** A host that runs keepalived, or a program that takes its options. */
export class Director {
  readonly host: Host
  readonly program: Program
  readonly #plan: DirectorPlan
  #daemon: Daemon | undefined
  #logStart = 0

  constructor(plan: DirectorPlan) {
    this.host = plan.host
    this.program = plan.program
    this.#plan = plan
  }

  get name(): string {
    return this.host.name
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error(`${this.name} was never started`)
    return this.#daemon
  }

  /** All that the program said, over all its starts. */
  get log(): string {
    const file = join(this.host.directory, 'log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  /** What it said since the last start. */
  get latestLog(): string {
    return this.log.slice(this.#logStart)
  }

  start(): Daemon {
    const { program, configuration, id, options } = this.#plan
    this.#logStart = this.log.length
    const files = ['-p', '/run/keepalived.pid', '-r', '/run/vrrp.pid', '-c', '/run/checkers.pid']
    const argv = [
      ...program.argv,
      '-n',
      '-l',
      '-D',
      ...files,
      '-f',
      configuration,
      ...(id === undefined ? [] : ['-i', id]),
      ...(options ?? []),
    ]
    this.#daemon = this.host.spawn(argv)
    return this.#daemon
  }

  /** The pid that one of keepalived's pid files tells, `vrrp`, `checkers` or `keepalived`. */
  pid(which: 'keepalived' | 'vrrp' | 'checkers'): number {
    return Number(readFileSync(join(this.host.run, `${which}.pid`), 'utf8'))
  }

  signal(signal: NodeJS.Signals): void {
    this.daemon.child.kill(signal)
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM')
    await this.daemon.ended
  }

  holds(address: string): boolean {
    return this.host.addresses().some((held) => held.split('/')[0] === address)
  }
}
