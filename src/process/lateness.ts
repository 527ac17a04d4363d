import { readFileSync } from 'node:fs'
import { SCHED_OTHER, SCHED_RESET_ON_FORK, SCHED_RR, schedSetscheduler } from 'linux-syscalls'
import { fromMillis, type Micros, toSeconds } from '../base/units.ts'
import type { WakeUps } from '../status/vrrp-data.ts'
import type { Log } from './log.ts'

export interface LatenessOptions {
  readonly log: Log
  /** `max_auto_priority`: up to this one it is raised; 0 leaves it. */
  readonly highestPriority: number
  /** `min_auto_priority_delay`: who is later than that says so, and is raised. */
  readonly tolerance: Micros
  /** How the process is scheduled from its start. Default: what /proc says. */
  readonly scheduling?: SchedulingClass
  /** Tests put another in its place; 0 is ordinary scheduling. */
  readonly setPriority?: (priority: number) => number
}

/** As /proc/PID/stat has it: SCHED_*, and the real-time priority, 0 without one. */
export interface SchedulingClass {
  readonly policy: number
  readonly priority: number
}

/** A wake-up that is later than this counts as late: a backup at the shortest interval would notice. */
const LATE = fromMillis(10)

/** How much later than asked for the process woke up, and what is done about it and against it. */
export class Lateness {
  readonly #options: LatenessOptions
  readonly #setPriority: (priority: number) => number
  readonly #isOrdinary: boolean
  #priority: number
  #late = 0
  #longest = 0 as Micros

  constructor(options: LatenessOptions) {
    const { scheduling = ownScheduling(), setPriority = setRealtime } = options
    this.#options = options
    this.#setPriority = setPriority
    this.#isOrdinary = scheduling.policy === SCHED_OTHER
    this.#priority = scheduling.priority
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

  /** For some milliseconds that matter: nobody who wakes up meanwhile is put before us. Who has another policy than the ordinary one keeps it. */
  unhindered(act: () => void): void {
    const raised = this.#isOrdinary && this.#priority === 0 && this.#setPriority(1) >= 0
    act()
    if (raised) this.#setPriority(this.#priority)
  }

  /** One step at a time: the least that helps. */
  #raise(): void {
    const { highestPriority, log } = this.#options
    if (this.#priority >= highestPriority) return
    const status = this.#setPriority(this.#priority + 1)
    if (status < 0) {
      log.say('warn', `Unable to raise realtime priority to ${this.#priority + 1}: errno ${-status}`, 'scheduling')
      return
    }
    this.#priority++
    log.say('info', `Set realtime priority ${this.#priority}`, 'realtime-raised', { priority: this.#priority })
  }
}

const setRealtime = (priority: number): number =>
  schedSetscheduler(0, (priority === 0 ? SCHED_OTHER : SCHED_RR) | SCHED_RESET_ON_FORK, priority)

/** Fields 40 and 41 of /proc/self/stat; the name, field 2, may hold spaces and brackets. */
function ownScheduling(): SchedulingClass {
  const text = readFileSync('/proc/self/stat', 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { priority: Number(fields[37]), policy: Number(fields[38]) }
}
