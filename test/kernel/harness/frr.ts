import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Daemon, Host } from '../../lab/host.ts'

/** A daemon of FRR on a host, with the zebra that it cannot do without; files and sockets are in a folder of the host. */
export class Frr {
  readonly #host: Host
  readonly #folder: string
  readonly #name: 'bfdd' | 'vrrpd'
  readonly #zebra: Daemon
  #daemon: Daemon

  constructor(host: Host, name: 'bfdd' | 'vrrpd', configuration: string) {
    this.#host = host
    this.#name = name
    this.#folder = join(host.directory, 'frr')
    mkdirSync(this.#folder)
    // They run as a user of their own, who has to come by.
    for (const folder of [dirname(host.directory), host.directory]) chmodSync(folder, 0o755)
    chmodSync(this.#folder, 0o777)
    writeFileSync(join(this.#folder, 'zebra.conf'), '')
    writeFileSync(join(this.#folder, `${name}.conf`), configuration)
    this.#zebra = this.#start('zebra')
    this.#daemon = this.#begin()
  }

  get daemon(): Daemon {
    return this.#daemon
  }

  /** At once and without a word. */
  async kill(): Promise<void> {
    this.#daemon.child.kill('SIGKILL')
    await this.#daemon.ended
  }

  start(): void {
    this.#daemon = this.#begin()
  }

  async stop(): Promise<void> {
    await this.kill()
    this.#zebra.child.kill('SIGKILL')
    await this.#zebra.ended
  }

  #begin(): Daemon {
    return this.#start(this.#name, ...(this.#name === 'bfdd' ? ['--bfdctl', join(this.#folder, 'bfdd.sock')] : []))
  }

  #start(name: string, ...more: readonly string[]): Daemon {
    const at = (file: string): string => join(this.#folder, file)
    const files = ['-f', at(`${name}.conf`), '-i', at(`${name}.pid`), '-z', at('zserv.api'), '--vty_socket', this.#folder]
    return this.#host.spawn([`/usr/lib/frr/${name}`, ...files, '--log', 'stdout', ...more], { log: `${name}.log` })
  }
}
