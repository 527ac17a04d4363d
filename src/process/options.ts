import { SIGNAL_NUMBERS } from './signal-numbers.ts'
import { SUBCOMMANDS } from './subcommands.ts'

/** What the command line asks for; absent is keepalived's default. */
export interface Options {
  /** `-f`; a file or a glob. */
  readonly useFile: string | undefined
  readonly vrrp: boolean
  readonly check: boolean
  readonly bfd: boolean
  readonly all: boolean
  readonly logConsole: boolean
  /** How often `-D` stood there, at most 2. */
  readonly logDetail: number
  /** `-S`: syslog facility number; undefined is daemon. */
  readonly logFacility: number | undefined
  readonly noSyslog: boolean
  readonly dontFork: boolean
  readonly dontRespawn: boolean
  readonly dumpConf: boolean
  readonly releaseVips: boolean
  readonly dontReleaseVrrp: boolean
  readonly dontReleaseIpvs: boolean
  readonly pid: string | undefined
  readonly vrrpPid: string | undefined
  readonly checkersPid: string | undefined
  readonly bfdPid: string | undefined
  readonly configId: string | undefined
  readonly configTest: { readonly kind: 'no' } | { readonly kind: 'stderr' } | { readonly kind: 'file'; readonly path: string }
  readonly ignoreSigint: boolean
  /** `-e` */
  readonly allConfig: boolean
  /** Ours: behave and be named as keepalived; the same as being called by that name. */
  readonly asKeepalived: boolean
  /** Ours: where agent.toml lies. */
  readonly settings: string | undefined
  /** Ours, with `-t`: look for classic traps too. */
  readonly lint: boolean
  /** Ours, with `-t`: how findings are told; undefined is one line each, as keepalived does. */
  readonly format: ReportFormat | undefined
  /** `-u`, before the keyword. */
  readonly umask: number | undefined
  /** `-s`, before the keyword. */
  readonly namespace: string | undefined
}

export type ReportFormat = 'text' | 'json' | 'github'

/** What a command line means. */
export type CommandLine =
  | {
      readonly kind: 'run'
      readonly options: Options
      /** Words that belong to no option: listed and ignored. */
      readonly unexpected: readonly string[]
      /** Options understood that nothing acts on in this version, as written. */
      readonly notActedOn: readonly string[]
      /** Values that are reported and otherwise ignored. */
      readonly complaints: readonly string[]
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'signum'; readonly signal: number }
  | { readonly kind: 'refused'; readonly messages: readonly string[] }

const DEFAULTS: Options = {
  useFile: undefined,
  vrrp: true,
  check: true,
  bfd: true,
  all: false,
  logConsole: false,
  logDetail: 0,
  logFacility: undefined,
  noSyslog: false,
  dontFork: false,
  dontRespawn: false,
  dumpConf: false,
  releaseVips: false,
  dontReleaseVrrp: false,
  dontReleaseIpvs: false,
  pid: undefined,
  vrrpPid: undefined,
  checkersPid: undefined,
  bfdPid: undefined,
  configId: undefined,
  configTest: { kind: 'no' },
  ignoreSigint: false,
  allConfig: false,
  asKeepalived: false,
  settings: undefined,
  lint: false,
  format: undefined,
  umask: undefined,
  namespace: undefined,
}

type Action =
  | { readonly kind: 'set'; readonly to: (options: Options, value: string) => Partial<Options> }
  | { readonly kind: 'answer'; readonly with: (value: string) => CommandLine }
  | { readonly kind: 'not-acted-on' }

interface Option {
  readonly short: string | undefined
  readonly long: string
  readonly argument: 'none' | 'required' | 'optional'
  readonly metavar: string
  readonly summary: string
  readonly action: Action
}

const set = (to: (options: Options, value: string) => Partial<Options>): Action => ({ kind: 'set', to })
const answer = (command: (value: string) => CommandLine): Action => ({ kind: 'answer', with: command })
const later: Action = { kind: 'not-acted-on' }

const flag = (short: string | undefined, long: string, summary: string, action: Action): Option => ({
  short,
  long,
  argument: 'none',
  metavar: '',
  summary,
  action,
})
const takes = (short: string | undefined, long: string, metavar: string, summary: string, action: Action): Option => ({
  short,
  long,
  argument: 'required',
  metavar,
  summary,
  action,
})
const mayTake = (short: string | undefined, long: string, metavar: string, summary: string, action: Action): Option => ({
  short,
  long,
  argument: 'optional',
  metavar,
  summary,
  action,
})

