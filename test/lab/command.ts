import { spawnSync } from 'node:child_process'

export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and answers what came out, whatever its exit status; -1 stands for a signal or a time limit. */
export function attempt(argv: readonly string[], options: { readonly input?: string; readonly seconds?: number } = {}): Outcome {
  const [program = '', ...rest] = argv
  const done = spawnSync(program, rest, {
    encoding: 'utf8',
    input: options.input ?? '',
    timeout: (options.seconds ?? 30) * 1_000,
    killSignal: 'SIGKILL',
    maxBuffer: 64 << 20,
  })
  if (done.error !== undefined && 'code' in done.error && done.error.code === 'ENOENT') throw new Error(`${program} is not installed`)
  return { status: done.status ?? -1, stdout: done.stdout ?? '', stderr: done.stderr ?? '' }
}

/** Runs a program that has to succeed, and answers its output. */
export function run(argv: readonly string[], options: { readonly input?: string; readonly seconds?: number } = {}): string {
  const done = attempt(argv, options)
  if (done.status === 0) return done.stdout
  throw new Error(`${argv.join(' ')}: exit ${done.status}\n${done.stderr}${options.input === undefined ? '' : `\n${options.input}`}`)
}

/** Many `ip` commands in one process: a quarter of a second less for each dozen inside User Mode Linux. */
export function ip(namespace: string | undefined, lines: readonly string[]): void {
  const where = namespace === undefined ? [] : ['-n', namespace]
  run(['ip', ...where, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}
