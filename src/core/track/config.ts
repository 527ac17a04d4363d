import type { Micros } from '../../base/units.ts'
import type { SessionEnds } from '../bfd/ends.ts'
import type { ScriptCommand } from '../script-config.ts'

/** One line of `track_interface`, `track_script`, `track_file`, `track_process` or `track_bfd`, with what the object's own definition adds to it. */
export interface Tracker {
  readonly kind: 'interface' | 'script' | 'file' | 'process' | 'bfd'
  readonly name: string
  /** -253..253, for files and processes -254..254; 0 is a fault instead. */
  readonly weight: number
  readonly reverse: boolean
}

/** Everything that is watched for the trackers of all instances, each once. */
export interface TrackedConfig {
  readonly scripts: readonly TrackScript[]
  readonly files: readonly TrackFile[]
  readonly bfds: readonly TrackBfd[]
  readonly processes: readonly TrackProcess[]
}

/** A `vrrp_script` that is tracked. */
export interface TrackScript {
  readonly name: string
  readonly run: ScriptRun
  readonly interval: Micros
  readonly timeout: Micros
  /** It is that of the interval, for no `timeout` was written. */
  readonly timeoutByInterval?: true
  /** Successes until it is good, and failures until it is not. The first result of all decides alone. */
  readonly rise: number
  readonly fall: number
  /** Of the definition, for those who read dumps; trackers have their own. */
  readonly weight?: number
  readonly reverse?: boolean
  /** `init_fail`, which changes nothing: the first result decides. */
  readonly initFail?: boolean
}

/** A program, or the question whether a file can be read (`script "</path"`). */
export type ScriptRun = { readonly kind: 'command'; readonly command: ScriptCommand } | { readonly kind: 'readable'; readonly path: string }

/** A `track_file` that is tracked; its number is 0 as long as there is none. */
export interface TrackFile {
  readonly name: string
  readonly path: string
  /** `init_file` */
  readonly initial: { readonly value: number; readonly overwrite: boolean } | undefined
}

/** A `bfd_instance` that is tracked, with the weight that its own definition names. */
export interface TrackBfd {
  readonly name: string
  /** Of the session: with the same ones it is the same, and is as it was, under another name too. Without a neighbour there is none. */
  readonly ends?: SessionEnds
  readonly weight: number
  readonly reverse: boolean
}

/** A `vrrp_track_process` that is tracked: well while `quorum` to `quorum_max` processes of the program run. */
export interface TrackProcess {
  readonly name: string
  readonly match: ProcessMatch
  /** 0 with `quorum_max 0`: it must not run at all. */
  readonly quorum: number
  /** Undefined is any number. */
  readonly quorumMax: number | undefined
  /** How long the number must have risen, or fallen, before that counts. */
  readonly forkDelay: Micros
  readonly terminateDelay: Micros
  /** Of the definition; trackers have their own. */
  readonly weight: number
  readonly reverse: boolean
}

/** Which processes are meant: by the name that the kernel knows (15 characters), or by the words of the command line. */
export type ProcessMatch =
  | { readonly kind: 'name'; readonly name: string }
  /** `param_match`: the parameters may be any; all the words; the first ones; the first ones, and the last of them may go on. */
  | {
      readonly kind: 'command-line'
      readonly command: string
      readonly parameters: readonly string[]
      readonly compare: 'any' | 'exact' | 'partial' | 'initial'
    }