/** Every option of keepalived, and after them our own. */
const OPTIONS: readonly Option[] = [
  takes(
    'f',
    'use-file',
    'FILE',
    'read this configuration file (a glob may name several)',
    set((_, useFile) => ({ useFile })),
  ),
  flag(
    'P',
    'vrrp',
    'run without the checker process',
    set(() => ({ check: false })),
  ),
  flag(
    'C',
    'check',
    'run without the vrrp process',
    set(() => ({ vrrp: false })),
  ),
  flag(
    'B',
    'no_bfd',
    'run without the bfd process',
    set(() => ({ bfd: false })),
  ),
  flag(
    undefined,
    'all',
    'start every process, even without configuration for it',
    set(() => ({ all: true })),
  ),
  flag(
    'l',
    'log-console',
    'log to the console too',
    set(() => ({ logConsole: true })),
  ),
  flag(
    'D',
    'log-detail',
    'log in detail; twice: in more detail',
    set((o) => ({ logDetail: Math.min(2, o.logDetail + 1) })),
  ),
  takes(
    'S',
    'log-facility',
    '0-7|local0-7|user|daemon',
    'syslog facility (daemon)',
    set((_, value) => ({ logFacility: facility(value) })),
  ),
  mayTake('g', 'log-file', 'FILE', 'log to a file too', later),
  flag(undefined, 'flush-log-file', 'flush the log file after each line', later),
  flag(
    'G',
    'no-syslog',
    'do not log to syslog',
    set(() => ({ noSyslog: true })),
  ),
  takes(
    'u',
    'umask',
    'MASK',
    'umask of created files',
    set((_, value) => ({ umask: umaskOf(value) })),
  ),
  flag(
    'X',
    'release-vips',
    'remove VIPs that an earlier run has left',
    set(() => ({ releaseVips: true })),
  ),
  flag(
    'V',
    'dont-release-vrrp',
    'leave VIPs in place at stop',
    set(() => ({ dontReleaseVrrp: true })),
  ),
  flag(
    'I',
    'dont-release-ipvs',
    'leave ip_vs tables in place at stop',
    set(() => ({ dontReleaseIpvs: true })),
  ),
  flag(
    'R',
    'dont-respawn',
    'end when a child dies, do not start it again',
    set(() => ({ dontRespawn: true })),
  ),
  flag(
    'n',
    'dont-fork',
    'stay in the foreground',
    set(() => ({ dontFork: true })),
  ),
  flag(
    'd',
    'dump-conf',
    'log the configuration as understood',
    set(() => ({ dumpConf: true })),
  ),
  takes(
    'p',
    'pid',
    'FILE',
    'pid file of the parent process',
    set((_, pid) => ({ pid })),
  ),
  takes(
    'r',
    'vrrp_pid',
    'FILE',
    'pid file of the vrrp process',
    set((_, vrrpPid) => ({ vrrpPid })),
  ),
  takes(
    'c',
    'checkers_pid',
    'FILE',
    'pid file of the checker process',
    set((_, checkersPid) => ({ checkersPid })),
  ),
  takes(
    'b',
    'bfd_pid',
    'FILE',
    'pid file of the bfd process',
    set((_, bfdPid) => ({ bfdPid })),
  ),
  flag(
    'T',
    'genhash',
    'compute the digest of a page (must be the first option)',
    answer(() => GENHASH),
  ),
  flag('a', 'address-monitoring', 'log every address change', later),
  flag('x', 'snmp', 'enable SNMP', later),
  takes('A', 'snmp-agent-socket', 'ADDR', 'AgentX master socket', later),
  takes(
    's',
    'namespace',
    'NAME',
    'run in this network namespace',
    set((_, namespace) => ({ namespace })),
  ),
  flag('m', 'core-dump', 'allow core files', later),
  mayTake('M', 'core-dump-pattern', 'PATTERN', 'allow core files and set the kernel pattern', later),
  flag(
    'e',
    'all-config',
    'a missing configuration file is an error',
    set(() => ({ allConfig: true })),
  ),
  takes(
    'i',
    'config-id',
    'ID',
    'which lines that begin with @ID are read (host name up to the first dot)',
    set((_, configId) => ({ configId })),
  ),
  takes(undefined, 'signum', 'SIGFUNC', `print a signal's number: ${[...SIGNAL_NUMBERS.keys()].join(', ')}`, answer(signum)),
  mayTake(
    't',
    'config-test',
    'FILE',
    'check the configuration and end; findings go to stderr or FILE',
    set((_, value) => configTest(value)),
  ),
  takes(undefined, 'config-fd', 'N', 'inherited configuration', later),
  flag(
    undefined,
    'ignore-sigint',
    'ignore SIGINT',
    set(() => ({ ignoreSigint: true })),
  ),
  mayTake(undefined, 'perf', 'run|all|end', 'profiling', later),
  mayTake(undefined, 'debug', 'LETTERS', 'debug messages', later),
  flag('L', 'mem-check-log', 'memory debugging', later),
  flag('O', 'openssl-mem-check', 'memory debugging', later),
  flag(undefined, 'no-mem-check', 'memory debugging', later),
  flag(
    'v',
    'version',
    'print the version',
    answer(() => ({ kind: 'version' })),
  ),
  flag(
    'h',
    'help',
    'print this text',
    answer(() => ({ kind: 'help' })),
  ),
  flag(
    undefined,
    'as-keepalived',
    "go by keepalived's name: process title, log identifier, version",
    set(() => ({ asKeepalived: true })),
  ),
  takes(
    undefined,
    'settings',
    'FILE',
    'agent.toml: what keepalived.conf has no word for',
    set((_, settings) => ({ settings })),
  ),
  flag(
    undefined,
    'lint',
    'with -t: look for classic traps too; status 3 if there is nothing worse',
    set(() => ({ lint: true })),
  ),
  takes(
    undefined,
    'format',
    'text|json|github',
    'with -t: how findings are told',
    set((_, value) => ({ format: reportFormat(value) })),
  ),
]

