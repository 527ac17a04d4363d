import type { AgentConfig, Fatal } from './agent-config.ts'
import { BlockEnds } from './block-ends.ts'
import { Context } from './context.ts'
import { type Diagnostic, SEVERITIES, type Severity } from './diagnostic.ts'
import { Expander, WHY } from './expand.ts'
import { allChecks, noChecks } from './include-check.ts'
import { Interpreter } from './interpreter.ts'
import { rootFor } from './keywords/root.ts'
import { LIMITS, type Limits } from './limits.ts'
import { LineStore } from './line-store.ts'
import { emptyParsed, type Parsed } from './parsed.ts'
import type { Reader } from './reader.ts'
import { resolveBfd } from './resolve-bfd.ts'
import { resolveCheck } from './resolve-check.ts'
import { resolveGlobal } from './resolve-global.ts'
import { type ResolvedVrrp, resolveVrrp } from './resolve-vrrp.ts'
import { resolveChannels } from './rules/channels.ts'
import { resolveDaemonScripts } from './rules/daemon-scripts.ts'
import { judgeScripts, tellDisabled } from './rules/scripts.ts'
import { tellUnused } from './rules/trackers.ts'
import type { Process } from './schema.ts'

export interface LoadOptions {
  /** `-i`; undefined takes the node name up to its first dot. */
  readonly configId: string | undefined
  /** `-e`: every missing include is fatal, and a missing file is an error. */
  readonly allChecks: boolean
  /** `-t`: nothing will run. */
  readonly test: boolean
  /** Default `LIMITS`. */
  readonly limits?: Limits
  /** Only the findings and the exit status are wanted: the configuration comes without virtual servers. */
  readonly verdictOnly?: boolean
}

/** Reads a configuration: text to lines, lines to drafts once for each process, drafts to what the daemon uses. */
export function load(path: string, reader: Reader, options: LoadOptions): AgentConfig {
  return loadWhole(path, reader, options).config
}

/** A configuration with what it was made from, for those who explain it. */
export interface Loaded {
  readonly config: AgentConfig
  readonly parsed: Parsed
  /** What is left of the files once includes, conditions, definitions and sequences are done. */
  readonly lines: LineStore
}

export function loadWhole(path: string, reader: Reader, options: LoadOptions): Loaded {
  const findings: Diagnostic[] = []
  const parsed = emptyParsed()
  const lines = new LineStore()
  const files = findFiles(path, reader, options, findings)
  const ends = new BlockEnds()
  const outcome = readAll(files, { reader, options, findings, parsed, lines, ends })
  const state = { parsed, findings, reader, lines, ends }
  if (outcome !== undefined) return finish(state, undefined, outcome)
  if (files.length === 0) return finish(state, undefined, noFile(path))
  const namespace = parsed.global.net_namespace
  if (namespace !== undefined && namespace !== '' && !reader.namespaceExists(namespace)) {
    return finish(state, undefined, { kind: 'namespace', status: 1, message: `network namespace ${namespace} cannot be entered` })
  }
  const checker = run('checker', state)
  if (checker.stopped) return finish(state, undefined, missingParameter())
  const check = parsed.check.virtualServers.length > 0 ? resolveCheck(checker, options.verdictOnly !== true) : undefined
  judgeScripts(parsed.check.namedScripts, checker)
  const vrrp = run('vrrp', state)
  if (vrrp.stopped) return finish(state, undefined, missingParameter())
  const resolved = resolveVrrp(vrrp)
  const bfd = run('bfd', state)
  if (bfd.stopped) return finish(state, undefined, missingParameter())
  const hasVrrp = parsed.vrrp.instances.size > 0
  if (!options.test) {
    tellDisabled(parsed.check.namedScripts, checker)
    if (hasVrrp) {
      tellDisabled(parsed.vrrp.namedScripts, vrrp)
      tellUnused(vrrp, resolved.config.tracked)
    }
  }
  return finish(
    state,
    { vrrp: hasVrrp ? resolved : undefined, check },
    resolved.unusable === undefined ? undefined : { kind: 'vrrp-unusable', status: 2, message: resolved.unusable },
  )
}

/** The top file is itself a pattern. */
function findFiles(path: string, reader: Reader, options: LoadOptions, findings: Diagnostic[]): readonly string[] {
  const report = (severity: Severity, code: string, message: string, expected = 'a readable file'): void => {
    findings.push({ code, severity, at: { file: path, line: 0, column: 0 }, message, expected, scope: 'whole' })
  }
  const { paths } = reader.glob(reader.absolute(path, undefined))
  const usable: string[] = []
  for (const file of paths) {
    const content = reader.readFile(file)
    if (content.ok) usable.push(file)
    // keepalived knows no such bound and would have read it: this verdict is ours.
    else if (content.error === 'too-large')
      report('general', 'file-too-large', `${file} ${WHY['too-large']}`, 'a smaller file, or more in [limits] of agent.toml')
    else report(options.allChecks ? 'file-not-found' : 'none', `file-${content.error}`, `${file} ${WHY[content.error]}`)
  }
  if (paths.length === 0) report(options.allChecks ? 'file-not-found' : 'none', 'file-missing', `${path} does not exist`)
  if (usable.length > 1)
    report('multiple-files', 'multiple-files', `${path} means ${usable.length} files, beginning with ${usable[0]}; all are read`)
  return usable
}

