import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Asks for the ip_vs module if this kernel does not have it yet; whether that helped, the checker process will see. */
export function loadIpvsModule(): Promise<void> {
  if (existsSync('/proc/net/ip_vs')) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  execFile('modprobe', ['-s', '--', 'ip_vs'], { timeout: 5000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } }, () => resolve())
  return promise
}
