import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Daemon, Host } from '../../lab/host.ts'

/** FRR's bfdd on a host, with the zebra that it cannot do without; files and sockets are in a folder of the host. */
export class Bfdd {
  readonly #host: Host
  readonly #folder: string
  readonly #zebra: Daemon
  #bfdd: Daemon

  constructor(host: Host, configuration: string) {
    this.#host = host
    this.#folder = join(host.directory, 'frr')
    mkdirSync(this.#folder)
    // They run as a user of their own, who has to come by.
    for (const folder of [dirname(host.directory), host.directory]) chmodSync(folder, 0o755)
    chmodSync(this.#folder, 0o777)
    writeFileSync(join(this.#folder, 'zebra.conf'), '')
    writeFileSync(join(this.#folder, 'bfdd.conf'), configuration)
    this.#zebra = this.#start('zebra')
    this.#bfdd = this.#start('bfdd', '--bfdctl', join(this.#folder, 'bfdd.sock'))
  }

  get daemon(): Daemon {
    return this.#bfdd
  }

  /** At once and without a word. */
  async kill(): Promise<void> {
    this.#bfdd.child.kill('SIGKILL')
    await this.#bfdd.ended
  }

  start(): void {
    this.#bfdd = this.#start('bfdd', '--bfdctl', join(this.#folder, 'bfdd.sock'))
  }

  async stop(): Promise<void> {
    await this.kill()
    this.#zebra.child.kill('SIGKILL')
    await this.#zebra.ended
  }

  #start(name: string, ...more: readonly string[]): Daemon {
    const at = (file: string): string => join(this.#folder, file)
    const files = ['-f', at(`${name}.conf`), '-i', at(`${name}.pid`), '-z', at('zserv.api'), '--vty_socket', this.#folder]
    return this.#host.spawn([`/usr/lib/frr/${name}`, ...files, '--log', 'stdout', ...more], { log: `${name}.log` })
  }
}
