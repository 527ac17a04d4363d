import { closeSync, constants, openSync, unlinkSync } from 'node:fs'

/** `reload_file`: whoever changes the configuration can see by it that it is being read. */
export class ReloadMark {
  #path: string | undefined

  set(path: string | undefined): void {
    this.clear()
    if (path === undefined) return
    try {
      closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644))
      this.#path = path
    } catch {
      // Without it a reload is none the worse.
    }
  }

  clear(): void {
    if (this.#path === undefined) return
    try {
      unlinkSync(this.#path)
    } catch {
      // Somebody else was faster.
    }
    this.#path = undefined
  }
}
