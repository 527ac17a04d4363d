import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fail, ok } from '../../src/base/result.ts'
import { globPaths } from '../../src/config/glob.ts'
import type { Reader } from '../../src/config/reader.ts'

/** A recorded verdict of the real program, with the host it was taken on. */
export interface Row {
  readonly id: string
  readonly args: readonly string[]
  readonly conf: string
  readonly interfaces: readonly string[]
  readonly addresses: readonly (readonly [device: string, address: string])[]
  readonly netns: readonly string[]
  readonly paths_exist: readonly string[]
  readonly commands_found: readonly string[]
  readonly environ?: Readonly<Record<string, string>>
  readonly mount?: { readonly dir: string; readonly on: string }
  readonly 'keepalived-2.2.7': { readonly exit: number | null }
  readonly 'keepalived-2.4.3': {
    readonly exit: number | null
    readonly messages?: readonly (readonly [line: number | null, file: string | null, text: string])[]
  }
}

/** Imitates the host of a row: its files are the corpus folder's, all else is what the row recorded. */
export function rowReader(row: Row, folder: string): Reader {
  const mounted = row.mount === undefined ? undefined : resolve(folder, row.mount.dir)
  const real = (path: string): string =>
    mounted !== undefined && path.startsWith('/etc/keepalived') ? mounted + path.slice('/etc/keepalived'.length) : path
  const list = (path: string): readonly string[] | undefined => {
    const place = real(path)
    return existsSync(place) && statSync(place).isDirectory() ? readdirSync(place) : undefined
  }
  const paths = new Set(row.paths_exist)
  const commands = new Set(['[', ...row.commands_found])
  const interfaces = new Set(['lo', ...row.interfaces])
  return {
    absolute: (path, base) => resolve(base ?? folder, path),
    readFile(path) {
      const place = real(path)
      if (!existsSync(place)) return fail('missing')
      const stat = statSync(place)
      if (stat.isDirectory()) return fail('directory')
      if ((stat.mode & 0o111) !== 0) return fail('executable')
      return ok(readFileSync(place))
    },
    glob: (pattern) => globPaths(pattern, { list, exists: (path) => existsSync(real(path)) }),
    exists: (path) => paths.has(path) || FOLDERS.has(path) || (path.startsWith('/etc/keepalived') ? existsSync(real(path)) : false),
    script(command) {
      const found = command.includes('/')
        ? paths.has(command) || paths.has(command.replace(/^\/bin\//, '/usr/bin/'))
        : commands.has(command)
      return found ? { kind: 'found', path: command, secure: !command.startsWith('/bin/') } : { kind: 'missing' }
    },
    environment: (name) => row.environ?.[name],
    nodeName: 'vm',
    interfaceExists: (name) => interfaces.has(name),
    upperLinks: () => [],
    interfaceMulticast: (name) => (interfaces.has(name) ? name !== 'lo' : undefined),
    userExists: (name) => USERS.has(name),
    groupExists: (name) => GROUPS.has(name),
    namespaceExists: (name) => row.netns.includes(name),
    // The host had no DNS.
    hostResolves: (name) => name === 'localhost' || name === 'vm',
    processors: 2,
    random: (low) => low,
    routingName: () => undefined,
  }
}

/** Folders of every host. */
const FOLDERS: ReadonlySet<string> = new Set([
  '/run',
  '/var/run',
  '/tmp',
  '/var/tmp',
  '/etc',
  '/var',
  '/var/lib',
  '/var/log',
  '/usr',
  '/usr/bin',
  '/dev',
  '/dev/shm',
  '/proc',
  '/proc/sys',
  '/sys',
  '/root',
  '/home',
  '/opt',
  '/srv',
  '/mnt',
])

/** Accounts of the recording host that files of the corpus may name. */
const USERS: ReadonlySet<string> = new Set([
  'root',
  'nobody',
  'daemon',
  'bin',
  'sys',
  'www-data',
  'mail',
  'man',
  'backup',
  'sync',
  'games',
  'news',
  'proxy',
  'list',
  'irc',
  'uucp',
  'lp',
])
const GROUPS: ReadonlySet<string> = new Set([
  'root',
  'nogroup',
  'daemon',
  'bin',
  'sys',
  'adm',
  'www-data',
  'mail',
  'man',
  'backup',
  'users',
  'disk',
  'sudo',
  'staff',
  'games',
  'tty',
  'proxy',
  'staff',
])
