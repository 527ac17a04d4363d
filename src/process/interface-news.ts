import type { FaultCause, Report } from '../core/vrrp/reports.ts'

const OF_INTERFACE: ReadonlySet<FaultCause> = new Set(['interface-down', 'tracked-interface-down', 'interface-missing'] as const)

/**
 * Everybody on an interface learns that it went down or came back, and 255 instances would say so; keepalived says it once. True for
 * what nobody has said yet, and for all that is about an instance.
 */
export function createInterfaceNews(): (report: Report) => boolean {
  const told = new Map<string, string>()
  return (report) => {
    if (report.event !== 'fault-raised' && report.event !== 'fault-cleared') return true
    if (!OF_INTERFACE.has(report.cause)) return true
    // One that comes back from nowhere may be down: both are told, each once.
    const matter = `${report.subject} ${report.cause === 'interface-missing' ? 'missing' : 'down'}`
    if (told.get(matter) === report.event) return false
    told.set(matter, report.event)
    return true
  }
}
