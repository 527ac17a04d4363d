import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What the C code offers. A wrong type of argument throws a TypeError; everything else that fails is a negative errno. */
export interface Native {
  socket(domain: number, type: number, protocol: number): number
  bind(fd: number, address: Uint8Array): number
  connect(fd: number, address: Uint8Array): number
  setsockopt(fd: number, level: number, name: number, value: Uint8Array): number
  getsockopt(fd: number, level: number, name: number, size: number): Uint8Array | number
  getsockname(fd: number): Uint8Array | number
  send(fd: number, messages: readonly (Uint8Array | undefined)[], flags: number): number
  receive(fd: number, maxMessages: number, bufferSize: number, flags: number): (Uint8Array | number)[] | number
  read(fd: number, size: number): Uint8Array | number
  close(fd: number): number
  ifNameToIndex(name: string): number
  pollStart(fd: number, events: number, callback: (events: number) => void): number
  /** 0 closes, 1 references, 2 no longer references. */
  pollChange(id: number, change: 0 | 1 | 2): number
  signalfd(numbers: readonly number[]): number
  timerfdCreate(): number
  timerfdSettime(fd: number, micros: number): number
  clockNow(clock: number): number
  schedSetscheduler(pid: number, policy: number, priority: number): number
  setpriority(pid: number, nice: number): number
  mlockall(flags: number): number
  prctl(option: number, argument: number): number
  setns(fd: number, kind: number): number
}

let loaded: Native | undefined

/** The native part, loaded at its first use, so that importing this package for its pure parts needs no addon. */
export function native(): Native {
  loaded ??= loadAddon()
  return loaded
}

/**
 * Loads the addon from `path`; else from the environment's LINUX_SYSCALLS_ADDON; else `linux_syscalls.node` beside the running
 * file (a bundle); else as node-gyp-build finds it in this package. Throws if there is none.
 */
export function loadAddon(path?: string): Native {
  const here = import.meta.dirname ?? dirname(process.argv[1] ?? process.execPath)
  const require = createRequire(join(here, 'addon.js'))
  const beside = join(here, 'linux_syscalls.node')
  const { LINUX_SYSCALLS_ADDON } = process.env
  const chosen = path ?? LINUX_SYSCALLS_ADDON ?? (existsSync(beside) ? beside : undefined)
  const addon: Native = chosen === undefined ? require('node-gyp-build')(here) : require(chosen)
  loaded = addon
  return addon
}
