import type { Context } from '../context.ts'
import { serviceName, type VirtualServerDraft } from '../keywords/virtual-server.ts'
import type { VirtualServerGroupDraft } from '../keywords/virtual-server-group.ts'

const IP_VS_SVC_F_ONEPACKET = 0x0004

/** The draft with the protocol in force: none behind marks alone, else UDP where none was written. */
export function settleProtocol(
  draft: VirtualServerDraft,
  group: VirtualServerGroupDraft | undefined,
  context: Context,
): VirtualServerDraft {
  const name = serviceName(draft)
  const report = (code: string, message: string, expected: string): void => context.conclude('general', code, message, draft.line, expected)
  if (draft.service.kind === 'fwmark' || group?.entries.every((entry) => entry.kind === 'fwmark')) {
    if (draft.protocol === undefined) return draft
    report('protocol-fwmark', `Warning: Virtual server ${name}: protocol specified for fwmark - protocol will be ignored`, 'no protocol')
    const { protocol: _ignored, ...rest } = draft
    return rest
  }
  if (draft.protocol !== undefined) return draft
  report('no-protocol', `Virtual server ${name}: no protocol set - defaulting to UDP`, 'protocol TCP, UDP or SCTP')
  return { ...draft, protocol: 'UDP' }
}

/** What a virtual server is when nothing more is said of it. */
export interface ServiceDefaults {
  readonly scheduler: string
  readonly flags: number
  readonly persistenceTimeout: number
}

/** Fills in what is missing, with a report where keepalived gives one, and takes back what cannot be. */
export function resolveDefaults(draft: VirtualServerDraft, group: VirtualServerGroupDraft | undefined, context: Context): ServiceDefaults {
  const report = (code: string, text: string, expected: string): void =>
    context.conclude('general', code, `Virtual server ${serviceName(draft)}: ${text}`, draft.line, expected)
  if (draft.lvs_sched === undefined) report('no-scheduler', "no scheduler set, setting default 'wlc'", 'lvs_sched')
  if (draft.ha_suspend === true && draft.service.kind === 'fwmark') {
    report('ha-suspend-fwmark', 'cannot use ha_suspend with fwmarks - clearing ha_suspend', 'ha_suspend with an address')
  }
  return {
    scheduler: draft.lvs_sched ?? 'wlc',
    flags: draft.schedulerFlags | (resolveOnePacket(draft, report) ? IP_VS_SVC_F_ONEPACKET : 0),
    persistenceTimeout: resolvePersistence(draft, group, report),
  }
}

type Report = (code: string, text: string, expected: string) => void

function resolveOnePacket({ ops, protocol }: VirtualServerDraft, report: Report): boolean {
  if (ops !== true) return false
  if (protocol === undefined || protocol === 'UDP') return true
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
