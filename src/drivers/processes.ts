import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { setns } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { ProcessMatch } from '../core/track/config.ts'
import { Writer } from '../netlink/attribute.ts'
import { ECONNREFUSED, ENOBUFS } from '../netlink/constants.ts'
import { readMessages, writeMessage } from '../netlink/message.ts'
import { isListening, listenToProcesses, PROCESS_EVENTS_GROUP, readProcessEvent } from '../netlink/process-events.ts'
import { type NetlinkSocket, openNetlink, type ReceiveBuffer } from '../netlink/socket.ts'

/** A program whose processes are counted. */
export interface CountedProcess {
  readonly name: string
  readonly match: ProcessMatch
}

export interface ProcessCountsOptions {
  /** Tests put another folder in the place of /proc. */
  readonly proc?: string
  /** Bytes the kernel may queue; `force` beyond its limit for users. */
  readonly receiveBuffer?: ReceiveBuffer
  /** False: there is no connector. */
  readonly connector?: boolean
}

/** How often /proc is read where the kernel tells nothing, in milliseconds. */
const POLL_MS = 1_000
/** Of one drain; what is left makes the socket readable again. */
const DATAGRAMS_AT_ONCE = 512

/**
 * Counts the processes of programs, by what the kernel's process connector tells and /proc says. After lost events, and where the
 * kernel does not tell (a container), all of /proc is read.
 */
export class ProcessCounts {
  readonly #report: (name: string, running: number) => void
  readonly #options: ProcessCountsOptions
  readonly #proc: string
  #wanted: readonly CountedProcess[] = []
  /** By process, the names that it counts for; those that count for none are not kept. */
  readonly #counted = new Map<number, ReadonlySet<string>>()
  #reported = new Map<string, number>()
  #events: NetlinkSocket | undefined
  #poll: { close(): void } | undefined

  constructor(report: (name: string, running: number) => void, options: ProcessCountsOptions = {}) {
    this.#report = report
    this.#options = options
    this.#proc = options.proc ?? '/proc'
  }

  /** From now on these and no others; returns how many of each there are. */
  follow(wanted: readonly CountedProcess[], receiveBuffer = this.#options.receiveBuffer): ReadonlyMap<string, number> {
    this.#wanted = wanted
    if (wanted.length === 0) {
      this.close()
      return new Map()
    }
    // Listened to before the first look, so that nothing falls between the two.
    if (this.#poll === undefined) this.#listen(receiveBuffer)
    this.#survey()
    this.#reported = this.#counts()
    return this.#reported
  }

  close(): void {
    this.#poll?.close()
    this.#events?.close()
    this.#poll = undefined
    this.#events = undefined
    this.#counted.clear()
  }

  #listen(receiveBuffer: ReceiveBuffer | undefined): void {
    const opened = this.#options.connector === false ? fail(ECONNREFUSED) : openConnector(receiveBuffer)
    if (opened.ok) {
      const poll = opened.value.onReadable(() => this.#drain(opened.value))
      if (typeof poll !== 'number') {
        this.#events = opened.value
        this.#poll = poll
        return
      }
      opened.value.close()
    }
    const timer = setInterval(() => {
      this.#survey()
      this.#tell()
    }, POLL_MS)
    timer.unref()
    this.#poll = { close: () => clearInterval(timer) }
  }

  /** Whoever changed more than once is looked at once, and what did not last is not told. */
  #drain(events: NetlinkSocket): void {
    const changed = new Set<number>()
    let overrun = false
    for (let count = 0; count < DATAGRAMS_AT_ONCE; count++) {
      const datagram = events.receive()
      if (typeof datagram === 'number') {
        overrun ||= datagram === -ENOBUFS
        if (datagram === -ENOBUFS) continue
        break
      }
      if (datagram.port !== 0) continue
      for (const message of readMessages(datagram.bytes).messages) {
        const event = readProcessEvent(message)
        if (event === undefined) continue
        if (event.kind === 'changed') changed.add(event.pid)
        else {
          changed.delete(event.pid)
          this.#counted.delete(event.pid)
        }
      }
    }
    if (overrun) this.#survey()
    else for (const pid of changed) this.#look(pid)
    this.#tell()
  }

