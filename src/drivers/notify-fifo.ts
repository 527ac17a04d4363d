import { spawnSync } from 'node:child_process'
import { closeSync, constants, fchownSync, fstatSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { fail, ok, type Result } from '../base/result.ts'
import type { FifoPlace } from '../core/channel-config.ts'
import { type Ids, idsOf } from './script-user.ts'

/** Needs no reader, follows no link, waits for nobody. */
const OPEN = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** A pipe with a name: one that was there, or one that is made and goes again with us. */
export class NotifyFifo {
  readonly #path: string
  readonly #fd: number
  readonly #made: boolean

  private constructor(path: string, fd: number, made: boolean) {
    this.#path = path
    this.#fd = fd
    this.#made = made
  }

  static open({ path, owner }: FifoPlace): Result<NotifyFifo, string> {
    const ids = idsOf(owner)
    if (ids.kind === 'unknown') return fail(ids.detail)
    let fd: number | undefined
    try {
      // Fails where there is something already; what that is will be seen.
      const made = spawnSync('mkfifo', ['-m', '0644', '--', path], { stdio: 'ignore' }).status === 0
      fd = openSync(path, OPEN)
      const found = fstatSync(fd)
      if (!found.isFIFO()) throw new Error('it is not a FIFO')
      if (found.uid !== process.getuid?.() && found.uid !== ids.uid) throw new Error('it belongs to somebody else')
      if (made) giveTo(fd, ids)
      return ok(new NotifyFifo(path, fd, made))
    } catch (error) {
      if (fd !== undefined) closeSync(fd)
      return fail((error as Error).message)
    }
  }

  /** The line with its newline, whole or not at all; false if it is lost. */
  write(line: string): boolean {
    try {
      writeSync(this.#fd, line)
      return true
    } catch {
      return false
    }
  }

  close(): void {
    closeSync(this.#fd)
    if (!this.#made) return
    try {
      unlinkSync(this.#path)
    } catch {
      // Somebody else was faster.
    }
  }
}

/** Without CAP_CHOWN it stays ours: it may be read all the same. */
function giveTo(fd: number, { uid, gid }: Ids): void {
  try {
    fchownSync(fd, uid, gid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}
