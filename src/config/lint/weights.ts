import type { InstanceDraft } from '../keywords/vrrp-instance.ts'
import type { Parsed } from '../parsed.ts'

export interface Weight {
  /** The block that tracks it. */
  readonly block: 'track_script' | 'track_file' | 'track_process' | 'track_interface' | 'track_bfd'
  readonly name: string
  /** 0 is a fault, not a weight. */
  readonly weight: number
}

/** What an instance tracks, with the weight of the line, else of the object, else keepalived's default. */
export function weightsOf(draft: InstanceDraft, { vrrp }: Parsed): readonly Weight[] {
  const { scripts, trackFiles, trackProcesses, bfds } = vrrp
  return [
    ...draft.track_script.map(({ name, weight }) => ({
      block: 'track_script' as const,
      name,
      weight: weight ?? scripts.get(name)?.weight ?? 0,
    })),
    ...draft.track_file.map(({ name, weight }) => ({
      block: 'track_file' as const,
      name,
      weight: weight ?? trackFiles.get(name)?.weight ?? 1,
    })),
    ...draft.track_process.map(({ name, weight }) => ({
      block: 'track_process' as const,
      name,
      weight: weight ?? trackProcesses.get(name)?.weight ?? 0,
    })),
    ...draft.track_interface.map(({ name, weight }) => ({ block: 'track_interface' as const, name, weight: weight ?? 0 })),
    ...draft.track_bfd.map(({ name, weight }) => ({ block: 'track_bfd' as const, name, weight: weight ?? bfds.get(name)?.weight ?? 0 })),
  ]
}
