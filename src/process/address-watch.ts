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
  #monitor: Monitor | undefined

  constructor(tell: (present: ReadonlySet<IpAddress>) => void) {
    this.#tell = tell
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
      this.#tell(presentAddresses(next))
    }, buffer)
    if (!opened.ok) return errnoName(opened.error)
    this.#monitor = opened.value
    this.#monitor.start()
    return undefined
  }
}
