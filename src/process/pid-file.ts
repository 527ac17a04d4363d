import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { fail, ok, type Result } from '../base/result.ts'

/** Who runs already under a pid file, or why it cannot be written; `full`: there is nobody, and no room to say who is now. */
export type PidFileError =
  | { readonly kind: 'running'; readonly pid: number }
  | { readonly kind: 'unwritable'; readonly code: string }
  | { readonly kind: 'full'; readonly code: string }

/** A pid file that is ours. */
export interface PidFile {
  readonly path: string
  remove(): void
}

// Nor does a named pipe in its place hold us up.
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK
const OPEN = constants.O_RDWR | constants.O_CREAT | SAFELY
/** Readable for all, whatever the umask. */
const MODE = 0o644

/** The process that a pid file names, if it lives and had started when the file was written: a recycled number is nobody. */
export function runningUnder(path: string): number | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | SAFELY)
  } catch {
    return undefined
  }
  try {
    return namedBy(fd)
  } finally {
    closeSync(fd)
  }
}

/** Writes `pid` there, unless a living process is named already. Symbolic links are refused. */
export function writePidFile(path: string, pid: number): Result<PidFile, PidFileError> {
  let fd: number
  try {
    fd = openSync(path, OPEN, MODE)
  } catch (error) {
    return fail({ kind: 'unwritable', code: (error as NodeJS.ErrnoException).code ?? 'EIO' })
  }
  try {
    if (!fstatSync(fd).isFile()) return fail({ kind: 'unwritable', code: 'not a file' })
    const running = namedBy(fd)
    if (running !== undefined && running !== pid) return fail({ kind: 'running', pid: running })
    fchmodSync(fd, MODE)
    ftruncateSync(fd, 0)
    writeSync(fd, `${pid}\n`, 0)
    return ok({ path, remove: () => removePidFile(path, pid) })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO'
    return fail({ kind: code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'unwritable', code })
  } finally {
    closeSync(fd)
  }
}

/** Only if it still names us. */
function removePidFile(path: string, pid: number): void {
  try {
    if (readFileSync(path, 'utf8').trim() === String(pid)) unlinkSync(path)
  } catch {
    // Gone already.
  }
}

function namedBy(fd: number): number | undefined {
  if (!fstatSync(fd).isFile()) return undefined
  const bytes = Buffer.alloc(32)
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0)).trim()
  if (!/^[1-9]\d{0,9}$/.test(text)) return undefined
  const started = startedAt(Number(text))
  if (started === undefined) return undefined
  // Both clocks are coarse: one second of grace.
  return started <= fstatSync(fd).mtimeMs + 1000 ? Number(text) : undefined
}

/** Wall clock in milliseconds at which a process started; undefined if there is none, or only its corpse. */
export function startedAt(pid: number): number | undefined {
  try {
    const fields = statFields(readFileSync(`/proc/${pid}/stat`, 'latin1'))
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0])
    return Date.now() - uptime * 1000 + (Number(fields[19]) / TICKS_PER_SECOND) * 1000
  } catch {
    return undefined
  }
}

/** USER_HZ, 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** The fields of /proc/PID/stat after the name, state first; the name may hold anything, so count from the last parenthesis. */
export function statFields(stat: string): readonly string[] {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .trim()
    .split(' ')
}
