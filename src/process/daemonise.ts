import { spawn } from 'node:child_process'
import type { Launch } from './launch.ts'

/** From the daemon to the process that the administrator started: it may leave now. */
export interface Standing {
  readonly kind: 'standing'
}

/**
 * Starts the supervisor in a session of its own and waits until it stands, or has failed: so the exit status of the command means
 * something, and a service of Type=forking finds its pid file.
 */
export function daemonise(launch: Launch, words: readonly string[]): Promise<number> {
  const daemon = spawn(launch.program, [...launch.flags, ...launch.script, '--role', 'daemon', '--title', launch.identity, ...words], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    argv0: launch.argv0,
  })
  const { promise, resolve } = Promise.withResolvers<number>()
  daemon.on('message', () => resolve(0))
  daemon.on('exit', (code) => resolve(code ?? 1))
  daemon.on('error', (error) => {
    process.stderr.write(`cannot start the daemon: ${error.message}\n`)
    resolve(1)
  })
  return promise.then((code) => {
    if (daemon.connected) daemon.disconnect()
    daemon.unref()
    return code
  })
}

/** Told by the daemon; without effect in the foreground. */
export function standing(): void {
  if (process.send === undefined || !process.connected) return
  process.send({ kind: 'standing' } satisfies Standing, () => {
    if (process.connected) process.disconnect()
  })
}
