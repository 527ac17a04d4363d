import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { errnoName, setns } from 'linux-syscalls'

/** A network namespace that this thread, and what it spawns, lives in. */
export interface Namespace {
  /** Runs a command line inside; its output. */
  run(line: string): string
  /** Goes back, and removes it. */
  leave(): void
}

/** Whether network namespaces can be made here. */
export const mayMakeNamespaces = process.getuid?.() === 0

export function enterNamespace(prefix: string): Namespace {
  const name = `${prefix}-${process.pid}`
  const home = openSync('/proc/thread-self/ns/net', 'r')
  execFileSync('ip', ['netns', 'add', name])
  const result = setns(`/run/netns/${name}`)
  if (result < 0) throw new Error(`setns: ${errnoName(result)}`)
  const run = (line: string): string => execFileSync('sh', ['-c', line], { encoding: 'utf8' })
  run('ip link set lo up')
  return {
    run,
    leave() {
      setns(home)
      closeSync(home)
      execFileSync('ip', ['netns', 'delete', name])
    },
  }
}
