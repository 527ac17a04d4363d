import type { BfdInstanceDraft } from './keywords/bfd-instance.ts'
import type { GarpGroupDraft } from './keywords/garp-group.ts'
import type { GlobalDraft } from './keywords/global-defs.ts'
import type { SslDraft } from './keywords/ssl.ts'
import type { TrackFileDraft } from './keywords/track-file.ts'
import type { TrackGroupDraft } from './keywords/track-group.ts'
import type { AddressLine } from './keywords/virtual-address.ts'
import type { RouteLine } from './keywords/virtual-route.ts'
import type { RuleLine } from './keywords/virtual-rule.ts'
import type { VirtualServerDraft } from './keywords/virtual-server.ts'
import type { VirtualServerGroupDraft } from './keywords/virtual-server-group.ts'
import type { InstanceDraft } from './keywords/vrrp-instance.ts'
import type { ScriptDraft } from './keywords/vrrp-script.ts'
import type { SyncGroupDraft } from './keywords/vrrp-sync-group.ts'
import type { TrackProcessDraft } from './keywords/vrrp-track-process.ts'
import type { LogicalLine } from './tree.ts'
import type { Command } from './words.ts'

/** A script that some keyword named, to be judged when all is read. */
export interface NamedScript {
  readonly keyword: string
  readonly command: Command
  readonly line: LogicalLine
}

/** A line of `interface_up_down_delays`, in seconds. */
export interface InterfaceDelayDraft {
  readonly interface: string
  readonly down: number
  readonly up: number
}

/** All that was read so far: drafts, in the words of the file, with nothing judged between them yet. */
export interface Parsed {
  readonly global: GlobalDraft
  readonly vrrp: {
    readonly instances: Map<string, InstanceDraft>
    readonly syncGroups: Map<string, SyncGroupDraft>
    readonly scripts: Map<string, ScriptDraft>
    readonly trackProcesses: Map<string, TrackProcessDraft>
    readonly trackFiles: Map<string, TrackFileDraft>
    readonly trackGroups: Map<string, TrackGroupDraft>
    readonly garpGroups: GarpGroupDraft[]
    /** Links that any garp_group named, removed ones too. */
    readonly garpInterfaces: Set<string>
    readonly interfaceDelays: InterfaceDelayDraft[]
    /** Of `linkbeat_interfaces`. */
    readonly linkbeats: string[]
    readonly bfds: Map<string, BfdInstanceDraft>
    readonly staticAddresses: AddressLine[]
    readonly staticRoutes: RouteLine[]
    readonly staticRules: RuleLine[]
    readonly namedScripts: NamedScript[]
  }
  readonly check: {
    readonly virtualServers: VirtualServerDraft[]
    readonly virtualServerGroups: Map<string, VirtualServerGroupDraft>
    readonly trackFiles: Map<string, TrackFileDraft>
    readonly bfds: Map<string, BfdInstanceDraft>
    ssl: SslDraft | undefined
    readonly namedScripts: NamedScript[]
  }
  readonly bfd: { readonly bfds: Map<string, BfdInstanceDraft> }
  /** What is known of the default user of scripts: said once to be missing, or named and unknown to the host. */
  readonly scriptUser: { reported: boolean; unknown: boolean }
  /** Keywords met that this program does not act on yet, with the block's name and the first place. */
  readonly notActedOn: Map<string, NotActedOn>
  /** Kinds of section the parent saw: which children are to be started. */
  readonly sections: Set<'vrrp' | 'checker' | 'bfd'>
}

export interface NotActedOn {
  readonly keyword: string
  readonly block: string
  readonly at: LogicalLine['at']
}

export function emptyParsed(): Parsed {
  return {
    global: {},
    vrrp: {
      instances: new Map(),
      syncGroups: new Map(),
      scripts: new Map(),
      trackProcesses: new Map(),
      trackFiles: new Map(),
      trackGroups: new Map(),
      garpGroups: [],
      garpInterfaces: new Set(),
      interfaceDelays: [],
      linkbeats: [],
      bfds: new Map(),
      staticAddresses: [],
      staticRoutes: [],
      staticRules: [],
      namedScripts: [],
    },
    check: { virtualServers: [], virtualServerGroups: new Map(), trackFiles: new Map(), bfds: new Map(), ssl: undefined, namedScripts: [] },
    bfd: { bfds: new Map() },
    scriptUser: { reported: false, unknown: false },
    notActedOn: new Map(),
    sections: new Set(),
  }
}
