import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { LogicalLine } from '../config/tree.ts'

/**
 * `config_save_dir`: what was read at the start and at each reload, as one file without includes, conditions and definitions, for whoever
 * wants to know later with what the daemon ran. It holds passwords, so nobody else may read it.
 */
export function saveConfiguration(folder: string, count: number, lines: Iterable<LogicalLine>): void {
  let text = ''
  let file = ''
  for (const line of lines) {
    if (line.at.file !== file) text += `# ${line.at.file}\n`
    file = line.at.file
    text += `${line.text.trim()}\n`
  }
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  try {
    const fd = openSync(join(folder, `keepalived.conf.${process.pid}.${count}`), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    writeSync(fd, text)
    closeSync(fd)
  } catch {
    // Nobody depends on it.
  }
}
