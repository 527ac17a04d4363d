import { errnoName } from 'linux-syscalls'
import type { IpAddress } from '../base/ip.ts'
import type { CheckConfig } from '../core/check/config.ts'
import { followLink, type LocalAddresses, presentAddresses } from '../core/check/local-addresses.ts'
import type { BufferSize } from '../core/socket-config.ts'
import { Monitor } from '../drivers/monitor.ts'

/** The addresses of this host for `ha_suspend`: nobody is watched before a configuration asks for it. */
export class AddressWatch {
  readonly #tell: (present: ReadonlySet<IpAddress>) => void
  #local: LocalAddresses = new Map()
  #present: ReadonlySet<IpAddress> = new Set()
  #monitor: Monitor | undefined

  constructor(tell: (present: ReadonlySet<IpAddress>) => void) {
    this.#tell = tell
  }

  /** As far as they are watched. */
  get present(): ReadonlySet<IpAddress> {
    return this.#present
  }

  /** Why they cannot be watched, if they cannot; then no service has its address. */
  configured({ virtualServers, globals }: CheckConfig): string | undefined {
    if (this.#monitor !== undefined || virtualServers.every(({ haSuspend }) => haSuspend === undefined)) return undefined
    return this.#open(globals.monitorBuffer)
  }

  close(): void {
    this.#monitor?.close()
  }

  #open(buffer: BufferSize | undefined): string | undefined {
    const opened = Monitor.open((event) => {
      const next = followLink(this.#local, event)
      if (next === this.#local) return
      this.#local = next
      this.#present = presentAddresses(next)
      // The first look is for the configuration that asked for it.
      if (this.#monitor !== undefined) this.#tell(this.#present)
    }, buffer)
    if (!opened.ok) return errnoName(opened.error)
    opened.value.start()
    this.#monitor = opened.value
    return undefined
  }
}
