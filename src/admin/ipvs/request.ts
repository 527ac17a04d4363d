import type { IpAddress } from '../../base/ip.ts'
import type { ServiceKey } from '../../core/check/config.ts'
import type { DestinationObject, ServiceObject } from '../../core/reconcile/kinds.ts'
import type { IpvsTimeouts } from '../../netlink/ipvs.ts'
import type { DaemonStart } from '../../netlink/ipvs-daemon.ts'

/** What a command line of ipvsadm asks for. */
export type IpvsRequest =
  | { readonly kind: 'add-service' | 'edit-service'; readonly service: ServiceObject }
  | { readonly kind: 'delete-service'; readonly key: ServiceKey }
  | { readonly kind: 'flush' }
  | { readonly kind: 'add-server' | 'edit-server' | 'delete-server'; readonly destination: DestinationObject }
  | { readonly kind: 'list'; readonly key: ServiceKey | undefined; readonly show: Columns; readonly style: Style }
  | { readonly kind: 'list-connections'; readonly style: Style; readonly engine: boolean }
  | { readonly kind: 'list-timeouts' }
  | { readonly kind: 'list-daemons' }
  | { readonly kind: 'save'; readonly numeric: boolean }
  | { readonly kind: 'restore' }
  | { readonly kind: 'zero'; readonly key: ServiceKey | undefined }
  | { readonly kind: 'set'; readonly timeouts: IpvsTimeouts }
  | { readonly kind: 'start-daemon'; readonly daemon: DaemonStart }
  | { readonly kind: 'stop-daemon'; readonly state: 'master' | 'backup'; readonly syncId: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

export type Columns = 'usual' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn' | 'tun-info'

export interface Style {
  readonly numeric: boolean
  readonly sorted: boolean
  readonly exact: boolean
}

/** Why a line is refused: what to say, and the status to end with. */
export interface Refusal {
  readonly message: string
  readonly status: 2 | 255
}

export const refuse = (message: string): Refusal => ({ message, status: 2 })

/** Where to find help, for a line that makes no sense at all. */
export const lost = (program: string): Refusal => ({
  message: `Try \`${program} -h' or '${program} --help' for more information.`,
  status: 255,
})

/** What an IPv4 mask or IPv6 prefix length is when nobody gives one: each client counts by itself. */
export const wholeMask = (family: 4 | 6): IpAddress | number => (family === 4 ? ('255.255.255.255' as IpAddress) : 128)
