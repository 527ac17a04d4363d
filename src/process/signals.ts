import { poll, readSignals, signalfd } from 'linux-syscalls'

/** The numbers on Linux with glibc (signal(7)). */
export const SIGHUP = 1
export const SIGINT = 2
export const SIGUSR1 = 10
export const SIGUSR2 = 12
export const SIGPIPE = 13
export const SIGTERM = 15
export const SIGXCPU = 24
/** SIGRTMIN + 2: exporters hard-code 36. */
export const SIGJSON = 36
/** SIGRTMAX - 1 */
export const SIGSTATS_CLEAR = 63
/** SIGRTMAX, a thread dump in builds of keepalived that have one. */
export const SIGTDUMP = 64

/** All that may be sent to a process called keepalived; without a handler most of them end a Node process. */
const OURS = [SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGPIPE, SIGTERM, SIGXCPU, SIGJSON, SIGSTATS_CLEAR, SIGTDUMP]

/** Calls back for each signal, from the event loop. The watching keeps the process alive until the result is closed. */
export function onSignals(handle: (signal: number) => void): { close(): void } {
  const fd = signalfd(OURS)
  if (fd < 0) throw new Error(`signalfd: errno ${-fd}`)
  const watching = poll(fd, () => {
    const signals = readSignals(fd)
    if (typeof signals !== 'number') for (const signal of signals) handle(signal)
  })
  if (typeof watching === 'number') throw new Error(`poll: errno ${-watching}`)
  return { close: () => watching.close() }
}

/** Takes signals from its making on, and keeps them until somebody can act on them: none may end a process that only begins. */
export class SignalQueue {
  readonly #early: number[] = []
  #act: (signal: number) => void = (signal) => this.#early.push(signal)

  constructor() {
    onSignals((signal) => this.#act(signal))
  }

  /** From now on, and first those that came before. */
  to(act: (signal: number) => void): void {
    this.#act = act
    for (const signal of this.#early.splice(0)) act(signal)
  }
}
