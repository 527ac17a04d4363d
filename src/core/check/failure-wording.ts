import type { CheckReport, FailedResult, RetryFigures } from './reports.ts'

type Failure = Extract<CheckReport, { event: 'attempt-failed' }>

/** Why an attempt failed, as keepalived words it for each kind of checker. */
export function wordFailure(failure: Failure): string {
  const { check, server, target, result } = failure
  switch (check) {
    case 'TCP_CHECK':
      return `TCP connection to ${server} ${result.kind === 'timed-out' ? 'timeout' : 'failed'}.`
    case 'HTTP_GET':
    case 'SSL_GET':
      return webFailure(server, result)
    case 'SMTP_CHECK':
      return `SMTP_CHECK ${smtpFailure(server, target, result)}`
    case 'DNS_CHECK': {
      const retries = failure.decisive && !failure.first ? ` after ${failure.retries} retries` : ''
      return `DNS_CHECK (${server}) ${dnsFailure(target, result)}${retries}`
    }
    case 'UDP_CHECK':
      return isReason(result, 'mismatch') ? `UDP check to ${server} reply data mismatch.` : `UDP connection to ${server} failed.`
    case 'PING_CHECK':
      return result.kind === 'timed-out'
        ? `ICMP connection to address ${server} timeout.`
        : `ICMP connection to ${server} of ${failure.virtualServer} failed.`
    case 'MISC_CHECK': {
      const { ended, how } = scriptFailure(result)
      return `Misc check for [${server} VS ${failure.virtualServer}] by [${target}] ${ended}${retryText(failure)}${how}.`
    }
  }
}

const webTimeouts = { connect: 'Timeout connecting', reply: 'Timeout WEB read', body: 'Timeout HTTP read' }

function webFailure(server: string, result: FailedResult): string {
  if (result.kind === 'timed-out') return `${webTimeouts[result.stage]} server ${server}.`
  switch (result.reason.kind) {
    case 'connect':
    case 'unreachable':
      return `Connection failed server ${server}.`
    case 'tls':
      return `SSL handshake/communication error connecting to server ${server}.`
    case 'closed':
      return `Read, no data received from  server ${server}.`
    case 'reply':
      return `Read error with server ${server}.`
    case 'digest':
      return `MD5 digest error to server ${server}.`
    case 'regex':
      return `Regex match failed server ${server}.`
    default:
      return `HTTP status code error to server ${server}.`
  }
}

/** This checker names whom it asked, in mail too. */
export function smtpFailure(server: string, target: string, result: FailedResult): string {
  if (result.kind === 'timed-out')
    return `${result.stage === 'connect' ? 'Connection' : 'Read'} timeout ${result.stage === 'connect' ? 'to' : 'from'} server ${target}`
  switch (result.reason.kind) {
    case 'connect':
      return `Could not connect to server ${target}`
    case 'unreachable':
      return `Network unreachable for server ${target.slice(1, target.lastIndexOf(']'))} - real server ${server}`
    case 'malformed':
      return `Buffer overflow reading from server ${target}. Increase SMTP_BUFF_MAX in check_smtp.h`
    case 'smtp':
      return result.reason.stage === 'greeting' ? `Bad greeting banner from server ${target}` : `Bad HELO response from server ${target}`
    default:
      return `Read failure from server ${target}`
  }
}

function dnsFailure(target: string, result: FailedResult): string {
  if (result.kind === 'timed-out') return 'read timeout from socket'
  switch (result.reason.kind) {
    case 'dns-code':
      return `read error occurred. (rcode = ${result.reason.code})`
    case 'unreachable':
      return `network unreachable for ${target}`
    case 'connect':
      return 'connection error.'
    default:
      return `failed to read socket; ${'detail' in result.reason ? result.reason.detail : result.reason.kind}`
  }
}

function scriptFailure(result: FailedResult): { readonly ended: string; readonly how: string } {
  if (result.kind === 'timed-out' || result.reason.kind !== 'script') return { ended: 'timed out', how: '' }
  const { end } = result.reason
  switch (end.kind) {
    case 'exited':
      return { ended: 'failed', how: ` (exited with status ${end.code})` }
    case 'signalled':
      return { ended: 'failed', how: ` (due to signal ${end.signal})` }
    case 'timed-out':
    case 'cancelled':
      return { ended: 'timed out', how: '' }
    case 'not-run':
      return { ended: 'failed', how: ` (${end.detail})` }
  }
}

function retryText({ retries, retry, decisive }: RetryFigures): string {
  const counted = `${retries} ${retries === 1 ? 'retry' : 'retries'}`
  if (retries === 0) return ' with retry disabled'
  if (decisive) return ` after ${counted}`
  return retry === 0 ? `, will do ${counted}` : ` on retry ${retry}/${retries}`
}

function isReason(result: FailedResult, kind: string): boolean {
  return result.kind === 'failed' && result.reason.kind === kind
}
