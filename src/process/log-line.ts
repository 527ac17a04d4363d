import type { Identity } from './version.ts'

export type Role = 'supervisor' | 'vrrp' | 'checker' | 'bfd'
export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** One thing worth saying, as it travels from the process that saw it to the sinks. */
export interface LogLine {
  /** Wall clock, milliseconds since 1970. */
  readonly at: number
  readonly role: Role
  readonly pid: number
  readonly level: LogLevel
  /** keepalived's words where it has some. */
  readonly text: string
  /** Stable name, for programs. */
  readonly event: string | undefined
  /** What the text says, as values; `instance` where it is about one. */
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const two = (n: number): string => String(n).padStart(2, '0')
const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
const day = (at: Date): string => String(at.getDate()).padStart(2, ' ')

/** Local time as ctime(3) has it, without the newline. */
export function ctime(at: Date): string {
  return `${DAYS[at.getDay()] ?? ''} ${MONTHS[at.getMonth()] ?? ''} ${day(at)} ${clock(at)} ${at.getFullYear()}`
}

/** keepalived's console form: `Sat Nov 21 11:30:00 2026: (VI_1) Entering MASTER STATE`. */
export function consoleLine(line: LogLine): string {
  return `${ctime(new Date(line.at))}: ${printable(line.text)}\n`
}

const IDENTS: { readonly [identity in Identity]: { readonly [role in Role]: string } } = {
  keepalived: { supervisor: 'Keepalived', vrrp: 'Keepalived_vrrp', checker: 'Keepalived_healthcheckers', bfd: 'Keepalived_bfd' },
  vipkeeper: { supervisor: 'Vipkeeper', vrrp: 'Vipkeeper_vrrp', checker: 'Vipkeeper_healthcheckers', bfd: 'Vipkeeper_bfd' },
}
const SEVERITY: { readonly [level in LogLevel]: number } = { error: 3, warn: 4, info: 6, debug: 7 }

/** As syslog(3) with LOG_PID writes it to /dev/log. `facility` is the number of <syslog.h> divided by 8. */
export function syslogDatagram(line: LogLine, identity: Identity, facility: number): string {
  const at = new Date(line.at)
  const stamp = `${MONTHS[at.getMonth()] ?? ''} ${day(at)} ${clock(at)}`
  return `<${facility * 8 + SEVERITY[line.level]}>${stamp} ${IDENTS[identity][line.role]}[${line.pid}]: ${printable(line.text)}`
}

/** The line that stands where others were forgotten. */
export function lostLine(count: number): LogLine {
  return {
    at: Date.now(),
    role: 'supervisor',
    pid: process.pid,
    level: 'warn',
    text: `${count} log lines dropped while the log could not be written`,
    event: 'log-lines-dropped',
    fields: { count },
  }
}

/** A line stays one line: what came from a packet or a file cannot forge another. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\x00-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
