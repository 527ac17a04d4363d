import { closeSync, constants, type FSWatcher, fstatSync, lstatSync, openSync, readSync, watch, writeSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** A file whose number counts, and what is to be in it at the start. */
export interface NumberFile {
  readonly path: string
  readonly initial: { readonly value: number; readonly overwrite: boolean } | undefined
}

/** How often a folder that is not there is looked for, in milliseconds. */
const folderRetry = 1_000

/** Follows files by inotify on their folders, so that a file may come, go and be replaced, and reports each new number. */
export class NumberFiles {
  readonly #report: (path: string, value: number) => void
  readonly #emptyGrace: number
  readonly #values = new Map<string, number>()
  readonly #folders = new Map<string, Folder>()

  /** `emptyGrace`: how long a file may stand empty between truncation and writing before that counts as no number, in milliseconds. */
  constructor(report: (path: string, value: number) => void, emptyGrace = 50) {
    this.#report = report
    this.#emptyGrace = emptyGrace
  }

  /** From now on these and no others; returns what they say. A file that is new to us is made first if it asks for that. */
  follow(files: readonly NumberFile[]): ReadonlyMap<string, number> {
    const wanted = new Set(files.map(({ path }) => path))
    for (const path of [...this.#values.keys()]) if (!wanted.has(path)) this.#values.delete(path)
    for (const { path, initial } of files) {
      if (this.#values.has(path)) continue
      if (initial !== undefined) makeFile(path, initial)
      this.#values.set(path, 0)
    }
    const folders = new Set([...wanted].map(dirname))
    for (const [path, folder] of this.#folders) {
      if (folders.has(path)) continue
      folder.close()
      this.#folders.delete(path)
    }
    // Watched before they are read, so that no change falls between.
    for (const path of folders) if (!this.#folders.has(path)) this.#folders.set(path, new Folder(path, (name) => this.#changed(path, name)))
    for (const path of wanted) this.#values.set(path, readNumber(path) ?? 0)
    return new Map(this.#values)
  }

  /** Undefined is any file of the folder. */
  #changed(folder: string, name: string | undefined): void {
    for (const path of this.#values.keys()) {
      if (dirname(path) === folder && (name === undefined || basename(path) === name)) this.#look(path, true)
    }
  }

  #look(path: string, patient: boolean): void {
    const before = this.#values.get(path)
    if (before === undefined) return
    const value = readNumber(path)
    if (value === undefined && patient) {
      setTimeout(() => this.#look(path, false), this.#emptyGrace).unref()
      return
    }
    if ((value ?? 0) === before) return
    this.#values.set(path, value ?? 0)
    this.#report(path, value ?? 0)
  }

  close(): void {
    for (const folder of this.#folders.values()) folder.close()
    this.#folders.clear()
    this.#values.clear()
  }
}

/** A folder that is watched as long as it is there, and looked for when it is not. */
class Folder {
  readonly #path: string
  readonly #changed: (name: string | undefined) => void
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #inode: number | undefined

  constructor(path: string, changed: (name: string | undefined) => void) {
    this.#path = path
    this.#changed = changed
    this.#open()
  }

  #open(): void {
    this.#timer = undefined
    try {
      this.#inode = inodeOf(this.#path)
      this.#watcher = watch(this.#path, { persistent: true }, (_event, name) => this.#event(name ?? undefined))
      this.#watcher.on('error', () => this.#lost())
    } catch {
      this.#lost()
    }
  }

  #event(name: string | undefined): void {
    // Of the folder itself there is word only under its own name.
    if (name === basename(this.#path) && inodeOf(this.#path) !== this.#inode) {
      this.#lost()
      this.#changed(undefined)
    } else {
      this.#changed(name)
    }
  }

  #lost(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    this.#timer ??= setTimeout(() => {
      this.#open()
      if (this.#watcher !== undefined) this.#changed(undefined)
    }, folderRetry).unref()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#watcher?.close()
  }
}

function inodeOf(path: string): number | undefined {
  try {
    return lstatSync(path).ino
  } catch {
    return undefined
  }
}

/** A number is short; the rest of the file is nobody's business. */
const longest = 64

/** The number at the beginning of a file: 0 if it is not there or has none, undefined if it is empty. */
export function readNumber(path: string): number | undefined {
  let fd: number | undefined
  try {
    // Without O_NONBLOCK a FIFO in its place would hold us for ever.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!fstatSync(fd).isFile()) return 0
    const bytes = Buffer.alloc(longest)
    const length = readSync(fd, bytes, 0, longest, 0)
    return length === 0 ? undefined : parseNumber(bytes.toString('latin1', 0, length))
  } catch {
    return 0
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** As strtol(3) with base 0 reads it: blanks, a sign, 0x for hexadecimal, 0 for octal; what follows is ignored. 32 bits. */
export function parseNumber(text: string): number {
  const match = /^[ \t-\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))/.exec(text)
  if (match === null) return 0
  const [, sign, hexadecimal, octal, decimal] = match
  const size = hexadecimal !== undefined ? Number(`0x${hexadecimal}`) : octal !== undefined ? Number(`0o${octal}`) : Number(decimal)
  return Math.min(Math.max(sign === '-' ? -size : size, -2_147_483_648), 2_147_483_647) + 0
}

function makeFile(path: string, { value, overwrite }: NonNullable<NumberFile['initial']>): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const fd = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (overwrite ? O_TRUNC : O_EXCL), 0o644)
    try {
      writeSync(fd, `${value}\n`)
    } finally {
      closeSync(fd)
    }
  } catch {
    // It is there already, or it cannot be made: then it counts as it is.
  }
}
