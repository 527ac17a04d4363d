import type { Result } from '../base/result.ts'

export type ReadError = 'missing' | 'directory' | 'not-regular' | 'executable' | 'unreadable' | 'too-large'

/** What a pattern found: paths in sorted order, and the alternatives of braces that matched nothing. */
export interface GlobResult {
  readonly paths: readonly string[]
  readonly missingAlternatives: readonly string[]
  /** The folder part exists. */
  readonly folderExists: boolean
}

export type ScriptFile =
  /** `real`: where all links on the way to it lead, if elsewhere. `secure`: only root can change what is run by this path, or by that. */
  | { readonly kind: 'found'; readonly path: string; readonly secure: boolean; readonly real?: string; readonly realSecure?: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-executable'; readonly isFile: boolean }

export interface UpperInterface {
  readonly name: string
  /** The interface below. */
  readonly base: string
  readonly mac?: string
}

/** `iproute_usr_dir` and `iproute_etc_dir`: where such names stand, and where they are overridden. */
export interface RoutingFolders {
  readonly usr: string | undefined
  readonly etc: string | undefined
}

/** All that the configuration pipeline asks of the world. The real one is process/config-reader.ts; tests imitate hosts. */
export interface Reader {
  /** Absolute form of a path, against a folder or the working directory. */
  absolute(path: string, folder: string | undefined): string
  readFile(path: string): Result<Uint8Array, ReadError>
  glob(pattern: string): GlobResult
  /** What `path` is: for track_file, fifo and script words. */
  exists(path: string): boolean
  /** A script's command: with a slash a path, without one a name looked up in PATH. */
  script(command: string): ScriptFile
  environment(name: string): string | undefined
  /** Node name, up to the first dot it is the default configuration id. */
  readonly nodeName: string
  interfaceExists(name: string): boolean
  /** Private macvlans, with their MAC, and ipvlans: what could be links of our own, of this run or an earlier one. */
  upperLinks(): readonly UpperInterface[]
  /** An interface with multicast; undefined if it does not exist. */
  interfaceMulticast(name: string): boolean | undefined
  userExists(name: string): boolean
  groupExists(name: string): boolean
  namespaceExists(name: string): boolean
  /** Whether a host name has an address; undefined if that cannot be asked at once. */
  hostResolves(name: string): boolean | undefined
  readonly processors: number
  /** A number in [low, high] for `${_RANDOM}`. */
  random(low: number, high: number): number
  /** Numbers of routing names: table main, scope link, protocol static, ... */
  routingName(kind: 'table' | 'scope' | 'protocol' | 'tos' | 'realm' | 'group', name: string, folders?: RoutingFolders): number | undefined
}

/** What is in a file, with what the host does to bytes quicker than a loop of ours: Node's Buffer is one. */
export interface FileBytes extends Uint8Array {
  indexOf(value: number | string, from?: number): number
  /** 0 if these bytes from `start` to `end` are those of `other`. */
  compare(other: Uint8Array, otherStart: number, otherEnd: number, start: number, end: number): number
  toString(encoding?: 'utf8', start?: number, end?: number): string
}

/** One whose files can be compared with what they were. */
export interface ComparingReader extends Reader {
  /** `spare` was read from the same file and may be overwritten: a large one takes its time to come by. */
  readFile(path: string, spare?: FileBytes): Result<FileBytes, ReadError>
}
