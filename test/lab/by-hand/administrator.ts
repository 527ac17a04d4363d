import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../command.ts'
import type { Lan } from '../lan.ts'
import { ask, until } from '../observe.ts'
import { programNamed } from '../program.ts'
import type { Finding, Report } from '../report.ts'

/** A line of `vipkeeper doctor` that is not well: `kind check: says`. */
export interface Complaint {
  readonly line: string
  readonly mend: string
}

/** Somebody at the keyboards of all hosts: each line is typed as a document has it, and reported. */
export class Administrator {
  readonly lan: Lan
  readonly report: Report
  readonly #bin: string

  constructor(lan: Lan, report: Report) {
    this.lan = lan
    this.report = report
    this.#bin = join(lan.directory, 'bin')
    mkdirSync(this.#bin)
    const quoted = programNamed('vipkeeper').argv.map((word) => `'${word}'`)
    writeFileSync(join(this.#bin, 'vipkeeper'), `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`)
    chmodSync(join(this.#bin, 'vipkeeper'), 0o755)
    // User Mode Linux has no nftables for IPv4.
    if (existsSync(LEGACY)) symlinkSync(LEGACY, join(this.#bin, 'iptables'))
  }

  /** Runs a line in the host's folder, with a /run of the host's own. */
  run(name: string, line: string): Outcome {
    const host = this.lan.get(name)
    const script = 'mount --bind "$0" /run && cd "$1" && PATH="$2:$PATH" exec sh -ec "$3"'
    const argv = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, host.run, host.directory, this.#bin, line]
    return host.attempt(argv, { seconds: 60 })
  }

  /** A line, and whether what it answers is right; it has to succeed unless something else is said. */
  async types(name: string, line: string, judge: (outcome: Outcome) => boolean = ({ status }) => status === 0): Promise<Outcome> {
    let outcome: Outcome = { status: -1, stdout: '', stderr: '' }
    await this.report.step(`${name}# ${line}`, () => {
      outcome = this.run(name, line)
      const ok = judge(outcome)
      return { ok, seen: ok ? '' : `exit ${outcome.status}\n${outcome.stdout}${outcome.stderr}` }
    })
    return outcome
  }

  /** Several rules at once: a start of the program for each would be most of the time that all this takes. */
  async restores(name: string, rules: readonly string[]): Promise<void> {
    await this.types(name, `printf '%s\\n' ${rules.map((rule) => `'${rule}'`).join(' ')} | vipkeeper ipvs -R`)
  }

  /** A line, again and again until it is right: ip_vs adds its counters up every other second. */
  async typesUntil(name: string, line: string, judge: (stdout: string) => boolean): Promise<void> {
    await this.report.step(`${name}# ${line}`, async () => {
      let { stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'> = { stdout: '', stderr: '' }
      const look = (): boolean => {
        ;({ stdout, stderr } = this.run(name, line))
        return judge(stdout)
      }
      const took = await until(look, 30, 0.5)
      return { ok: took !== undefined, seen: took === undefined ? `${stdout}${stderr}` : '' }
    })
  }

  /** `vipkeeper doctor`: what it complains about has to be this, and its exit status tells how bad that is. */
  async doctor(name: string, expected: readonly string[]): Promise<readonly Complaint[]> {
    const line = 'vipkeeper doctor -f keepalived.conf'
    let complaints: readonly Complaint[] = []
    await this.report.step(`${name}# ${line}`, () => {
      const { status, stdout, stderr } = this.run(name, `${line} --format json`)
      const findings = JSON.parse(stdout) as readonly Record<'kind' | 'check' | 'says' | 'mend', string>[]
      complaints = findings
        .filter(({ kind }) => kind !== 'well')
        .map(({ kind, check, says, mend }) => ({ line: `${kind} ${check}: ${says}`, mend }))
      const said = complaints.map((complaint) => complaint.line)
      const due = said.some((one) => one.startsWith('wrong')) ? 1 : said.some((one) => one.startsWith('doubtful')) ? 3 : 0
      const ok = JSON.stringify(said) === JSON.stringify(expected) && status === due
      return { ok, seen: ok ? said.join('; ') || 'nothing to complain about' : `exit ${status}\n${said.join('\n')}\n${stderr}` }
    })
    return complaints
  }

  /** Types what `doctor` names. */
  async mends(name: string, complaints: readonly Complaint[], about: RegExp): Promise<void> {
    for (const { mend } of complaints.filter(({ line }) => about.test(line))) await this.types(name, mend)
  }

  /** The client asks one address after the other, so many times in all: who answers, in this order. */
  async asks(
    title: string,
    urls: readonly string[],
    times: number,
    right: (answers: readonly (string | undefined)[]) => boolean,
  ): Promise<void> {
    await this.report.step(`client: ${title}`, () => {
      // Only who expects nothing need not wait.
      const limit = right === lost ? 1 : 10
      const answers = Array.from({ length: times }, (_, i) => ask(this.lan.get('client'), urls[i % urls.length] ?? '', limit))
      return { ok: right(answers), seen: answers.map((answer) => answer ?? 'lost').join(' ') }
    })
  }

  async step(title: string, act: () => Finding | Promise<Finding>): Promise<void> {
    await this.report.step(title, act)
  }

  /** Everything that `realserver` could have changed on a host. */
  state(name: string): string {
    return this.run(name, "ip -4 -o address; ip -o link | sed 's/ qdisc [a-z_]*//'; cd /proc/sys/net/ipv4/conf; grep -rs . | sort").stdout
  }
}

/** Web servers that say who they are, and on /from who asked: nginx, for it starts in a moment. All are up when it ends. */
export async function serve(lan: Lan, webs: readonly { readonly name: string; readonly ports: readonly number[] }[]): Promise<void> {
  for (const { name, ports } of webs) {
    const { directory } = lan.get(name)
    const configuration = join(directory, 'nginx.conf')
    writeFileSync(
      configuration,
      `daemon off; worker_processes 1; user root; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events { worker_connections 64; }
http {
  access_log off; default_type text/plain;
  server {
    ${ports.map((port) => `listen ${port};`).join(' ')}
    location = /from { return 200 "$remote_addr\\n"; }
    location / { return 200 "${name}\\n"; }
  }
}
`,
    )
    lan.get(name).spawn(['nginx', '-c', configuration], { log: 'web' })
  }
  for (const { name, ports } of webs) {
    const up = await until(() => ask(lan.get(name), `http://127.0.0.1:${ports.at(-1)}/`) === name, 60, 0.3)
    if (up === undefined) throw new Error(`the web server of ${name} does not start`)
  }
}

export const lost = (answers: readonly (string | undefined)[]): boolean => answers.every((answer) => answer === undefined)
export const inTurn = (answers: readonly (string | undefined)[]): boolean =>
  answers.every((answer, i) => answer !== undefined && (i === 0 || answer !== answers[i - 1]))
export const shares =
  (expected: Readonly<Record<string, number>>) =>
  (answers: readonly (string | undefined)[]): boolean =>
    Object.entries(expected).every(([name, times]) => answers.filter((answer) => answer === name).length === times)

const LEGACY = '/usr/sbin/iptables-legacy'
