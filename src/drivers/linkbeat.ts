import { ethtoolFamily, linkState } from '../netlink/ethtool.ts'
import { lazyConnection } from '../netlink/socket.ts'

/** How often each device is asked, in milliseconds. */
const PERIOD_MS = 1_000

/** Asks drivers whether they have a carrier, by the kernel's ethtool family, and reports what changes. */
export class Linkbeats {
  readonly #report: (device: string, up: boolean) => void
  readonly #connection = lazyConnection('generic')
  #family: number | undefined
  #devices: readonly string[] = []
  readonly #reported = new Map<string, boolean>()
  #timer: NodeJS.Timeout | undefined

  constructor(report: (device: string, up: boolean) => void) {
    this.#report = report
  }

  /** From now on these and no others. Each says at once what it knows; one whose driver cannot be asked says nothing. */
  poll(devices: readonly string[]): void {
    this.#devices = devices
    this.#reported.clear()
    clearInterval(this.#timer)
    if (devices.length === 0) return
    this.#ask()
    this.#timer = setInterval(() => this.#ask(), PERIOD_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    if (this.#family === undefined) return
    const connection = this.#connection()
    if (connection.ok) connection.value.close()
  }

  #ask(): void {
    const connection = this.#connection()
    if (!connection.ok) return
    if (this.#family === undefined) {
      const family = ethtoolFamily(connection.value)
      if (!family.ok) return
      this.#family = family.value
    }
    for (const device of this.#devices) {
      const state = linkState(connection.value, this.#family, device)
      // What cannot be asked now, because it is gone or knows nothing, is judged by its flags alone.
      const up = state.ok ? (state.value ?? true) : true
      if (up === this.#reported.get(device)) continue
      this.#reported.set(device, up)
      this.#report(device, up)
    }
  }
}
