import { closeSync, openSync } from 'node:fs'
import { native } from './addon.ts'
import { CLONE_NEWNET, PR_SET_PDEATHSIG } from './constants.ts'
import { errnoOf } from './errno.ts'
import { read } from './socket.ts'

/**
 * A descriptor that becomes readable when one of the signals arrives. From then on they no longer have their usual action in this
 * process, whichever thread the kernel picks; children that Node spawns start with no signal blocked.
 */
export function signalfd(numbers: readonly number[]): number {
  return native().signalfd(numbers)
}

/** The numbers of the signals that came, in the order the kernel gives them; empty if none. */
export function readSignals(fd: number): readonly number[] | number {
  const bytes = read(fd, 32 * signalInfoSize)
  if (typeof bytes === 'number') return bytes === EAGAIN ? [] : bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers: number[] = []
  for (let at = 0; at + signalInfoSize <= bytes.length; at += signalInfoSize) numbers.push(view.getUint32(at, littleEndian))
  return numbers
}

/** A timer on CLOCK_MONOTONIC, disarmed. */
export function timerfdCreate(): number {
  return native().timerfdCreate()
}

/** Arms the timer for an absolute instant of `monotonicNow` in microseconds; undefined disarms it. One of the past fires at once. */
export function timerfdSettime(fd: number, at: number | undefined): number {
  return native().timerfdSettime(fd, at === undefined ? 0 : Math.max(at, 0.001))
}

/** How often it fired since the last read; 0 if not. */
export function timerfdRead(fd: number): number {
  const bytes = read(fd, 8)
  if (typeof bytes === 'number') return bytes === EAGAIN ? 0 : bytes
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, littleEndian))
}

/** CLOCK_MONOTONIC in whole microseconds, rounded down. */
export function monotonicNow(): number {
  return native().clockNow(CLOCK_MONOTONIC)
}

/** The wall clock in whole microseconds since 1970, as SO_TIMESTAMPNS counts; it may jump. */
export function realtimeNow(): number {
  return native().clockNow(CLOCK_REALTIME)
}

// linux/time.h
const CLOCK_REALTIME = 0
const CLOCK_MONOTONIC = 1

/** Policy (SCHED_*) and priority of the calling thread (pid 0) or of another; children keep the default if SCHED_RESET_ON_FORK is or'ed. */
export function schedSetscheduler(pid: number, policy: number, priority: number): number {
  return native().schedSetscheduler(pid, policy, priority)
}

/** Nice value of a process, 0 for the calling thread: -20 (favoured) to 19. */
export function setpriority(pid: number, nice: number): number {
  return native().setpriority(pid, nice)
}

/** MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT */
export function mlockall(flags: number): number {
  return native().mlockall(flags)
}

export function prctl(option: number, argument: number): number {
  return native().prctl(option, argument)
}

/** The signal this process gets when its parent dies; 0 for none. */
export function setParentDeathSignal(signal: number): number {
  return native().prctl(PR_SET_PDEATHSIG, signal)
}

/** Moves the calling thread into a namespace: a descriptor, or a path such as /run/netns/blue. */
export function setns(namespace: number | string, kind: number = CLONE_NEWNET): number {
  if (typeof namespace === 'number') return native().setns(namespace, kind)
  try {
    const fd = openSync(namespace, 'r')
    try {
      return native().setns(fd, kind)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    return -(errnoOf((error as NodeJS.ErrnoException).code ?? '') ?? 22)
  }
}

/** Calls back, which must not throw, in another network namespace and returns from there; a negative errno if the way is barred. */
export function inNamespace(path: string, act: () => number): number {
  const home = openSync('/proc/thread-self/ns/net', 'r')
  try {
    const gone = setns(path)
    if (gone < 0) return gone
    const result = act()
    const back = setns(home)
    // Nothing that follows would be where its caller believes it to be.
    if (back < 0) throw new Error(`cannot return to the own network namespace: errno ${-back}`)
    return result
  } finally {
    closeSync(home)
  }
}

const EAGAIN = -11
const signalInfoSize = 128
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
