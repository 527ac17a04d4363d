import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from './host.ts'

const FIRST_PORT = 10_000
const PORTS = 50_000
let requests = 0

/** Seconds since an arbitrary start. */
export const now = (): number => performance.now() / 1_000

/** Asks until it is so; answers after how many seconds, or undefined when the limit came first. */
export async function until(isSo: () => boolean, limit: number, pause = 0.1): Promise<number | undefined> {
  const start = now()
  for (;;) {
    if (isSo()) return now() - start
    if (now() - start > limit) return undefined
    await sleep(pause * 1_000)
  }
}

/**
 * One request of a client: which web server answered, or undefined if none did within a second, or as many as are given. From a port of its own: ip_vs remembers a
 * connection for two minutes beyond its end, `ipvsadm -C` or not, and in DR and TUN a new one from the same port follows the old one past
 * the scheduler (net.ipv4.vs.conn_reuse_mode); and every ten seconds Linux begins anew somewhere in its range of ports.
 */
export function ask(client: Host, url: string, seconds = 1): string | undefined {
  const port = String(FIRST_PORT + (requests++ % PORTS))
  const done = client.attempt(['curl', '--silent', '--noproxy', '*', '--max-time', String(seconds), '--local-port', port, url])
  return done.status === 0 ? done.stdout.trim() : undefined
}

export function askOften(client: Host, url: string, times: number): readonly (string | undefined)[] {
  return Array.from({ length: times }, () => ask(client, url))
}

/** The destinations with a weight above zero in a host's ip_vs table, as `address:port`. */
export function destinations(host: Host): readonly string[] {
  const lines = host.attempt(['ipvsadm', '-Ln']).stdout.split('\n')
  return lines.flatMap((line) => /^\s+-> (\S+:\d+)\s+\S+\s+[1-9]/.exec(line)?.[1] ?? [])
}
