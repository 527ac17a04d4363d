import { randomBytes } from 'node:crypto'
import { closeSync, constants, fsyncSync, lstatSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
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

/** The names of keepalived's files. */
export const DUMP_NAMES = {
  data: { supervisor: 'keepalived_parent.data', vrrp: 'keepalived.data', checker: 'keepalived_check.data', bfd: 'keepalived_bfd.data' },
  stats: 'keepalived.stats',
  json: 'keepalived.json',
} as const

/**
 * Puts a whole text under a name that others may be reading or waiting for. It is written under a new name with no link followed and
 * renamed; afterwards the final name is opened for writing and closed once, because programs wait for that (inotify IN_CLOSE_WRITE),
 * and a rename alone does not tell them. The new name begins with a dot: exporters delete whatever begins with the final name.
 */
export function writeDump(directory: string, name: string, text: string): Result<undefined, string> {
  const path = join(directory, name)
  const temporary = join(directory, `.vipkeeper-${randomBytes(8).toString('hex')}`)
  try {
    const existing = lstatSync(path, { throwIfNoEntry: false })
    if (existing?.isDirectory() === true) return fail('EISDIR')
    const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
    try {
      let rest = Buffer.from(text)
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
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