/** Later than keepalived's, so they must not make its abbreviations ambiguous: these are written out. */
const WRITTEN_OUT: ReadonlySet<string> = new Set(['lint', 'format'])

const GENHASH: CommandLine = {
  kind: 'refused',
  messages: ['genhash must be the first option'],
}
const BY_SHORT: ReadonlyMap<string, Option> = new Map(OPTIONS.flatMap((o) => (o.short === undefined ? [] : [[o.short, o] as const])))

/** Reads the words after the program's name, as getopt_long(3) with permutation would. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  let options: Options = DEFAULTS
  const unexpected: string[] = []
  const notActedOn: string[] = []
  const complaints: string[] = []
  const messages: string[] = []
  const rest = [...words]

  while (rest.length > 0) {
    const word = rest.shift() ?? ''
    if (word === '--') {
      unexpected.push(...rest)
      break
    }
    if (!word.startsWith('-') || word === '-') {
      unexpected.push(word)
      continue
    }
    for (const use of word.startsWith('--') ? [longOption(word, rest)] : shortOptions(word, rest)) {
      if (use.kind === 'wrong') {
        messages.push(use.message)
        continue
      }
      const { action } = use.option
      switch (action.kind) {
        case 'answer':
          return action.with(use.value)
        case 'set':
          if (use.option.short === 'S' && facility(use.value) === undefined) complaints.push(`Invalid log facility '${use.value}'`)
          if (use.option.short === 'u' && umaskOf(use.value) === undefined) complaints.push(`Invalid umask '${use.value}'`)
          if (use.option.long === 'format' && reportFormat(use.value) === undefined)
            messages.push(`Unknown format '${use.value}': text, json or github`)
          options = { ...options, ...action.to(options, use.value) }
          break
        case 'not-acted-on':
          notActedOn.push(use.written)
          break
      }
    }
  }
  if (messages.length > 0) return { kind: 'refused', messages }
  return { kind: 'run', options, unexpected, notActedOn, complaints }
}

type Use =
  | { readonly kind: 'option'; readonly option: Option; readonly value: string; readonly written: string }
  | { readonly kind: 'wrong'; readonly message: string }

function longOption(word: string, rest: string[]): Use {
  const equals = word.indexOf('=')
  const name = word.slice(2, equals < 0 ? undefined : equals)
  const attached = equals < 0 ? undefined : word.slice(equals + 1)
  const option = findLong(name)
  if (option === undefined || (option.argument === 'none' && attached !== undefined))
    return { kind: 'wrong', message: `Unknown option ${word}` }
  if (option.argument !== 'required') return { kind: 'option', option, value: attached ?? '', written: word }
  const value = attached ?? rest.shift() ?? ''
  if (value === '') return { kind: 'wrong', message: `Missing parameter for option --${option.long}` }
  return { kind: 'option', option, value, written: attached === undefined ? `${word} ${value}` : word }
}

/** An exact name, or the only one that begins so. */
function findLong(name: string): Option | undefined {
  const exact = OPTIONS.find((option) => option.long === name)
  if (exact !== undefined) return exact
  const candidates = OPTIONS.filter(({ long }) => long.startsWith(name) && !WRITTEN_OUT.has(long))
  return candidates.length === 1 && name !== '' ? candidates[0] : undefined
}