interface State {
  readonly parsed: Parsed
  readonly findings: Diagnostic[]
  readonly reader: Reader
  readonly lines: LineStore
  readonly ends: BlockEnds
}

/** The supervisor's own pass, during which includes are resolved. */
function readAll(files: readonly string[], state: State & { readonly options: LoadOptions }): Fatal | undefined {
  const { reader, options, findings, parsed, lines, ends } = state
  const context = new Context({ reader, parsed, process: 'parent', findings })
  const interpreter = new Interpreter(context, rootFor('parent'), parsed)
  const expander = new Expander({
    reader,
    configId: options.configId ?? reader.nodeName.replace(/\..*$/s, ''),
    checks: options.allChecks ? allChecks : noChecks,
    findings,
    limits: options.limits ?? LIMITS,
    sink(line, childrenOnly) {
      ends.see(line, lines.length)
      lines.push(line)
      return childrenOnly || interpreter.take(line)
    },
  })
  context.onIncludeCheck = (words) => expander.setIncludeCheck(words)
  for (const file of files) if (expander.ending === undefined) expander.readFile(file)
  if (context.stopped) return missingParameter()
  if (expander.ending === 'no-variable') return { kind: 'no-variable', status: 204, message: '_ENV names no variable' }
  interpreter.end()
  if (expander.fatalInclude) return { kind: 'include', status: 6, message: 'a file that must be included is not there' }
  return undefined
}

/** One child's pass over the lines that the supervisor found. */
function run(process: Process, { parsed, findings, reader, lines, ends }: State): Context {
  const context = new Context({ reader, parsed, process, findings })
  const interpreter = new Interpreter(context, rootFor(process), parsed)
  if (interpreter.takeAll(lines, ends)) interpreter.end()
  return context
}

const missingParameter = (): Fatal => ({ kind: 'missing-parameter', status: 2, message: 'an argument is missing' })
const noFile = (path: string): Fatal => ({ kind: 'no-file', status: 6, message: `${path} cannot be used` })

interface Resolved {
  readonly vrrp: ResolvedVrrp | undefined
  readonly check: AgentConfig['check']
}

function finish({ parsed, findings, reader, lines }: State, resolved: Resolved | undefined, fatal: Fatal | undefined): Loaded {
  const context = new Context({ reader, parsed, process: 'parent', findings })
  const diagnostics = inReadingOrder(withoutRepeats(findings))
  const config: AgentConfig = {
    global: resolveGlobal(parsed.global),
    vrrp: resolved?.vrrp?.config,
    check: resolved?.check,
    channels: resolveChannels(context),
    daemonScripts: resolveDaemonScripts(context),
    bfd: resolveBfd(parsed),
    notActedOn: [...parsed.notActedOn.values()],
    diagnostics,
    exitStatus: exitStatus(diagnostics, fatal),
    fatal,
  }
  return { config, parsed, lines }
}

/** Several processes see the same line: what they agree on is said once. */
function withoutRepeats(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return findings.filter(({ at, code, message }) => {
    const key = `${at.file}:${at.line}:${at.column}:${code}:${message}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** By place in the files, as an editor would show them; what concerns whole objects comes last. */
function inReadingOrder(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(findings.map(({ at }) => at.file))]
  const rank = new Map(files.map((file, index) => [file, index]))
  const whole = ({ scope }: Diagnostic): number => (scope === 'whole' ? 1 : 0)
  return [...findings].sort(
    (a, b) =>
      whole(a) - whole(b) ||
      (whole(a) === 1 ? 0 : (rank.get(a.at.file) ?? 0) - (rank.get(b.at.file) ?? 0) || a.at.line - b.at.line || a.at.column - b.at.column),
  )
}

/** Status of `-t`: the highest class of finding decides. */
function exitStatus(diagnostics: readonly Diagnostic[], fatal: Fatal | undefined): number {
  // Outside its namespace nothing is judged, and nothing found counts.
  if (fatal?.kind === 'namespace') return 0
  if (fatal !== undefined && (fatal.kind === 'missing-parameter' || fatal.kind === 'include' || fatal.kind === 'no-variable'))
    return fatal.status
  let highest = 0
  for (const { severity } of diagnostics) highest = Math.max(highest, SEVERITIES.indexOf(severity))
  const severity = SEVERITIES[highest]
  switch (severity) {
    case 'none':
      return 0
    case 'file-not-found':
    case 'bad-interface':
    case 'fatal':
      return 4
    case 'security':
      return 6
    default:
      return 5
  }
}
