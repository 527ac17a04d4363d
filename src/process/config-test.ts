import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs'
import { EXIT } from './exit-codes.ts'
import { judgeConfiguration } from './judge.ts'
import type { Options } from './options.ts'
import { DEFAULT_SETTINGS, type RunSettings, SETTINGS_FILE } from './settings-table.ts'

/** `-t`: every finding to standard error (a person at a `terminal` sees the lines too), or appended to a file that is no link; the result is the exit code. */
export async function testConfiguration(options: Options, terminal: boolean): Promise<number> {
  const { configTest } = options
  if (configTest.kind !== 'file') {
    const { text, code, answer } = judgeConfiguration(options, await settings(options), terminal)
    process.stderr.write(text)
    process.stdout.write(answer)
    return code
  }
  let fd: number
  try {
    fd = openSync(configTest.path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o644)
  } catch (error) {
    process.stderr.write(`Unable to open config-test log file ${configTest.path} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})\n`)
    return EXIT.fatal
  }
  try {
    const { text, code, answer } = judgeConfiguration(options, await settings(options))
    process.stdout.write(answer)
    let rest = Buffer.from(text)
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
    return code
  } finally {
    closeSync(fd)
  }
}

/** The reader of TOML is loaded only if there is some. */
async function settings(options: Options): Promise<RunSettings> {
  if (options.settings === undefined && !existsSync(SETTINGS_FILE)) return DEFAULT_SETTINGS
  const { readSettings } = await import('./run-settings.ts')
  return readSettings(options)
}