  #survey(): void {
    this.#counted.clear()
    for (const name of namesIn(this.#proc)) if (/^\d+$/.test(name)) this.#look(Number(name))
  }

  #look(pid: number): void {
    const process = new Process(`${this.#proc}/${pid}`)
    const names = this.#wanted.filter(({ match }) => process.matches(match)).map(({ name }) => name)
    if (names.length > 0) this.#counted.set(pid, new Set(names))
    else this.#counted.delete(pid)
  }

  #tell(): void {
    const before = this.#reported
    this.#reported = this.#counts()
    for (const [name, running] of this.#reported) if (running !== before.get(name)) this.#report(name, running)
  }

  #counts(): Map<string, number> {
    const counts = new Map(this.#wanted.map(({ name }) => [name, 0]))
    for (const names of this.#counted.values()) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
    return counts
  }
}

/** None where there is no such folder. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What /proc says of a process, read at most once, and nothing of one that is gone. */
class Process {
  readonly #folder: string
  #comm: string | undefined
  #words: readonly string[] | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  matches(match: ProcessMatch): boolean {
    if (match.kind === 'name') {
      this.#comm ??= this.#read('comm').replace(/\n$/, '')
      return this.#comm !== '' && this.#comm === match.name
    }
    this.#words ??= this.#read('cmdline').replace(/\0$/, '').split('\0')
    return matchesCommandLine(match, this.#words)
  }

  #read(name: 'comm' | 'cmdline'): string {
    try {
      return readFileSync(`${this.#folder}/${name}`, 'latin1')
    } catch {
      return ''
    }
  }
}

/** `partial` compares whole words; with `initial` the last of them may go on. */
export function matchesCommandLine(
  { command, parameters, compare }: Extract<ProcessMatch, { kind: 'command-line' }>,
  [first = '', ...words]: readonly string[],
): boolean {
  if (first !== command) return false
  const last = parameters.length - 1
  const isLeading = (goesOn: boolean): boolean =>
    parameters.every((parameter, at) => (goesOn && at === last ? words[at]?.startsWith(parameter) === true : words[at] === parameter))
  switch (compare) {
    case 'any':
      return true
    case 'exact':
      return words.length === parameters.length && isLeading(false)
    case 'partial':
      return isLeading(false)
    case 'initial':
      return isLeading(true)
  }
}

/** The kernel speaks of processes in its first network namespace only; process 1 is mostly there. */
function openConnector(receiveBuffer: ReceiveBuffer | undefined): Result<NetlinkSocket, number> {
  const here = listening(receiveBuffer)
  if (here.ok || here.error !== ECONNREFUSED || namesIn('/proc/thread-self/ns').length === 0) return here
  const own = openSync('/proc/thread-self/ns/net', 'r')
  try {
    const moved = setns('/proc/1/ns/net')
    if (moved < 0) return fail(-moved)
    const there = listening(receiveBuffer)
    assert(setns(own) === 0, 'back in our own network namespace')
    return there
  } finally {
    closeSync(own)
  }
}

function listening(receiveBuffer: ReceiveBuffer | undefined): Result<NetlinkSocket, number> {
  const opened = openNetlink({
    protocol: 'connector',
    groups: PROCESS_EVENTS_GROUP,
    ...(receiveBuffer === undefined ? {} : { receiveBuffer }),
  })
  if (!opened.ok) return opened
  const writer = new Writer(64)
  writeMessage(writer, listenToProcesses, 0, 0)
  const sent = opened.value.send(writer.take())
  if (sent >= 0 && isAnswered(opened.value)) return ok(opened.value)
  opened.value.close()
  return fail(sent < 0 ? -sent : ECONNREFUSED)
}

/** The answer waits when the request is sent; events before it are older than the first look at /proc. */
function isAnswered(events: NetlinkSocket): boolean {
  for (let datagram = events.receive(); typeof datagram !== 'number'; datagram = events.receive()) {
    if (readMessages(datagram.bytes).messages.some(isListening)) return true
  }
  return false
}
