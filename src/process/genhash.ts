import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { type IpAddress, parseIp } from '../base/ip.ts'
import { fromMillis, fromSeconds, toMillis } from '../base/units.ts'
import type { CheckTarget } from '../core/check/config.ts'
import { dial } from '../drivers/probes/dial.ts'
import { handshake } from '../drivers/probes/ssl.ts'
import { within } from '../drivers/probes/within.ts'
import { fetchRaw } from './genhash-reply.ts'
import { hexDump, rule } from './hex-dump.ts'

/** What genhash was asked for. */
export interface Genhash {
  readonly server: IpAddress
  readonly port: number
  readonly url: string
  readonly useSsl: boolean
  readonly useSni: boolean
  readonly virtualhost: string | undefined
  readonly fwmark: number
  readonly protocol: '1.0' | '1.0c' | '1.1'
  /** Seconds, for connecting and again for the reply. */
  readonly timeout: number
  readonly verbose: boolean
}

export type GenhashCommand =
  | { readonly kind: 'run'; readonly options: Genhash }
  /** The messages, before the usage. */
  | { readonly kind: 'refused'; readonly messages: readonly string[] }

type Words = Partial<Record<'server' | 'port' | 'url' | 'use-virtualhost' | 'fwmark' | 'protocol' | 'timeout', string>> & {
  flags: Set<string>
}

const LONG: Readonly<Record<string, string>> = {
  'use-ssl': 'S',
  'use-sni': 'I',
  server: 's',
  port: 'p',
  url: 'u',
  'use-virtualhost': 'V',
  verbose: 'v',
  help: 'h',
  fwmark: 'm',
  protocol: 'P',
  timeout: 't',
}
const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(LONG).map(([name, letter]) => [letter, name]))
const WITH_VALUE = 'spuVmPt'
/** Seconds. keepalived’s waits longer than a minute and a half when nobody says how long. */
const TIMEOUT = 120

/** Reads the words behind `genhash` or `--genhash`. */
export function parseGenhash(words: readonly string[]): GenhashCommand {
  const messages: string[] = []
  const read: Words = { flags: new Set() }
  const unexpected: string[] = []
  const rest = [...words]
  const take = (letter: string, value: string | undefined): void => {
    const name = NAMES.get(letter)
    if (name === undefined) messages.push(`Unknown option -${letter}`)
    else if (!WITH_VALUE.includes(letter)) read.flags.add(letter)
    else if (value === undefined) messages.push(`Missing option argument for -${letter}`)
    else Object.assign(read, { [name]: value })
  }
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith('--')) {
      const [name = '', value] = splitOnce(word.slice(2))
      const letter = LONG[name]
      if (letter === undefined) messages.push(`Unknown option ${word}`)
      else take(letter, WITH_VALUE.includes(letter) ? (value ?? rest.shift()) : undefined)
    } else if (word.startsWith('-') && word.length > 1) {
      for (let i = 1; i < word.length; i++) {
        const letter = word.charAt(i)
        if (!WITH_VALUE.includes(letter)) {
          take(letter, undefined)
          continue
        }
        take(letter, word.slice(i + 1) || rest.shift())
        break
      }
    } else {
      unexpected.push(word)
    }
  }
  if (unexpected.length > 0) messages.push(`Unexpected argument(s): ${unexpected.join(' ')}`)
  return judge(read, messages)
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function judge(read: Words, messages: string[]): GenhashCommand {
  const { flags, url, 'use-virtualhost': virtualhost } = read
  const server = read.server === undefined ? undefined : parseIp(read.server)
  if (read.server !== undefined && server === undefined) messages.push(`server should be an IP, not ${read.server}`)
  const number = (text: string | undefined, what: string, min: number, max: number): number => {
    if (text === undefined) return 0
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) messages.push(`invalid ${what} '${text}'`)
    return value
  }
  const port = number(read.port, 'port number', 1, 65_535)
  const fwmark = number(read.fwmark, 'fwmark', 0, 4_294_967_295)
  const timeout = read.timeout === undefined ? TIMEOUT : number(read.timeout, 'timeout', 1, 4_294)
  const protocol = (['1.0', '1.0c', '1.1'] as const).find((one) => one === (read.protocol ?? '1.0').replace('C', 'c'))
  if (protocol === undefined) messages.push(`invalid HTTP protocol version '${read.protocol}'`)
  const complete = server !== undefined && port !== 0 && url !== undefined && protocol !== undefined && !flags.has('h')
  if (messages.length > 0 || !complete) return { kind: 'refused', messages }
  const [useSsl, useSni, verbose] = [flags.has('S'), flags.has('I'), flags.has('v')]
  return { kind: 'run', options: { server, port, url, useSsl, useSni, virtualhost, fwmark, protocol, timeout, verbose } }
}

