import type { Result } from '../base/result.ts'
import type { OperationResult } from '../core/reconcile/kinds.ts'
import type { IpvsTimeouts } from '../netlink/ipvs.ts'

/** What of ip_vs is needed: drivers/ipvs-table.ts. */
export interface TimeoutTable {
  timeouts(): Result<IpvsTimeouts, unknown>
  setTimeouts(timeouts: IpvsTimeouts): OperationResult
}

/** `lvs_timeouts`: they are of the whole table, so what was there before comes back when the word goes, and at the end. */
export class LvsTimeouts {
  readonly #table: TimeoutTable
  #before: IpvsTimeouts | undefined

  constructor(table: TimeoutTable) {
    this.#table = table
  }

  /** Why they could not be set, if so. */
  want(timeouts: IpvsTimeouts | undefined): string | undefined {
    if (timeouts === undefined) {
      this.restore()
      return undefined
    }
    if (this.#before === undefined) {
      const before = this.#table.timeouts()
      if (before.ok) this.#before = before.value
    }
    // What a reload says nothing of is again what it was; 0 leaves it.
    const { tcp, tcpFin, udp } = timeouts
    const { errno, detail } = this.#table.setTimeouts({
      tcp: tcp || (this.#before?.tcp ?? 0),
      tcpFin: tcpFin || (this.#before?.tcpFin ?? 0),
      udp: udp || (this.#before?.udp ?? 0),
    })
    return errno === 0 ? undefined : detail
  }

  restore(): void {
    if (this.#before !== undefined) this.#table.setTimeouts(this.#before)
    this.#before = undefined
  }
}
