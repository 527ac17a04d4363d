import type { Mail } from '../channel-config.ts'
import { smtpFailure } from './failure-wording.ts'
import type { CheckNotice, QuorumNews } from './notify.ts'

type Verdict = Extract<CheckNotice, { readonly of: 'checker' }>

/** In keepalived's words, which differ from those of its log. */
export function wordCheckMail(notice: CheckNotice): Mail | undefined {
  const state = notice.up ? 'UP' : 'DOWN'
  switch (notice.of) {
    case 'real-server':
      return notice.mail ? { subject: serverSubject(notice, state), body: '=> Removing <=' } : undefined
    case 'virtual-server':
      return (
        notice.mail && { subject: `Virtualserver ${notice.virtualServer} - ${state}`, body: `=> ${quorumText(notice.up, notice.mail)} <=` }
      )
    case 'checker':
      return { subject: serverSubject(notice, state), body: `=> ${verdictText(notice)} <=` }
  }
}

function serverSubject({ server, virtualServer }: { readonly server: string; readonly virtualServer: string }, state: string): string {
  return `Realserver ${server} of virtual server ${virtualServer} - ${state}`
}

/** The sum is always that which is gained, even when it is lost. */
function quorumText(up: boolean, { quorum, hysteresis, liveWeight, first }: QuorumNews): string {
  const figures = `${quorum}+${hysteresis}=${quorum + hysteresis} <= ${liveWeight}`
  if (first) return `Starting with quorum ${up ? 'up' : 'down'} ${figures}`
  return `${up ? 'Gained' : 'Lost'} quorum ${figures}`
}

/** Of the checker: its server may be down for another reason. */
function verdictText({ check, server, target, result }: Verdict): string {
  const up = result.kind === 'passed' || result.kind === 'weighed'
  switch (check) {
    case 'TCP_CHECK':
      return `TCP CHECK ${up ? 'succeed' : 'failed'} on service`
    case 'UDP_CHECK':
      return `UDP CHECK ${up ? 'succeed' : 'failed'} on service`
    case 'PING_CHECK':
      return `ICMP CHECK ${up ? 'succeed' : 'failed'} on service`
    case 'DNS_CHECK':
      return `DNS_CHECK: ${up ? 'succeed' : 'failed'} on service`
    case 'HTTP_GET':
    case 'SSL_GET':
      return up ? 'CHECK succeed on service' : 'CHECK failed on service : HTTP request failed'
    case 'SMTP_CHECK':
      return result.kind === 'failed' || result.kind === 'timed-out'
        ? `CHECK failed on service : ${smtpFailure(server, target, result)}`
        : 'CHECK succeed on service'
    case 'MISC_CHECK': {
      const late =
        result.kind === 'timed-out' ||
        (result.kind === 'failed' && result.reason.kind === 'script' && result.reason.end.kind === 'timed-out')
      return `MISC CHECK ${up ? 'succeeded' : late ? 'timed out' : 'failed'} on service`
    }
  }
}