/** `program` is "genhash", or "keepalived --genhash". */
export function genhashUsage(program: string): string {
  return `Usage: ${program} COMMAND [OPTIONS]
Commands:
   -s server-address -p port -u url
   -S -s server-address -p port -u url
   -h

Options, short or long:
   --use-ssl         -S       speak TLS
   --use-sni         -I       name the virtual host (-V) in the TLS handshake
   --server          -s       address of the server
   --port            -p       its port
   --url             -u       path to fetch
   --use-virtualhost -V       name in the Host header
   --verbose         -v       show the reply
   --help            -h       this text
   --fwmark          -m       firewall mark of the connection
   --protocol        -P       HTTP version: 1.0, 1.0c (with Connection: close) or 1.1
   --timeout         -t       limit in seconds
`
}

/** Fetches and prints the MD5 digest of the body as HTTP_GET compares it; a failure is a line in its place, and no status. */
export async function runGenhash(options: Genhash, out: (text: string) => void, complain: (text: string) => void): Promise<void> {
  const start = performance.now()
  const limit = fromSeconds(options.timeout)
  const never = new AbortController().signal
  const opened = await within(limit, never, (signal) => open(options, signal))
  if (typeof opened === 'string') {
    out(`${opened}\n`)
    return
  }
  try {
    const reply = await within(limit, never, (signal) => fetchRaw(opened, requestOf(options), signal))
    switch (reply.kind) {
      case 'late':
        out(reply.header ? 'Timeout HTTP read\n' : 'Timeout WEB read\n')
        return
      case 'nothing':
        complain('no data received from remote webserver\n')
        return
      case 'reply':
        print(options, reply, toMillis(fromMillis(performance.now() - start)), out)
    }
  } finally {
    opened.destroy()
  }
}

async function open(
  { server, port, fwmark, timeout, useSsl, useSni, virtualhost }: Genhash,
  signal: AbortSignal,
): Promise<Duplex | string> {
  const target: CheckTarget = {
    address: server,
    port,
    bindto: undefined,
    bindPort: undefined,
    bindIf: undefined,
    fwmark,
    connectTimeout: fromSeconds(timeout),
  }
  const dialled = await dial(target, signal)
  if (dialled.kind === 'aborted') return 'Timeout connecting'
  if (dialled.kind !== 'connected') return 'Connection failed'
  if (!useSsl) return dialled.socket
  const secured = await handshake(dialled.socket, useSni ? virtualhost : undefined, signal)
  return secured.kind === 'open' ? secured.stream : 'SSL handshake error'
}

function requestOf({ server, port, url, virtualhost, protocol }: Genhash): string {
  const host = virtualhost ?? `${server.includes(':') ? `[${server}]` : server}:${port}`
  const close = protocol === '1.0' ? '' : 'Connection: close\r\n'
  return `GET ${url} HTTP/${protocol === '1.1' ? '1.1' : '1.0'}\r\nUser-Agent: KeepAliveClient\r\n${close}Host: ${host}\r\n\r\n`
}

function print(
  { verbose, url }: Genhash,
  { header, body }: { readonly header: Buffer; readonly body: Buffer },
  millis: number,
  out: (text: string) => void,
): void {
  const digest = createHash('md5').update(body).digest()
  if (!verbose) {
    out(`${digest.toString('hex')}\n`)
    return
  }
  out(`${rule('   HTTP Header Buffer   ')}${hexDump(header)}${rule('HTTP Header Ascii Buffer')}${header.toString('latin1')}\n`)
  out(`${rule('       HTML Buffer       ')}${hexDump(body)}\n${rule('   HTML hash resulting   ')}${hexDump(digest)}`)
  out(
    `${rule('HTML hash final resulting')}${digest.toString('hex')}\n\nGlobal response time for [${url}] = ${Math.round(millis * 1000)} usecs\n`,
  )
}
