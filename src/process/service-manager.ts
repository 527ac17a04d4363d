import { AF_UNIX, close, monotonicNow, SOCK_DGRAM, sendmsg, sockaddrUn, socket } from 'linux-syscalls'

/** What systemd wants to know (sd_notify(3)); nothing happens where no service manager listens. */
export interface ServiceManager {
  ready(status: string): void
  reloading(): void
  stopping(): void
  watchdog(): void
  /** Milliseconds between two signs of life that are early enough; undefined if none are wanted. */
  readonly watchdogMs: number | undefined
}

export function serviceManager(environment: Readonly<Record<string, string | undefined>>): ServiceManager {
  const path = environment['NOTIFY_SOCKET']
  const send = (state: string): void => {
    if (path !== undefined && path !== '') notify(path, state)
  }
  return {
    ready: (status) => send(`READY=1\nSTATUS=${status}`),
    reloading: () => send(`RELOADING=1\nMONOTONIC_USEC=${monotonicNow()}`),
    stopping: () => send('STOPPING=1'),
    watchdog: () => send('WATCHDOG=1'),
    watchdogMs: path === undefined ? undefined : watchdogInterval(environment),
  }
}

/** Half of what systemd waits, if it waits for this process. */
export function watchdogInterval(environment: Readonly<Record<string, string | undefined>>): number | undefined {
  const limit = Number(environment['WATCHDOG_USEC'] ?? 0)
  const pid = environment['WATCHDOG_PID']
  if (!Number.isFinite(limit) || limit <= 0 || (pid !== undefined && pid !== String(process.pid))) return undefined
  return limit / 2000
}

function notify(path: string, state: string): void {
  const fd = socket(AF_UNIX, SOCK_DGRAM, 0)
  if (fd < 0) return
  sendmsg(fd, { data: Buffer.from(state), address: sockaddrUn(path.startsWith('@') ? `\0${path.slice(1)}` : path) })
  close(fd)
}
