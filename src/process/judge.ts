import { setns } from 'linux-syscalls'
import type { AgentConfig } from '../config/agent-config.ts'
import type { Diagnostic } from '../config/diagnostic.ts'
import { LINT_FOUND, lint } from '../config/lint/all.ts'
import { loadWhole } from '../config/load.ts'
import { printGithub, printJson, printText } from '../config/print.ts'
import { printConfiguration } from '../config/print-config.ts'
import { printSource, sourceOf } from '../config/print-source.ts'
import { withoutSecrets } from '../config/secrets.ts'
import { hostReader } from './config-reader.ts'
import { configurationFile, loadOptions } from './configuration.ts'
import type { Options, ReportFormat } from './options.ts'
import { type RunSettings, SETTINGS_FILE } from './settings-table.ts'

export interface Judgement {
  /** Findings, for standard error or the file of `-t`. */
  readonly text: string
  /** What was asked for: with `-d` the configuration as understood. */
  readonly answer: string
  readonly code: number
}

/** What `-t` prints and ends with: keepalived's status; with `--lint`, 3 where that is 0 and a trap was found. */
export function judgeConfiguration(
  options: Options,
  { limits, complaints }: Pick<RunSettings, 'limits' | 'complaints'>,
  terminal = false,
): Judgement {
  const read = () => {
    const reader = hostReader({ mostBytes: limits.bytes, resolves: true })
    const loaded = loadWhole(configurationFile(options), reader, { ...loadOptions(options, true, limits), verdictOnly: !options.lint })
    return { reader, loaded }
  }
  let { reader, loaded } = read()
  const { netNamespace = '' } = loaded.config.global
  const namespace = options.namespace ?? netNamespace
  // There are other interfaces.
  if (namespace !== '' && setns(`/run/netns/${namespace}`) === 0) ({ reader, loaded } = read())
  const { diagnostics, exitStatus, fatal } = loaded.config
  const traps = options.lint ? lint({ ...loaded, reader }) : []
  const findings = [...complaints.map(settingsFinding), ...diagnostics, ...traps]
  return {
    text: textOf(findings, options.format ?? (options.lint || terminal ? 'text' : 'lines'), (file) => {
      const content = reader.readFile(file)
      return content.ok ? new TextDecoder().decode(content.value) : undefined
    }),
    answer: options.dumpConf && isWhole(fatal) ? withoutSecrets(printConfiguration(loaded.lines.all())) : '',
    code: exitStatus === 0 && traps.length > 0 ? LINT_FOUND : exitStatus,
  }
}

/** What is wrong with agent.toml is told as well, but the verdict is about the configuration. */
function settingsFinding(message: string): Diagnostic {
  return {
    code: 'settings',
    severity: 'none',
    at: { file: SETTINGS_FILE, line: 0, column: 0 },
    message,
    expected: undefined,
    scope: 'whole',
  }
}

/** Reading went on to the end. */
const isWhole = (fatal: AgentConfig['fatal']): boolean => fatal === undefined || fatal.kind === 'vrrp-unusable'

function textOf(findings: readonly Diagnostic[], format: ReportFormat | 'lines', read: (file: string) => string | undefined): string {
  switch (format) {
    case 'lines':
      return printText(findings)
    case 'text':
      return printSource(findings, sourceOf(read))
    case 'json':
      return printJson(findings)
    case 'github':
      return printGithub(findings)
  }
}
