import { formatPrefix } from '../base/ip.ts'
import type { ServiceKey } from '../core/check/config.ts'
import type { KernelObject } from '../core/reconcile/kinds.ts'
import type { Report } from '../core/reconcile/state.ts'
import { routeText, ruleText } from '../core/vrrp/routing-text.ts'
import type { Wording } from './wording.ts'

/** What the reconciler reports, for people; undefined for what is only of use to programs. */
export function wordKernelReport(report: Report): Wording | undefined {
  switch (report.kind) {
    case 'settled':
      return undefined
    case 'drift':
      return driftWording(report)
    case 'refused': {
      const { operation } = report
      const what = operation.kind === 'flush-services' ? 'flush the ip_vs table' : `${operation.kind} ${objectText(operation.object)}`
      const more = report.more === 0 ? '' : ` and ${report.more} more`
      return { level: 'error', detail: false, text: `cannot ${what}${more}: ${report.detail} (errno ${report.errno}); trying again` }
    }
    case 'unreadable':
      return {
        level: 'warn',
        detail: false,
        text: `the kernel's ${report.of} table could not be read whole; nothing is removed until it can be`,
      }
    case 'withheld':
      return {
        level: 'info',
        detail: true,
        text: `${listed(report.objects)}: so many are unwanted that a second look must confirm it before they are removed`,
      }
  }
}

function driftWording({ found, objects }: Extract<Report, { readonly kind: 'drift' }>): Wording | undefined {
  const what = listed(objects)
  switch (found) {
    case 'missing':
      // Who loses an address, a route or a rule says so itself (process/vrrp.ts).
      if (objects.every(({ kind }) => kind === 'address' || kind === 'route' || kind === 'rule')) return undefined
      return { level: 'warn', detail: false, text: `${what} vanished from the kernel: putting it back` }
    case 'differs':
      return { level: 'warn', detail: false, text: `${what} was changed by somebody else: putting it right` }
    case 'unwanted':
      return { level: 'info', detail: false, text: `${what} is left over: removing it` }
  }
}

const MOST_NAMED = 3

function listed(objects: readonly KernelObject[]): string {
  const named = objects.slice(0, MOST_NAMED).map(objectText).join(', ')
  return objects.length > MOST_NAMED ? `${named} and ${objects.length - MOST_NAMED} more` : named
}

export function objectText(object: KernelObject): string {
  switch (object.kind) {
    case 'link':
      return `interface ${object.name} on ${object.base}`
    case 'setting':
      return `net.ipv${object.family}.conf.${object.interface}.${object.name} = ${object.value}`
    case 'address':
      return `address ${formatPrefix(object.prefix)} on ${object.interface}`
    case 'route':
      return `route ${routeText(object)}`
    case 'rule':
      return `rule ${ruleText(object)}`
    case 'filter':
      return `nf_tables table ip${object.family === 6 ? '6' : ''} ${object.table}`
    case 'service':
      return `service ${serviceText(object.key)}`
    case 'destination':
      return `destination [${object.address}]:${object.port} of service ${serviceText(object.service)}`
  }
}

function serviceText(key: ServiceKey): string {
  return key.kind === 'fwmark' ? `FWM ${key.fwmark}` : `[${key.address}]:${key.protocol.toLowerCase()}:${key.port}`
}
