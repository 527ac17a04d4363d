import { errnoName, SOCK_DGRAM } from 'linux-syscalls'
import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt, UdpReply } from '../../core/check/config.ts'
import type { ProbeFailure, ProbeResult } from '../../core/check/probe.ts'
import { ConnectedSocket, errnoResult } from './datagram.ts'
import { within } from './within.ts'

/**
 * UDP_CHECK: a datagram is sent. An ICMP error is a failure; silence until `connect_timeout` is well, unless `require_reply` asks for
 * an answer, and for one that looks as it says.
 */
export async function probeUdp(
  { target, payload, reply }: Extract<CheckAttempt, { kind: 'UDP_CHECK' }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const start = performance.now()
  const opened = ConnectedSocket.open(target, { type: SOCK_DGRAM, protocol: 0, ports: true })
  if (!(opened instanceof ConnectedSocket)) return errnoResult(opened.errno, opened.what, true)
  const sent = opened.send(payload === undefined ? usualPayload : Buffer.from(payload, 'hex'))
  if (sent !== 0) {
    opened.close()
    return errnoResult(sent, 'send')
  }
  const answer = await within(target.connectTimeout, signal, (time) =>
    opened.answer<'well' | ProbeFailure>(time, (received) => {
      if (typeof received === 'number') return { kind: 'reply', detail: errnoName(received) }
      if (reply === undefined) return 'well'
      const fault = replyFault(reply, received)
      return fault === undefined ? 'well' : { kind: 'mismatch', detail: fault }
    }),
  )
  if (answer === 'silence' && (reply !== undefined || signal.aborted)) return { kind: 'timed-out', stage: 'reply' }
  if (answer === 'silence' || answer === 'well') return { kind: 'passed', latency: fromMillis(performance.now() - start) }
  return { kind: 'failed', reason: answer }
}

/** What keepalived sends when it is not told what. */
const usualPayload = new TextEncoder().encode('keepalived check - keepalived ch')

/** Why a reply is not the one that is asked for; a shorter one need only agree as far as it goes. */
export function replyFault({ pattern, minLength, maxLength }: UdpReply, received: Uint8Array): string | undefined {
  if (pattern === '') return undefined
  if (received.length < minLength) return `${received.length} bytes, fewer than ${minLength}`
  if (received.length > maxLength) return `${received.length} bytes, more than ${maxLength}`
  for (let i = 0; i < received.length && 2 * i < pattern.length; i++) {
    const value = (received[i] ?? 0).toString(16).padStart(2, '0')
    for (const half of [0, 1]) {
      const wanted = pattern[2 * i + half]?.toLowerCase()
      if (wanted !== 'x' && wanted !== value[half]) return `byte ${i} is ${value}`
    }
  }
  return undefined
}
