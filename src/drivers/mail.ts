import { hostname, userInfo } from 'node:os'
import type Connection from 'nodemailer/lib/smtp-connection'
import { toMillis } from '../base/units.ts'
import type { Mail, MailChannel } from '../core/channel-config.ts'

/** What became of one. */
export type MailEnd =
  | { readonly kind: 'sent'; readonly subject: string }
  | { readonly kind: 'not-sent'; readonly subject: string; readonly detail: string }
  /** More waited than may: said at the first, and how many when no more wait. */
  | { readonly kind: 'lost'; readonly count: number }

/** How many are on their way at once, and how many wait at most: of those beyond, the oldest is lost. */
const AT_ONCE = 8
const MOST_WAITING = 100

/** Sends mail as keepalived does: a connection for each, plain SMTP, one text part without MIME. Nobody waits for it. */
export class Mailer {
  readonly #ended: (end: MailEnd) => void
  #channel: MailChannel | undefined
  readonly #waiting: { readonly mail: Mail; readonly at: Date }[] = []
  readonly #connections = new Set<Connection>()
  #sending = 0
  #lost = 0
  #closed = false

  constructor(ended: (end: MailEnd) => void) {
    this.#ended = ended
  }

  /** From now on by this server to these people, or not at all. */
  use(channel: MailChannel | undefined): void {
    this.#channel = channel
    if (channel === undefined) this.#waiting.length = 0
  }

  send(mail: Mail): void {
    if (this.#closed || this.#channel === undefined) return
    this.#waiting.push({ mail, at: new Date() })
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift()
      if (this.#lost++ === 0) this.#ended({ kind: 'lost', count: 1 })
    }
    this.#next()
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed = true
    this.#waiting.length = 0
    for (const connection of this.#connections) connection.close()
  }

  #next(): void {
    if (this.#sending >= AT_ONCE || this.#channel === undefined) return
    const next = this.#waiting.shift()
    if (next === undefined) {
      if (this.#lost > 1) this.#ended({ kind: 'lost', count: this.#lost })
      this.#lost = 0
      return
    }
    const { subject } = next.mail
    this.#sending++
    this.#deliver(this.#channel, next.mail, next.at)
      .then(
        () => this.#ended({ kind: 'sent', subject }),
        (error: unknown) => {
          if (!this.#closed) this.#ended({ kind: 'not-sent', subject, detail: error instanceof Error ? error.message : String(error) })
        },
      )
      .finally(() => {
        this.#sending--
        this.#next()
      })
  }

  async #deliver(channel: MailChannel, mail: Mail, at: Date): Promise<void> {
    // Most never send one: what it takes is loaded when the first one does.
    const [{ default: SMTPConnection }, { default: parseAddresses }] = await Promise.all([
      import('nodemailer/lib/smtp-connection'),
      import('nodemailer/lib/addressparser'),
    ])
    if (this.#closed) return
    const from = senderOf(channel)
    const mailboxes = (text: string): string[] => parseAddresses(text, { flatten: true }).map(({ address }) => address)
    const envelope = { from: mailboxes(from)[0] ?? from, to: channel.to.flatMap(mailboxes) }
    const timeout = toMillis(channel.timeout)
    const connection = new SMTPConnection({
      host: channel.host,
      port: channel.port,
      name: channel.heloName ?? hostname(),
      secure: false,
      ignoreTLS: true,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      dnsTimeout: timeout,
    })
    this.#connections.add(connection)
    connection.once('end', () => this.#connections.delete(connection))
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        const settle = (error: Error | null | undefined): void => (error ? reject(error) : resolve())
        timer = setTimeout(reject, timeout * PATIENCE, new Error('the server takes too long'))
        connection.on('error', reject)
        connection.once('end', () => reject(new Error('the server hung up')))
        connection.connect((error) => (error ? reject(error) : connection.send(envelope, mailText(channel, from, mail, at), settle)))
      })
      connection.quit()
    } catch (error) {
      connection.close()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A server that answers a word at a time has so many time-outs for the whole. */
const PATIENCE = 4

const senderOf = ({ from }: MailChannel): string => from ?? `${userInfo().username}@${hostname()}`

/** Headers in keepalived's order, for there are filters that look for them. */
function mailText({ routerId, to }: MailChannel, from: string, { subject, body }: Mail, at: Date): string {
  const headers = {
    Date: mailDate(at),
    From: from,
    Subject: `[${routerId ?? hostname()}] ${subject}`,
    'X-Mailer': 'Keepalived',
    To: to.join(', '),
  }
  // A line break in a name would begin a header of its own.
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`)
  return [...lines, '', body, '', ''].join('\r\n')
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "Sat, 21 Nov 2026 15:12:23 +0100", by the clock on the wall here (RFC 5322 §3.3). */
export function mailDate(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const east = -at.getTimezoneOffset()
  const zone = `${east < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  return `${DAYS[at.getDay()]}, ${two(at.getDate())} ${MONTHS[at.getMonth()]} ${at.getFullYear()} ${time} ${zone}`
}
