import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from './command.ts'

/** A program that takes keepalived's options, and how to start it. */
export interface Program {
  readonly name: string
  readonly argv: readonly string[]
}

export const keepalived: Program = { name: 'keepalived', argv: ['/usr/sbin/keepalived'] }

const root = resolve(import.meta.dirname, '../..')

/** vipkeeper as it is released: one file starts in a third of the time of a hundred, which counts where a system call is slow. */
const released: Program = {
  name: 'vipkeeper',
  get argv() {
    return [release()]
  },
}

let built: string | undefined

/** The path of dist/vipkeeper, which is built anew if a source is younger. */
export function release(): string {
  if (built !== undefined) return built
  const path = join(root, 'dist/vipkeeper')
  if (!existsSync(path) || youngest(join(root, 'src')) > statSync(path).mtimeMs) {
    run([process.execPath, '--conditions=source', join(root, 'packaging/build.ts')], { seconds: 120 })
  }
  built = path
  return path
}

/** `vipkeeper`, `keepalived`, or the path of anything that takes the same options. */
export function programNamed(name: string): Program {
  if (name === 'vipkeeper') return released
  if (name === 'source') return { name: 'vipkeeper', argv: [process.execPath, '--conditions=source', join(root, 'src/main.ts')] }
  if (name === 'keepalived') return keepalived
  return { name, argv: [resolve(name)] }
}

function youngest(directory: string): number {
  let newest = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === 'build' || entry.name === 'node_modules') continue
    const path = join(directory, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? youngest(path) : statSync(path).mtimeMs)
  }
  return newest
}
