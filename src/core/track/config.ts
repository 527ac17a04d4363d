import type { Micros } from '../../base/units.ts'
import type { ScriptCommand } from '../script-config.ts'

/** One line of `track_interface`, `track_script`, `track_file` or `track_bfd`, with what the object's own definition adds to it. */
export interface Tracker {
  readonly kind: 'interface' | 'script' | 'file' | 'bfd'
  readonly name: string
  /** -253..253, for a file -254..254; 0 is a fault instead. */
  readonly weight: number
  readonly reverse: boolean
}

/** Everything that is watched for the trackers of all instances, each once. */
export interface TrackedConfig {
  readonly scripts: readonly TrackScript[]
  readonly files: readonly TrackFile[]
  readonly bfds: readonly TrackBfd[]
}

/** A `vrrp_script` that is tracked. */
export interface TrackScript {
  readonly name: string
  readonly run: ScriptRun
  readonly interval: Micros
  readonly timeout: Micros
  /** Successes until it is good, and failures until it is not. The first result of all decides alone. */
  readonly rise: number
  readonly fall: number
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
  readonly weight: number
  readonly reverse: boolean
}
