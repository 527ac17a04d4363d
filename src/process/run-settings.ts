import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'toml'
import type { LogLevel } from './log-line.ts'
import type { Options } from './options.ts'

/** How we run, as far as keepalived.conf has no word for it: agent.toml, all of it optional. */
export interface RunSettings {
  /** `[log] format` */
  readonly logFormat: 'human' | 'json'
  /** `[log] level` */
  readonly logLevel: LogLevel
  /** What was wrong with the file; the rest of it holds. */
  readonly complaints: readonly string[]
}

const DEFAULT_FILE = '/etc/vipkeeper/agent.toml'
const FORMATS = ['human', 'json'] as const
const LEVELS = ['error', 'warn', 'info', 'debug'] as const

export function readSettings(options: Options): RunSettings {
  const file = options.settings ?? DEFAULT_FILE
  if (options.settings === undefined && !existsSync(file)) return settingsOf('', file)
  try {
    return settingsOf(readFileSync(file, 'utf8'), file)
  } catch (error) {
    return {
      ...settingsOf('', file),
      complaints: [`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): defaults hold`],
    }
  }
}

/** The text of agent.toml as settings; what is wrong is complained of and stays at its default. */
export function settingsOf(text: string, file: string): RunSettings {
  const complaints: string[] = []
  const root = tomlOf(text, file, complaints)
  const choose = <Choice extends string>(
    name: string,
    value: unknown,
    choices: readonly [Choice, ...Choice[]],
    fallback: Choice,
  ): Choice => {
    if (value === undefined) return fallback
    const chosen = choices.find((choice) => choice === value)
    if (chosen === undefined) complaints.push(`${file}: ${name} is ${JSON.stringify(value)}, expected ${choices.join(', ')}`)
    return chosen ?? fallback
  }
  for (const name of Object.keys(root)) if (name !== 'log') complaints.push(`${file}: unknown section or key '${name}'`)
  const log = isTable(root['log']) ? root['log'] : {}
  for (const name of Object.keys(log)) if (name !== 'format' && name !== 'level') complaints.push(`${file}: unknown key 'log.${name}'`)
  return {
    logFormat: choose('log.format', log['format'], FORMATS, 'human'),
    logLevel: choose('log.level', log['level'], LEVELS, 'info'),
    complaints,
  }
}

function tomlOf(text: string, file: string, complaints: string[]): Readonly<Record<string, unknown>> {
  try {
    const root: unknown = parse(text)
    return isTable(root) ? root : {}
  } catch (error) {
    const { line, column, message } = error as { readonly line?: number; readonly column?: number; readonly message: string }
    complaints.push(`${file}:${line ?? 0}:${column ?? 0}: ${message}`)
    return {}
  }
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
