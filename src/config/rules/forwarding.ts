import type { Forwarding } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import { type RealServerDraft, serverName } from '../keywords/real-server.ts'
import { type SorryServerDraft, serviceName, type VirtualServerDraft } from '../keywords/virtual-server.ts'
import type { VirtualServerGroupDraft } from '../keywords/virtual-server-group.ts'

const NAT: Forwarding = { method: 'NAT' }

/** The method of servers that name none. */
export function defaultForwarding(draft: VirtualServerDraft, context: Context): Forwarding {
  if (draft.lvs_method !== undefined) return draft.lvs_method
  const servers = draft.sorry_server === undefined ? draft.real_server : [...draft.real_server, draft.sorry_server]
  if (servers.some((server) => server.lvs_method === undefined)) {
    const message = `Virtual server ${serviceName(draft)}: no forwarding method set, setting default NAT`
    context.conclude('general', 'no-forwarding', message, draft.line, 'lvs_method NAT, DR or TUN')
  }
  return NAT
}

/** What a server without a port of its own serves. */
export const servicePort = ({ service }: VirtualServerDraft): number => (service.kind === 'address' ? service.port : 0)

/** Only NAT translates ports: with DR and TUN the server's is the service's, and 0 behind a mark. */
export function resolvePort(
  draft: VirtualServerDraft,
  group: VirtualServerGroupDraft | undefined,
  server: RealServerDraft | SorryServerDraft,
  forwarding: Forwarding,
  context: Context,
): number {
  if (server.port === 0) return servicePort(draft)
  if (forwarding.method === 'NAT') return server.port
  const report = (code: string, message: string, expected: string): void =>
    context.conclude('general', code, message, server.line, expected)
  const vs = serviceName(draft)
  const rs = 'checkers' in server ? `real server ${serverName({ ...server, protocol: draft.protocol })}` : 'sorry server'
  switch (draft.service.kind) {
    case 'address':
      if (server.port !== draft.service.port) {
        report('port-mismatch', `WARNING - virtual server ${vs} and ${rs} ports don't match - resetting`, `port ${draft.service.port}`)
      }
      return draft.service.port
    case 'fwmark':
      report('port-fwmark', `WARNING - virtual server ${vs}, ${rs} has port specified - clearing`, 'no port')
      return 0
    case 'group':
      for (const entry of group?.entries ?? []) {
        if (entry.kind === 'fwmark' || entry.port === server.port) continue
        report('port-mismatch', `virtual server ${vs}:[${entry.text},${entry.port}] and ${rs} ports don't match`, `port ${entry.port}`)
      }
      if (group?.entries.some((entry) => entry.kind === 'fwmark')) {
        report('port-fwmark', `WARNING - fwmark virtual server ${vs}, ${rs} has port specified - port will be ignored`, 'no port')
      }
      return server.port
  }
}
