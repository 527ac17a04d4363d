import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'toml'
import { fromSeconds } from '../base/units.ts'
import type { Limits } from '../config/limits.ts'
import type { Options } from './options.ts'
import {
  DEFAULT_SETTINGS,
  FORMATS,
  LEVELS,
  LIMIT_KEYS,
  RECONCILE_PERIOD,
  type RunSettings,
  SETTINGS_FILE,
  SHARING,
  type WholeRange,
} from './settings-table.ts'

export type { RunSettings }

export function readSettings(options: Options): RunSettings {
  const file = options.settings ?? SETTINGS_FILE
  if (options.settings === undefined && !existsSync(file)) return DEFAULT_SETTINGS
  try {
    return settingsOf(readFileSync(file, 'utf8'), file)
  } catch (error) {
    const complaint = `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): defaults hold`
    return { ...DEFAULT_SETTINGS, complaints: [complaint] }
  }
}

/** The text of agent.toml as settings; what is wrong is complained of and stays at its default. */
export function settingsOf(text: string, file: string): RunSettings {
  const complaints: string[] = []
  const complain = (complaint: string): void => void complaints.push(`${file}: ${complaint}`)
  const root = tomlOf(text, file, complaints)
  const section = (name: string, keys: readonly string[]): Values => {
    const value = root[name]
    if (value === undefined) return {}
    if (!isTable(value)) {
      complain(`${name} is ${JSON.stringify(value)}, expected a section [${name}]`)
      return {}
    }
    for (const key of Object.keys(value)) if (!keys.includes(key)) complain(`unknown key '${name}.${key}'`)
    return value
  }
  for (const name of Object.keys(root)) if (!SECTIONS.includes(name)) complain(`unknown section or key '${name}'`)
  const log = section('log', ['format', 'level'])
  const kernel = section('kernel', ['reconcile_period'])
  const checks = section('checks', ['share_probes'])
  const limits = section('limits', Object.keys(LIMIT_KEYS))
  const period = readWhole('kernel.reconcile_period', kernel['reconcile_period'], RECONCILE_PERIOD, complain)
  return {
    logFormat: choose('log.format', log['format'], FORMATS, complain) ?? DEFAULT_SETTINGS.logFormat,
    logLevel: choose('log.level', log['level'], LEVELS, complain) ?? DEFAULT_SETTINGS.logLevel,
    reconcilePeriod: period === undefined ? DEFAULT_SETTINGS.reconcilePeriod : fromSeconds(period),
    shareProbes: choose('checks.share_probes', checks['share_probes'], SHARING, complain) ?? DEFAULT_SETTINGS.shareProbes,
    limits: limitsOf(limits, complain),
    complaints,
  }
}

const SECTIONS: readonly string[] = ['log', 'kernel', 'checks', 'limits']

type Values = Readonly<Record<string, unknown>>
type Complain = (complaint: string) => void

function choose<Choice extends string>(name: string, value: unknown, choices: readonly Choice[], complain: Complain): Choice | undefined {
  const chosen = choices.find((choice) => choice === value)
  if (value !== undefined && chosen === undefined) complain(`${name} is ${JSON.stringify(value)}, expected ${choices.join(', ')}`)
  return chosen
}

function readWhole(name: string, value: unknown, { min, max }: WholeRange, complain: Complain): number | undefined {
  if (value === undefined) return undefined
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number
  complain(`${name} is ${typeof value === 'bigint' ? value : JSON.stringify(value)}, expected a whole number from ${min} to ${max}`)
  return undefined
}

function limitsOf(values: Values, complain: Complain): Limits {
  const limits: Record<keyof Limits, number> = { ...DEFAULT_SETTINGS.limits }
  for (const [name, row] of Object.entries(LIMIT_KEYS)) {
    const value = readWhole(`limits.${name}`, values[name], row, complain)
    if (value !== undefined) limits[row.limit] = value
  }
  return limits
}

function tomlOf(text: string, file: string, complaints: string[]): Values {
  try {
    const root: unknown = parse(text)
    return isTable(root) ? root : {}
  } catch (error) {
    const { line, column, message } = error as { readonly line?: number; readonly column?: number; readonly message: string }
    complaints.push(`${file}:${line ?? 0}:${column ?? 0}: ${message}`)
    return {}
  }
}

const isTable = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
