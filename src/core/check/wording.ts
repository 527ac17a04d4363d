import { unreachable } from '../../base/assert.ts'
import { wordReceived } from '../bfd/wording.ts'
import { wordFailure } from './failure-wording.ts'
import type { AttemptKind, CheckReport } from './reports.ts'

/** A report as keepalived words it in its log. */
export function wordCheckReport(report: CheckReport): string {
  switch (report.event) {
    case 'checker-activated':
      return `Activating healthchecker for service ${report.server} for VS ${report.virtualServer}`
    case 'checker-deactivated':
      return `Deactivating healthchecker for service ${report.server} for VS ${report.virtualServer}`
    case 'checker-suspended':
      return `Suspending healthchecker for service ${report.server} for VS ${report.virtualServer}`
    case 'address-came':
      return `Netlink reflector reports IP ${report.address} added`
    case 'address-left':
      return `Netlink reflector reports IP ${report.address} removed`
    case 'attempt-failed':
      return wordFailure(report)
    case 'attempt-not-made':
      return `${nameOf(report.check)} on service ${report.server} could not be made: ${report.detail}`
    case 'checker-failed':
      return `${nameOf(report.check)} on service ${report.server}${placeOf(report)} failed${retriesOf(report)}.`
    case 'checker-passed':
      return wordPass(report)
    case 'file-fault':
      return `(${report.server}): tracked file ${report.file} now FAULT state`
    case 'file-fault-over':
      return `(${report.server}): tracked file ${report.file} leaving FAULT state`
    case 'bfd-activated':
      return 'Activating BFD healthchecker'
    case 'bfd-received':
      return wordReceived(report)
    case 'bfd-check':
      return `BFD check of [${report.bfd}] RS(${report.server}) is ${report.up ? 'UP' : 'DOWN'}`
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

/** keepalived calls all web checkers by one name, and that which pings by another. */
function nameOf(check: AttemptKind): string {
  if (check === 'PING_CHECK') return 'ICMP CHECK'
  return check === 'HTTP_GET' || check === 'SSL_GET' ? 'HTTP_CHECK' : check
}

type Failed = Extract<CheckReport, { event: 'checker-failed' }>

function placeOf(report: Failed): string {
  return report.check === 'PING_CHECK' && report.retried ? ` of ${report.virtualServer}` : ''
}

/** The web checkers count the retries they were allowed, the others those they made. */
function retriesOf(report: Failed): string {
  const counted = nameOf(report.check) === 'HTTP_CHECK' ? report.retries > 0 : report.retried
  return counted ? ` after ${report.retries} retries` : ''
}

function wordPass({ check, server, virtualServer, target }: Extract<CheckReport, { event: 'checker-passed' }>): string {
  switch (check) {
    case 'TCP_CHECK':
      return `TCP connection to ${server} success.`
    case 'HTTP_GET':
    case 'SSL_GET':
      return `Remote Web server ${server} succeed on service.`
    case 'SMTP_CHECK':
      return `Remote SMTP server ${server} succeed on service.`
    case 'DNS_CHECK':
      return `DNS_CHECK (${server}) success.`
    case 'UDP_CHECK':
      return `UDP connection to ${server} success.`
    case 'PING_CHECK':
      return `ICMP connection to ${server} success.`
    case 'MISC_CHECK':
      return `Misc check for [${server} VS ${virtualServer}] by [${target}] succeeded.`
  }
}
