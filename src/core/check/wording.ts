import { unreachable } from '../../base/assert.ts'
import type { CheckKind, CheckReport, FailedResult } from './reports.ts'

/** A report as keepalived words it in its log. */
export function wordCheckReport(report: CheckReport): string {
  switch (report.event) {
    case 'checker-activated':
      return `Activating healthchecker for service ${report.server} for VS ${report.virtualServer}`
    case 'attempt-failed':
      return failureOf(report.check, report.server, report.result)
    case 'attempt-not-made':
      return `${nameOf(report.check)} on service ${report.server} could not be made: ${report.detail}`
    case 'checker-failed':
      return `${nameOf(report.check)} on service ${report.server} failed${retriesOf(report)}.`
    case 'checker-passed':
      return report.check === 'TCP_CHECK'
        ? `TCP connection to ${report.server} success.`
        : `Remote Web server ${report.server} succeed on service.`
    case 'url-passed':
      return `${proofs[report.proof]} success to ${report.server} url(${report.url})`
    case 'server-down':
      return report.inhibited
        ? `Disabling service ${report.server} of VS ${report.virtualServer}`
        : `Removing service ${report.server} from VS ${report.virtualServer}`
    case 'server-up':
      return report.inhibited
        ? `Enabling service ${report.server} of VS ${report.virtualServer}`
        : `Adding service ${report.server} to VS ${report.virtualServer}`
    case 'server-shut-down':
      return `Shutting down ${report.inhibited ? '(inhibited) ' : ''}service ${report.server} from VS ${report.virtualServer}`
    case 'quorum-gained':
      return `Gained quorum ${report.quorum}+${report.hysteresis}=${report.quorum + report.hysteresis} <= ${report.liveWeight} for VS ${report.virtualServer}`
    case 'quorum-lost':
      return `Lost quorum ${report.quorum}-${report.hysteresis}=${report.quorum - report.hysteresis} > ${report.liveWeight} for VS ${report.virtualServer}`
    case 'quorum-down-at-start':
      return `Starting with quorum down ${report.quorum}-${report.hysteresis}=${report.quorum - report.hysteresis} > ${report.liveWeight} for VS ${report.virtualServer}`
    case 'sorry-server-on':
      return `${report.inhibited ? 'Enabling' : 'Adding'} sorry server ${report.server} to VS ${report.virtualServer}`
    case 'sorry-server-off':
      return `${report.inhibited ? 'Disabling' : 'Removing'} sorry server ${report.server} from VS ${report.virtualServer}`
    case 'alive-servers-added':
      return `Adding alive servers to the pool for VS ${report.virtualServer}`
    case 'alive-servers-removed':
      return `Removing alive servers from the pool for VS ${report.virtualServer}`
    case 'virtual-server-gone':
      return `Removing Virtual Server ${report.virtualServer}`
    case 'server-gone':
      return `service ${report.server} no longer exist`
    case 'weight-changed':
      return `Changing weight from ${report.from} to ${report.to} for ${report.active ? 'active' : 'inactive'} service ${report.server} of VS ${report.virtualServer}`
    default:
      return unreachable(report)
  }
}

const proofs = { 'status-code': 'HTTP status code', digest: 'MD5 digest', regex: 'Regex match' }

/** keepalived calls all web checkers by one name. */
function nameOf(check: CheckKind): string {
  return check === 'TCP_CHECK' ? 'TCP_CHECK' : 'HTTP_CHECK'
}

/** The TCP checker counts the retries it made, the web checkers those it was allowed. */
function retriesOf(report: Extract<CheckReport, { event: 'checker-failed' }>): string {
  const counted = report.check === 'TCP_CHECK' ? report.retried : report.retries > 0
  return counted ? ` after ${report.retries} retries` : ''
}

const timeouts = { connect: 'Timeout connecting', reply: 'Timeout WEB read', body: 'Timeout HTTP read' }

function failureOf(check: CheckKind, server: string, result: FailedResult): string {
  if (check === 'TCP_CHECK') return `TCP connection to ${server} ${result.kind === 'timed-out' ? 'timeout' : 'failed'}.`
  if (result.kind === 'timed-out') {
    return `${timeouts[result.stage]} server ${server}.`
  }
  switch (result.reason.kind) {
    case 'connect':
      return `Connection failed server ${server}.`
    case 'tls':
      return `SSL handshake/communication error connecting to server ${server}.`
    case 'closed':
      return `Read, no data received from  server ${server}.`
    case 'reply':
      return `Read error with server ${server}.`
    case 'malformed':
    case 'status-code':
      return `HTTP status code error to server ${server}.`
    case 'digest':
      return `MD5 digest error to server ${server}.`
    case 'regex':
      return `Regex match failed server ${server}.`
  }
}
