import type { ScriptCommand } from '../script-config.ts'
import type { CheckEffect } from './events.ts'
import type { RealServerState, VirtualServerState } from './state.ts'

/** A real server or a virtual server came up or went down: what scripts, pipes and mail are to be told. */
export type CheckNotice =
  | {
      readonly of: 'real-server'
      readonly server: string
      readonly virtualServer: string
      readonly up: boolean
      /** `notify_up` or `notify_down` */
      readonly script: ScriptCommand | undefined
      /** We stop (`omega`): nothing follows. */
      readonly last: boolean
    }
  | {
      readonly of: 'virtual-server'
      readonly virtualServer: string
      readonly up: boolean
      /** `quorum_up` or `quorum_down` */
      readonly script: ScriptCommand | undefined
      readonly last: boolean
    }

export function tellServer(virtualServer: VirtualServerState, server: RealServerState, up: boolean, last = false): CheckEffect {
  const { notifyUp, notifyDown } = server.config
  const script = up ? notifyUp : notifyDown
  return { kind: 'notify', notice: { of: 'real-server', server: server.name, virtualServer: virtualServer.config.name, up, script, last } }
}

export function tellQuorum({ config }: VirtualServerState, up: boolean, last = false): CheckEffect {
  const script = up ? config.quorumUp : config.quorumDown
  return { kind: 'notify', notice: { of: 'virtual-server', virtualServer: config.name, up, script, last } }
}
