import type { ScriptCommand } from '../script-config.ts'

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
