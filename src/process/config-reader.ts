import { spawnSync } from 'node:child_process'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { resolve } from 'node:path'
import { fail, ok, type Result } from '../base/result.ts'
import { globPaths } from '../config/glob.ts'
import { LIMITS } from '../config/limits.ts'
import type { ComparingReader, FileBytes, ReadError, RoutingFolders, ScriptFile, UpperInterface } from '../config/reader.ts'
import { LinkTable } from '../drivers/link-table.ts'
import { onlyRootCanChange } from '../drivers/script-security.ts'
import { lazyConnection } from '../netlink/socket.ts'

export interface HostReaderOptions {
  readonly mostBytes?: number
  /** Asks the resolver for host names and waits for its answer: `-t` does, as keepalived's; a daemon has more to do. */
  readonly resolves?: boolean
}

/** The host as the configuration pipeline sees it; answers about names are read once, when first asked. */
export function hostReader({ mostBytes = LIMITS.bytes, resolves = false }: HostReaderOptions = {}): ComparingReader {
  const users = once(() => namesOf('/etc/passwd'))
  const groups = once(() => namesOf('/etc/group'))
  const links = once(interfaces)
  const upper = once(upperInterfaces)
  // One script serves a thousand servers.
  const scripts = new Map<string, ScriptFile>()
  return {
    absolute: (path, folder) => resolve(folder ?? process.cwd(), path),
    readFile: (path, spare) => readFile(path, mostBytes, spare),
    glob: (pattern) => globPaths(pattern, { list, exists: existsSync }),
    exists: existsSync,
    script: (command) => {
      const found = scripts.get(command) ?? findScript(command)
      scripts.set(command, found)
      return found
    },
    environment: (name) => process.env[name],
    nodeName: hostname(),
    interfaceExists: (name) => links().has(name),
    upperLinks: upper,
    interfaceMulticast: (name) => (links().has(name) ? hasMulticast(name) : undefined),
    userExists: (name) => users().has(name),
    groupExists: (name) => groups().has(name),
    namespaceExists: (name) => existsSync(`/run/netns/${name}`),
    // DNS does not answer at once; without it, mail looks its server up when there is mail.
    hostResolves: (name) => (resolves ? hostResolves(name) : undefined),
    processors: availableParallelism(),
    random: (low, high) => low + Math.floor(Math.random() * (high - low + 1)),
    routingName: (kind, name, folders) => routingNames(kind, folders).get(name),
  }
}

/** By the system's resolver, which Node cannot ask synchronously; undefined if it takes too long. */
function hostResolves(name: string): boolean | undefined {
  const { status } = spawnSync('getent', ['ahosts', '--', name], { stdio: 'ignore', timeout: RESOLVER_PATIENCE })
  return status === 0 ? true : status === GETENT_NOT_FOUND ? false : undefined
}

/** Milliseconds: what glibc takes to give two name servers up. */
const RESOLVER_PATIENCE = 20_000
const GETENT_NOT_FOUND = 2

function readFile(path: string, mostBytes: number, spare: FileBytes | undefined): Result<FileBytes, ReadError> {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return fail('directory')
    if (!stat.isFile()) return fail('not-regular')
    if ((stat.mode & 0o111) !== 0) return fail('executable')
    if (stat.size > mostBytes) return fail('too-large')
    return ok(stat.size < LARGE ? readFileSync(path) : readLarge(path, spare))
  } catch (error) {
    return fail((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable')
  }
}

/** Bytes; the memory of a smaller file is nobody's concern. */
const LARGE = 65_536

function readLarge(path: string, spare: FileBytes | undefined): Buffer {
  const fd = openSync(path, constants.O_RDONLY)
  try {
    // Of what was opened: another file may have come to its place.
    const { size } = fstatSync(fd)
    const buffer = bufferFor(size, spare)
    let length = 0
    for (let read = -1; read !== 0 && length < size; length += read) read = readSync(fd, buffer, length, size - length, length)
    return buffer.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}

/** With room to grow. */
function bufferFor(size: number, spare: FileBytes | undefined): Buffer {
  const room = spare?.buffer
  return room !== undefined && room.byteLength >= size ? Buffer.from(room) : Buffer.allocUnsafeSlow(size + (size >>> 4))
}

function list(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function findScript(command: string): ScriptFile {
  if (command.includes('/')) return judge(command)
  for (const folder of (process.env['PATH'] ?? PATH).split(':')) {
    const found = judge(`${folder}/${command}`)
    if (found.kind === 'found') return found
  }
  return { kind: 'missing' }
}

function judge(path: string): ScriptFile {
  try {
    if (!statSync(path).isFile()) return { kind: 'not-executable', isFile: false }
    accessSync(path, constants.X_OK)
    const real = realpathSync(path)
    const secure = onlyRootCanChange(path)
    return { kind: 'found', path, secure, ...(real !== path && { real, realSecure: onlyRootCanChange(real) }) }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? { kind: 'not-executable', isFile: true } : { kind: 'missing' }
  }
}

/** IFF_MULTICAST of linux/if.h. */
const IFF_MULTICAST = 0x1000

/** Links of our own network namespace; /sys shows that of whoever mounted it. */
function interfaces(): ReadonlySet<string> {
  try {
    const lines = readFileSync('/proc/self/net/dev', 'utf8').split('\n')
    return new Set(lines.flatMap((line) => /^\s*([^\s:]+(?::[^\s:]+)*):\s/.exec(line)?.[1] ?? []))
  } catch {
    return new Set()
  }
}

function upperInterfaces(): readonly UpperInterface[] {
  const found = new LinkTable(lazyConnection('route'), lazyConnection('netfilter')).list() ?? []
  return found.map(({ name, base, type }) => ({ name, base, ...(type.kind === 'macvlan' && { mac: type.mac }) }))
}

function hasMulticast(name: string): boolean {
  try {
    return (Number(readFileSync(`/sys/class/net/${name}/flags`, 'utf8')) & IFF_MULTICAST) !== 0
  } catch {
    return name !== 'lo'
  }
}

function namesOf(file: string): ReadonlySet<string> {
  try {
    return new Set(
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.split(':')[0] ?? ''),
    )
  } catch {
    return new Set()
  }
}

const FILES = {
  table: 'rt_tables',
  scope: 'rt_scopes',
  protocol: 'rt_protos',
  tos: 'rt_dsfield',
  realm: 'rt_realms',
  group: 'group',
} as const
type Kind = keyof typeof FILES
const tables = new Map<string, ReadonlyMap<string, number>>()

function routingNames(kind: Kind, { usr, etc }: Partial<RoutingFolders> = {}): ReadonlyMap<string, number> {
  const folders = [...(usr === undefined ? ['/usr/share/iproute2', '/usr/lib/iproute2'] : [usr]), etc ?? '/etc/iproute2']
  const key = [kind, ...folders].join(':')
  const known = tables.get(key)
  if (known !== undefined) return known
  const names = new Map<string, number>()
  for (const folder of folders) readNames(`${folder}/${FILES[kind]}`, names)
  tables.set(key, names)
  return names
}

function readNames(file: string, names: Map<string, number>): void {
  if (!existsSync(file)) return
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /^\s*(0[xX][0-9a-fA-F]+|\d+)\s+([^\s#]+)/.exec(line)
    if (match !== null) names.set(match[2] ?? '', Number(match[1]))
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
