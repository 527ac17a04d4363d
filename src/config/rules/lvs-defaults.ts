import type { Protocol } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import { serviceName, type VirtualServerDraft } from '../keywords/virtual-server.ts'
import type { VirtualServerGroupDraft } from '../keywords/virtual-server-group.ts'

const IP_VS_SVC_F_ONEPACKET = 0x0004

/** What a virtual server is when nothing more is said of it. */
export interface ServiceDefaults {
  readonly protocol: Protocol
  readonly scheduler: string
  readonly flags: number
  readonly persistenceTimeout: number
}

/** Fills in what is missing, with a report where keepalived gives one, and takes back what cannot be. */
export function resolveDefaults(draft: VirtualServerDraft, group: VirtualServerGroupDraft | undefined, context: Context): ServiceDefaults {
  const protocol = resolveProtocol(draft, group, context)
  const named = { ...draft, protocol: draft.protocol ?? (draft.service.kind === 'fwmark' ? undefined : protocol) }
  const report = (code: string, text: string, expected: string): void =>
    context.conclude('general', code, `Virtual server ${serviceName(named as VirtualServerDraft)}: ${text}`, draft.line, expected)
  if (draft.lvs_sched === undefined) report('no-scheduler', "no scheduler set, setting default 'wlc'", 'lvs_sched')
  if (draft.ha_suspend === true && draft.service.kind === 'fwmark') {
    report('ha-suspend-fwmark', 'cannot use ha_suspend with fwmarks - clearing ha_suspend', 'ha_suspend with an address')
  }
  return {
    protocol,
    scheduler: draft.lvs_sched ?? 'wlc',
    flags: draft.schedulerFlags | (resolveOnePacket(draft, protocol, report) ? IP_VS_SVC_F_ONEPACKET : 0),
    persistenceTimeout: resolvePersistence(draft, group, report),
  }
}

function resolveProtocol(draft: VirtualServerDraft, group: VirtualServerGroupDraft | undefined, context: Context): Protocol {
  const marksOnly = draft.service.kind === 'fwmark' || group?.entries.every((entry) => entry.kind === 'fwmark')
  const name = serviceName(draft)
  if (marksOnly && draft.protocol !== undefined) {
    const message = `Warning: Virtual server ${name}: protocol specified for fwmark - protocol will be ignored`
    context.conclude('general', 'protocol-fwmark', message, draft.line, 'no protocol')
  }
  if (!marksOnly && draft.protocol === undefined) {
    context.conclude(
      'general',
      'no-protocol',
      `Virtual server ${name}: no protocol set - defaulting to UDP`,
      draft.line,
      'protocol TCP, UDP or SCTP',
    )
  }
  return draft.protocol ?? 'UDP'
}

type Report = (code: string, text: string, expected: string) => void

function resolveOnePacket(draft: VirtualServerDraft, protocol: Protocol, report: Report): boolean {
  if (draft.ops !== true) return false
  if (draft.service.kind === 'fwmark' || protocol === 'UDP') return true
  report('ops', 'one packet scheduling requires UDP - resetting', 'protocol UDP')
  return false
}

function resolvePersistence(draft: VirtualServerDraft, group: VirtualServerGroupDraft | undefined, report: Report): number {
  const given = draft.persistence_timeout ?? (draft.persistence_granularity === undefined ? 0 : DEFAULT_PERSISTENCE)
  const anyPort =
    draft.service.kind === 'address'
      ? draft.service.port === 0
      : (group?.entries.some((entry) => entry.kind === 'range' && entry.port === 0) ?? false)
  if (!anyPort || given !== 0) return given
  report('zero-port', 'zero port only valid for persistent services - setting', 'persistence_timeout')
  return DEFAULT_PERSISTENCE
}

/** IPVS_SVC_PERSISTENT_TIMEOUT, seconds. */
const DEFAULT_PERSISTENCE = 360
