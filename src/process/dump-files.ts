import { randomBytes } from 'node:crypto'
import { closeSync, constants, fchmodSync, fsyncSync, lstatSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { isAbsolute, join, parse } from 'node:path'
import { fail, ok, type Result } from '../base/result.ts'

/** $TMPDIR if it is an absolute, existing directory, else /tmp. */
export function dumpDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const wanted = environment['TMPDIR']
  if (wanted === undefined || !isAbsolute(wanted)) return '/tmp'
  try {
    return statSync(wanted).isDirectory() ? wanted : '/tmp'
  } catch {
    return '/tmp'
  }
}

/** How dumps are named, and who may read them. */
export interface DumpSettings {
  /** `state_dump_file`: of the vrrp process; the others have a word in front of the last dot. */
  readonly stateFile: string | undefined
  /** `data_use_instance`: stands before the last part of the name. */
  readonly label: string
  readonly mode: number
}

/** Where the state of a process is dumped: "/tmp/keepalived_check.INSTANCE.data". */
export function stateDumpPath(role: keyof typeof SUFFIXES, { stateFile, label }: DumpSettings, directory: string): string {
  const { dir, name, ext } = parse(stateFile ?? join(directory, 'keepalived.data'))
  return join(isAbsolute(dir) ? dir : join(directory, dir), `${name}${SUFFIXES[role]}${label === '' ? '' : `.${label}`}${ext}`)
}

const SUFFIXES = { supervisor: '_parent', vrrp: '', checker: '_check', bfd: '_bfd' } as const

/** The names of keepalived's other files. */
export const DUMP_NAMES = {
  stats: 'keepalived.stats',
  json: 'keepalived.json',
} as const

/**
 * Puts a whole text under a name that others may be reading or waiting for. It is written under a new name with no link followed and
 * renamed; afterwards the final name is opened for writing and closed once, because programs wait for that (inotify IN_CLOSE_WRITE),
 * and a rename alone does not tell them. The new name begins with a dot: exporters delete whatever begins with the final name.
 */
export function writeDump(directory: string, name: string, text: string, mode = 0o600): Result<undefined, string> {
  const path = join(directory, name)
  const temporary = join(directory, `.vipkeeper-${randomBytes(8).toString('hex')}`)
  try {
    const existing = lstatSync(path, { throwIfNoEntry: false })
    if (existing?.isDirectory() === true) return fail('EISDIR')
    const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
    try {
      let rest = Buffer.from(text)
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
      if (mode !== 0o600) fchmodSync(fd, mode)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW))
    return ok(undefined)
  } catch (error) {
    try {
      unlinkSync(temporary)
    } catch {
      // It was not made, or is renamed already.
    }
    return fail((error as NodeJS.ErrnoException).code ?? String(error))
  }
}
