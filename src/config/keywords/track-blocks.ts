import type { Context } from '../context.ts'
import { type Lines, lines } from '../schema.ts'
import { readTrackLine, type TrackKind, type TrackLine } from './track-lines.ts'

interface Tracker {
  readonly name: string
  readonly track_interface: TrackLine[]
  readonly track_script: TrackLine[]
  readonly track_file: TrackLine[]
  readonly track_process: TrackLine[]
  readonly track_bfd: TrackLine[]
}

/** The five blocks that instances and sync groups share. */
export function trackBlocks<Target extends Tracker>(): Record<TrackKind, Lines<Target, never>> {
  return {
    track_interface: trackBlock('track_interface', '<ifname> [weight N [reverse]]', 'links that matter', '1.0.1', 'VRRP', true),
    track_script: trackBlock('track_script', '<name> [weight N [reverse|noreverse]]', 'scripts that matter', '1.1.13', 'VRRP', true),
    track_file: trackBlock('track_file', '<name> [weight N [reverse|noreverse]]', 'files that matter', '2.0.0', 'VRRP', true),
    track_process: trackBlock(
      'track_process',
      '<name> [weight N [reverse|noreverse]]',
      'processes that matter',
      '2.0.11',
      'TRACK_PROCESS',
      true,
    ),
    track_bfd: trackBlock('track_bfd', '<name> [weight N [reverse|noreverse]]', 'BFD sessions that matter', '2.0.0', 'BFD', true),
  }
}

function trackBlock<Target extends Tracker>(
  kind: TrackKind,
  grammar: string,
  summary: string,
  since: string,
  build: string,
  acted: boolean,
): Lines<Target, never> {
  return lines<Target>(
    grammar,
    summary,
    { since, build, acted },
    {
      line(draft, words, context) {
        const list = draft[kind]
        const line = readTrackLine(words, context, {
          kind,
          owner: draft.name,
          exists: (name) => objectExists(kind, name, context),
          tracked: { has: (name) => list.some((other) => other.name === name) },
        })
        if (line !== undefined) list.push(line)
      },
    },
  )
}

function objectExists(kind: TrackKind, name: string, context: Context): boolean {
  const { vrrp, global } = context.parsed
  switch (kind) {
    case 'track_interface':
      return global.dynamic_interfaces !== undefined || context.reader.interfaceExists(name)
    case 'track_script':
      return vrrp.scripts.has(name)
    case 'track_file':
      return vrrp.trackFiles.has(name)
    case 'track_process':
      return vrrp.trackProcesses.has(name)
    case 'track_bfd':
      return vrrp.bfds.get(name)?.forVrrp === true
  }
}
