import type { Duplex } from 'node:stream'
import type { SecureContext } from 'node:tls'
import { fromMillis } from '../../base/units.ts'
import type { CheckAttempt, HttpUrl } from '../../core/check/config.ts'
import type { ProbeResult } from '../../core/check/probe.ts'
import { dial } from './dial.ts'
import { judgeReply } from './judge-reply.ts'
import { fetchReply, type WebRequest } from './request.ts'
import { handshake } from './ssl.ts'
import { within } from './within.ts'

type WebAttempt = Extract<CheckAttempt, { kind: 'HTTP_GET' | 'SSL_GET' }>

/** HTTP_GET and SSL_GET: every url in its order over a connection of its own, and all must pass. */
export async function probeHttp(attempt: WebAttempt, signal: AbortSignal, credentials?: SecureContext): Promise<ProbeResult> {
  const start = performance.now()
  for (const url of attempt.urls) {
    const result = await probeUrl({ attempt, url, credentials }, signal)
    if (result !== 'passed') return result
  }
  return { kind: 'passed', latency: fromMillis(performance.now() - start) }
}

interface Asked {
  readonly attempt: WebAttempt
  readonly url: HttpUrl
  readonly credentials: SecureContext | undefined
}

type UrlResult = 'passed' | Exclude<ProbeResult, { kind: 'passed' }>

/** `connect_timeout` is for the connection, TLS included, and once more for the whole reply. */
async function probeUrl(asked: Asked, signal: AbortSignal): Promise<UrlResult> {
  const { attempt, url } = asked
  const opened = await within(attempt.target.connectTimeout, signal, (stage) => open(asked, stage))
  if (opened.kind !== 'open') return opened
  const { stream } = opened
  try {
    return await exchange({ stream, url, attempt }, signal)
  } finally {
    stream.destroy()
  }
}

async function exchange(web: WebRequest, signal: AbortSignal): Promise<UrlResult> {
  const reply = await within(web.attempt.target.connectTimeout, signal, (stage) => fetchReply(web, stage))
  // TLS ends with close_notify (RFC 8446 §6.1).
  if (web.attempt.kind === 'SSL_GET') web.stream.end()
  switch (reply.kind) {
    case 'reply':
      return judgeReply(web.url, reply, signal)
    case 'aborted':
      return { kind: 'timed-out', stage: reply.stage }
    case 'closed':
      return { kind: 'failed', reason: { kind: 'closed', detail: reply.detail } }
    case 'broken':
      return { kind: 'failed', reason: { kind: 'reply', detail: reply.detail } }
    case 'malformed':
      return { kind: 'failed', reason: { kind: 'malformed', detail: reply.detail } }
  }
}

type Opened = { readonly kind: 'open'; readonly stream: Duplex } | Exclude<ProbeResult, { kind: 'passed' }>

async function open({ attempt, url, credentials }: Asked, signal: AbortSignal): Promise<Opened> {
  const dialled = await dial(attempt.target, signal)
  switch (dialled.kind) {
    case 'aborted':
      return { kind: 'timed-out', stage: 'connect' }
    case 'refused':
      return { kind: 'failed', reason: { kind: 'connect', detail: dialled.detail } }
    case 'not-made':
      return dialled
    case 'connected':
      return attempt.kind === 'HTTP_GET'
        ? { kind: 'open', stream: dialled.socket }
        : handshake(dialled.socket, serverNameOf(attempt, url), signal, credentials)
  }
}

/** `enable_sni`, `sni_name` */
function serverNameOf({ enableSni, sniName, virtualhost }: WebAttempt, url: HttpUrl): string | undefined {
  return enableSni ? (sniName ?? url.virtualhost ?? virtualhost) : undefined
}
