import { readFileSync } from 'node:fs'
import type { ScriptUser } from '../core/script-config.ts'

export interface Ids {
  readonly kind: 'known'
  readonly uid: number
  readonly gid: number
  /** The user's other groups as well: a group word that begins with a colon. */
  readonly supplementary: boolean
}

/** The numbers of a user and a group of this host; without any, our own. */
export function idsOf(
  wanted: ScriptUser | undefined,
  { passwd, group }: AccountFiles = hostFiles,
): Ids | { readonly kind: 'unknown'; readonly detail: string } {
  if (wanted === undefined) return { kind: 'known', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, supplementary: false }
  const user = entryOf(passwd(), wanted.user, 2)
  const uid = numberOf(wanted.user) ?? numberOf(user?.[2])
  if (uid === undefined) return { kind: 'unknown', detail: `there is no user ${wanted.user}` }
  const supplementary = wanted.group?.startsWith(':') === true
  const name = wanted.group?.replace(/^:/, '')
  if (name === undefined || name === '') return { kind: 'known', uid, gid: numberOf(user?.[3]) ?? uid, supplementary }
  const gid = numberOf(name) ?? numberOf(entryOf(group(), name, 2)?.[2])
  return gid === undefined ? { kind: 'unknown', detail: `there is no group ${name}` } : { kind: 'known', uid, gid, supplementary }
}

/** The text of passwd(5) and group(5). */
export interface AccountFiles {
  readonly passwd: () => string
  readonly group: () => string
}

const hostFiles: AccountFiles = { passwd: () => read('/etc/passwd'), group: () => read('/etc/group') }

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The line whose name, or whose number in `column`, is the one asked for. */
function entryOf(text: string, nameOrNumber: string, column: number): readonly string[] | undefined {
  const lines = text.split('\n').map((line) => line.split(':'))
  return lines.find(([name]) => name === nameOrNumber) ?? lines.find((fields) => fields.length > column && fields[column] === nameOrNumber)
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