/** A word of short flags; the first that takes an argument has the rest of the word, or the next word. */
function shortOptions(word: string, rest: string[]): readonly Use[] {
  const uses: Use[] = []
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i)
    const option = BY_SHORT.get(letter)
    if (option === undefined) {
      uses.push({ kind: 'wrong', message: `Unknown option -${letter}` })
      continue
    }
    if (option.argument === 'none') {
      uses.push({ kind: 'option', option, value: '', written: `-${letter}` })
      continue
    }
    const attached = word.slice(i + 1)
    const value = option.argument === 'required' && attached === '' ? (rest.shift() ?? '') : attached
    if (option.argument === 'required' && value === '') uses.push({ kind: 'wrong', message: `Missing parameter for option -${letter}` })
    else uses.push({ kind: 'option', option, value, written: attached === '' ? `-${letter} ${value}`.trimEnd() : `-${letter}${attached}` })
    break
  }
  return uses
}

/** A configuration test stays in the foreground, starts nothing twice and leaves syslog alone. */
function configTest(path: string): Partial<Options> {
  return {
    configTest: path === '' ? { kind: 'stderr' } : { kind: 'file', path },
    dontFork: true,
    dontRespawn: true,
    noSyslog: true,
  }
}

/** syslog(3) facility number of a name; undefined if there is none. */
function facility(name: string): number | undefined {
  if (name === 'user') return 1
  if (name === 'daemon') return 3
  const local = /^(?:local)?([0-7])$/.exec(name)
  return local === null ? undefined : 16 + Number(local[1])
}

function reportFormat(name: string): ReportFormat | undefined {
  return name === 'text' || name === 'json' || name === 'github' ? name : undefined
}

/** As C writes numbers, up to 0777. */
function umaskOf(mask: string): number | undefined {
  const value = Number(/^0[0-7]*$/.test(mask) ? `0o0${mask}` : /^(0x[0-9a-f]+|[1-9]\d*)$/i.test(mask) ? mask : 'none')
  return value <= 0o777 ? value : undefined
}

function signum(name: string): CommandLine {
  const signal = SIGNAL_NUMBERS.get(name)
  return signal === undefined ? { kind: 'refused', messages: [`Unknown sigfunc ${name}`] } : { kind: 'signum', signal }
}

/** The text of `-h`. */
export function usage(program: string): string {
  const lines = OPTIONS.map((option) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `
    const value = option.argument === 'none' ? '' : option.argument === 'required' ? `=${option.metavar}` : `[=${option.metavar}]`
    const left = `  ${short}--${option.long}${value}`
    const right = option.action.kind === 'not-acted-on' ? `${option.summary} [accepted, not acted on yet]` : option.summary
    return left.length < 32 ? `${left.padEnd(32)}${right}` : `${left}\n${' '.repeat(32)}${right}`
  })
  const others =
    program === 'vipkeeper'
      ? SUBCOMMANDS.map(({ word, grammar, summary }) => `${`       vipkeeper ${word} ${grammar}`.padEnd(34)}${summary}`)
      : []
  return [`Usage: ${program} [OPTION...]`, ...others, ...lines, ''].join('\n')
}

/** What completion needs to know of an option. */
export type OptionAbout = Pick<Option, 'short' | 'long' | 'argument' | 'metavar' | 'summary'>
export const optionTable: readonly OptionAbout[] = OPTIONS
