import { SCHED_RESET_ON_FORK, SCHED_RR, schedSetscheduler } from 'linux-syscalls'
import { fromMillis, type Micros, toSeconds } from '../base/units.ts'
import type { WakeUps } from '../status/vrrp-data.ts'
import type { Log } from './log.ts'

export interface LatenessOptions {
  readonly log: Log
  /** The priority that the process has from its start; 0 is ordinary scheduling. */
  readonly realtimePriority: number
  /** `max_auto_priority`: up to this one it is raised; 0 leaves it. */
  readonly highestPriority: number
  /** `min_auto_priority_delay`: who is later than that says so, and is raised. */
  readonly tolerance: Micros
  /** Tests put another in its place. */
  readonly setPriority?: (priority: number) => number
}

/** A wake-up that is later than this counts as late: a backup at the shortest interval would notice. */
const LATE = fromMillis(10)

/** How much later than asked for the process woke up, and what is done about it. */
export class Lateness {
  readonly #options: LatenessOptions
  #priority: number
  #late = 0
  #longest = 0 as Micros

  constructor(options: LatenessOptions) {
    this.#options = options
    this.#priority = options.realtimePriority
  }

  get wakeUps(): WakeUps {
    return { late: this.#late, longest: this.#longest }
  }

  /** For each wake-up that a timer asked for. */
  woke(late: Micros): void {
    if (late > this.#longest) this.#longest = late
    if (late <= LATE) return
    this.#late++
    const { tolerance, log } = this.#options
    if (late <= tolerance) return
    log.detail(`A thread timer expired ${toSeconds(late).toFixed(6)} seconds ago`, 'late', { late_us: late })
    this.#raise()
  }

  /** One step at a time: the least that helps. */
  #raise(): void {
    const { highestPriority, log, setPriority = setRealtime } = this.#options
    if (this.#priority >= highestPriority) return
    const status = setPriority(this.#priority + 1)
    if (status < 0) {
      log.say('warn', `Unable to raise realtime priority to ${this.#priority + 1}: errno ${-status}`, 'scheduling')
      return
    }
    this.#priority++
    log.say('info', `Set realtime priority ${this.#priority}`, 'realtime-raised', { priority: this.#priority })
  }
}

const setRealtime = (priority: number): number => schedSetscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, priority)
