import { randomInt } from 'node:crypto'
import { errnoName, SOCK_DGRAM } from 'linux-syscalls'
import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt, DnsType } from '../../core/check/config.ts'
import type { ProbeFailure, ProbeResult } from '../../core/check/probe.ts'
import { ConnectedSocket, errnoResult } from './datagram.ts'
import { within } from './within.ts'

/**
 * DNS_CHECK: one question over UDP; an answer with code 0 (NOERROR) is well, whatever records it has. As with keepalived only the
 * header is read, so that names, compression and counts of a hostile server are never followed; what answers another question is
 * waited past.
 */
export async function probeDns(
  { target, type, name }: Extract<CheckAttempt, { kind: 'DNS_CHECK' }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const start = performance.now()
  const opened = ConnectedSocket.open(target, { type: SOCK_DGRAM, protocol: 0, ports: true })
  if (!(opened instanceof ConnectedSocket)) return errnoResult(opened.errno, opened.what)
  const id = randomInt(0x10000)
  const sent = opened.send(dnsQuestion(id, type, name))
  if (sent !== 0) {
    opened.close()
    return errnoResult(sent, 'send')
  }
  const answer = await within(target.connectTimeout, signal, (time) =>
    opened.answer<'well' | ProbeFailure>(time, (received) => {
      if (typeof received === 'number') return { kind: 'reply', detail: errnoDetail(received) }
      const code = responseCode(received, id)
      if (code === undefined) return undefined
      return code === 0 ? 'well' : { kind: 'dns-code', code }
    }),
  )
  if (answer === 'silence') return { kind: 'timed-out', stage: 'reply' }
  return answer === 'well' ? { kind: 'passed', latency: fromMillis(performance.now() - start) } : { kind: 'failed', reason: answer }
}

const types: Readonly<Record<DnsType, number>> = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28, RRSIG: 46, DNSKEY: 48 }
const headerLength = 12

/** RFC 1035 §4.1: a header that asks for recursion, and one question of class IN. */
export function dnsQuestion(id: number, type: DnsType, name: string): Uint8Array {
  const labels = name.split('.').filter((label) => label !== '')
  const encoded = labels.flatMap((label) => {
    const bytes = Buffer.from(label, 'utf8').subarray(0, 63)
    return [bytes.length, ...bytes]
  })
  return Uint8Array.of(id >> 8, id & 0xff, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...encoded, 0, 0, types[type], 0, 1)
}

/** RCODE of a response to our question; undefined for anything else. */
export function responseCode(received: Uint8Array, id: number): number | undefined {
  const [high = 0, low = 0, flags = 0, code = 0] = received
  if (received.length < headerLength || ((high << 8) | low) !== id || (flags & 0x80) === 0) return undefined
  return code & 0x0f
}

/** As keepalived has it in its log: "errno 111 (Connection refused)". */
function errnoDetail(errno: number): string {
  const name = errnoName(errno)
  return `errno ${errno} (${texts[name] ?? name})`
}

/** strerror(3) of what ICMP can tell. */
const texts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EMSGSIZE: 'Message too long',
}
