import { closeSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * `enable_script_security`: nobody but root can change what would be run, neither the file nor any folder above it, nor the interpreter
 * that its first line names. A link counts as open to all, as keepalived has it; a folder that is sticky lets nobody change what is
 * another's.
 */
export function onlyRootCanChange(path: string): boolean {
  try {
    if (!isRootsAlone(path)) return false
    const interpreter = interpreterOf(path)
    // Where it stands is the system's affair: /bin is a link on most.
    return interpreter === undefined || isRootsAlone(realpathSync(interpreter))
  } catch {
    return false
  }
}

function isRootsAlone(path: string): boolean {
  for (let part = resolve(path); ; part = dirname(part)) {
    const stat = lstatSync(part)
    const othersWrite = (stat.mode & 0o002) !== 0 || ((stat.mode & 0o020) !== 0 && stat.gid !== 0)
    const sticky = stat.isDirectory() && (stat.mode & 0o1000) !== 0
    if (stat.uid !== 0 || (othersWrite && !sticky)) return false
    if (part === '/') return true
  }
}

/** Linux reads no further. */
const LONGEST_FIRST_LINE = 256

function interpreterOf(path: string): string | undefined {
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(LONGEST_FIRST_LINE)
    const line = buffer.toString('latin1', 0, readSync(fd, buffer))
    return /^#![ \t]*([^\s]+)/.exec(line)?.[1]
  } finally {
    closeSync(fd)
  }
}
