import { createHash } from 'node:crypto'
import type { HttpUrl } from '../../core/check/config.ts'
import type { ProbeFailure } from '../../core/check/probe.ts'
import { matches } from './regex.ts'
import { bodyLimit, type Reply } from './reply-reader.ts'

/** Whether a reply is what the url asks for: its status first, then digest and pattern. */
export async function judgeReply(
  url: HttpUrl,
  reply: Extract<Reply, { kind: 'reply' }>,
  signal: AbortSignal,
): Promise<'passed' | { readonly kind: 'failed'; readonly reason: ProbeFailure }> {
  const fail = (reason: ProbeFailure) => ({ kind: 'failed', reason }) as const
  if (!url.statusCodes.some(({ low, high }) => reply.status >= low && reply.status <= high)) {
    return fail({ kind: 'status-code', url: url.path, code: reply.status })
  }
  if (url.digest === undefined && url.regex === undefined) return 'passed'
  if (reply.cut) return fail({ kind: 'malformed', detail: `the body is longer than ${bodyLimit} bytes` })
  if (url.digest !== undefined) {
    const digest = md5(reply.body)
    if (digest !== url.digest) return fail({ kind: 'digest', url: url.path, digest })
  }
  if (url.regex !== undefined) {
    const found = await matches(url.regex, Buffer.concat(reply.body), signal)
    if (found.kind === 'undecided') return fail({ kind: 'regex', url: url.path, detail: found.detail })
    if (found.matched === url.regex.noMatch) return fail({ kind: 'regex', url: url.path, detail: found.matched ? 'matches' : 'no match' })
  }
  return 'passed'
}

function md5(chunks: readonly Buffer[]): string {
  const hash = createHash('md5')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}
