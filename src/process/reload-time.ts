import { readFileSync, unlinkSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Log } from './log.ts'

/** `reload_time_file` and `reload_repeat` */
export interface ReloadTime {
  readonly path: string
  /** Daily: the file stays. */
  readonly repeat: boolean
}

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Reloads at the time that a file names, and follows what the file says until then. */
export class ReloadTimer {
  readonly #log: Log
  readonly #reload: () => void
  #time: ReloadTime | undefined
  #watcher: { close(): void } | undefined
  #timer: NodeJS.Timeout | undefined
  #due: number | undefined

  constructor(log: Log, reload: () => void) {
    this.#log = log
    this.#reload = reload
  }

  /** From now on this file; said again, it is read again. */
  use(time: ReloadTime | undefined): void {
    if (time?.path !== this.#time?.path) this.#follow(time?.path)
    this.#time = time
    this.#schedule()
  }

  close(): void {
    this.use(undefined)
  }

  #follow(path: string | undefined): void {
    this.#watcher?.close()
    this.#watcher = undefined
    if (path === undefined) return
    try {
      const watcher = watch(dirname(path), (_, name) => {
        if (name === null || name === basename(path)) this.#schedule()
      })
      watcher.on('error', () => watcher.close())
      watcher.unref()
      this.#watcher = watcher
    } catch {
      this.#log.say('warn', `reload_time_file ${path}: its folder cannot be watched, it is read at reloads only`, 'reload-time')
    }
  }

  #schedule(): void {
    const text = this.#time === undefined ? undefined : read(this.#time.path)
    const due = text === undefined ? undefined : reloadTime(text, new Date())
    if (text !== undefined && text.trim() !== '' && due === undefined)
      this.#log.say('warn', `reload_time_file ${this.#time?.path}: '${text.trim().slice(0, 40)}' is no time to come`, 'reload-time')
    if (due?.getTime() === this.#due) return
    clearTimeout(this.#timer)
    this.#due = due?.getTime()
    if (due === undefined) return
    this.#log.say('info', `Scheduling reload for ${localTime(due)}`, 'reload-time')
    this.#wait(due)
  }

  #wait(due: Date): void {
    const left = due.getTime() - Date.now()
    if (left <= 0) this.#fire()
    else this.#timer = setTimeout(() => this.#wait(due), Math.min(left, LONGEST_TIMER_MS)).unref()
  }

  #fire(): void {
    const time = this.#time
    this.#due = undefined
    if (time === undefined) return
    if (!time.repeat) remove(time.path)
    this.#reload()
    if (time.repeat) this.#schedule()
  }
}

const PATTERN = /^(?:(\d\d|\d{4})-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)(Z?)$/

/** `HH:MM:SS`, before it a date with two or four digits of the year, behind it Z for UTC; undefined if it is none, or past. */
export function reloadTime(text: string, now: Date): Date | undefined {
  const match = PATTERN.exec(text.trim())
  if (match === null) return undefined
  const [, year, ...rest] = match
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = rest.slice(0, 5).map((digits) => Number(digits ?? 0))
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const utc = match[7] === 'Z'
  const at = (fullYear: number, monthIndex: number, date: number): Date =>
    utc ? new Date(Date.UTC(fullYear, monthIndex, date, hour, minute, second)) : new Date(fullYear, monthIndex, date, hour, minute, second)
  if (year !== undefined) {
    const named = at(Number(year) + (year.length === 2 ? 2000 : 0), month - 1, day)
    const real = utc
      ? named.getUTCDate() === day && named.getUTCMonth() === month - 1
      : named.getDate() === day && named.getMonth() === month - 1
    return real && named > now ? named : undefined
  }
  const [y, m, d] = utc ? [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()] : [now.getFullYear(), now.getMonth(), now.getDate()]
  const today = at(y, m, d)
  return today > now ? today : at(y, m, d + 1)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').slice(0, 100)
  } catch {
    return undefined
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or not ours to take.
  }
}

/** "2026-11-21 15:42:20" */
function localTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`
}
