import type { ScriptCommand } from '../script-config.ts'
import { isScheduled } from './config.ts'
import type { CheckEffect } from './events.ts'
import { targetOf } from './narrate.ts'
import type { ProbeResult } from './probe.ts'
import type { AttemptKind } from './reports.ts'
import type { RealServerState, RunningChecker, VirtualServerState } from './state.ts'

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
      /** `smtp_alert`, where no checker will tell: the server leaves. */
      readonly mail: boolean
    }
  | {
      readonly of: 'virtual-server'
      readonly virtualServer: string
      readonly up: boolean
      /** `quorum_up` or `quorum_down` */
      readonly script: ScriptCommand | undefined
      readonly last: boolean
      /** `smtp_alert`: why, for mail. */
      readonly mail: QuorumNews | undefined
    }
  /** For mail alone: real servers with `smtp_alert` are told of by their checkers. */
  | {
      readonly of: 'checker'
      readonly server: string
      readonly virtualServer: string
      readonly check: AttemptKind
      /** What was asked. */
      readonly target: string
      /** The server, with all its checkers. */
      readonly up: boolean
      readonly result: ProbeResult
    }

export interface QuorumNews {
  readonly quorum: number
  readonly hysteresis: number
  readonly liveWeight: number
  /** It was never judged before. */
  readonly first: boolean
}

/** `leaving`: a reload removes it. */
export function tellServer(
  { config }: VirtualServerState,
  server: RealServerState,
  up: boolean,
  { last = false, leaving = false } = {},
): CheckEffect {
  const { notifyUp, notifyDown, smtpAlert } = server.config
  const script = up ? notifyUp : notifyDown
  const mail = leaving && smtpAlert === true
  return { kind: 'notify', notice: { of: 'real-server', server: server.name, virtualServer: config.name, up, script, last, mail } }
}

/** `first`: it was never judged before. `leaving`: a reload removes it. */
export function tellQuorum(self: VirtualServerState, up: boolean, { last = false, first = false, leaving = false } = {}): CheckEffect {
  const { name: virtualServer, quorum, hysteresis, quorumUp, quorumDown, smtpAlert } = self.config
  const liveWeight = leaving ? 0 : self.liveWeight
  const mail = smtpAlert && !last ? { quorum, hysteresis, liveWeight, first } : undefined
  return { kind: 'notify', notice: { of: 'virtual-server', virtualServer, up, script: up ? quorumUp : quorumDown, last, mail } }
}

/** A checker has another verdict, or its first one against an assumption; the server with it, or not. */
export function tellChecker(
  { server, virtualServer, config }: RunningChecker,
  result: ProbeResult,
  news: { readonly server: boolean; readonly only: boolean },
): readonly CheckEffect[] {
  if (server.config.smtpAlert === undefined || (news.only && !news.server) || !isScheduled(config)) return []
  const { name } = virtualServer.config
  return [
    {
      kind: 'notify',
      notice: {
        of: 'checker',
        server: server.name,
        virtualServer: name,
        check: config.kind,
        target: targetOf(config),
        up: server.up,
        result,
      },
    },
  ]
}
