import { fromSeconds } from '../base/units.ts'
import type { Channels } from '../core/channel-config.ts'
import { type MailEnd, Mailer } from '../drivers/mail.ts'
import type { Log } from './log.ts'
import type { ChildRole, Notice } from './messages.ts'
import { NoticePipes } from './notice-pipes.ts'
import { Notifications } from './notifications.ts'
import { wordNotifyTrouble } from './notify-wording.ts'

/** How long scripts that tell of the end may take. */
const FAREWELL = fromSeconds(1)

/** Everybody who is told what happens, told by the supervisor for all its children: scripts, pipes with their readers, and mail. */
export class NoticeBoard {
  readonly #scripts: Notifications
  readonly #pipes: NoticePipes
  readonly #mailer: Mailer

  constructor(log: Log) {
    const trouble = (what: Parameters<typeof wordNotifyTrouble>[0]): void => {
      const { level, text, event } = wordNotifyTrouble(what)
      log.say(level, text, event, { ...what })
    }
    this.#scripts = new Notifications(trouble)
    this.#pipes = new NoticePipes(trouble)
    this.#mailer = new Mailer((end) => sayMail(end, log))
  }

  use({ fifos, mail }: Channels): void {
    this.#pipes.use(fifos)
    this.#mailer.use(mail)
  }

  tell(role: ChildRole, notice: Notice): void {
    this.#scripts.tell(notice)
    if (notice.line !== undefined) this.#pipes.write(role, notice.subject, notice.line)
    if (notice.mail !== undefined) this.#mailer.send(notice.mail)
  }

  /** Waits for what tells of the end, and no longer than it may take. */
  async finish(): Promise<void> {
    await this.#scripts.finish(FAREWELL)
    await this.#pipes.close()
    this.#mailer.close()
  }
}

function sayMail(end: MailEnd, log: Log): void {
  if (end.kind === 'sent') log.say('info', 'SMTP alert successfully sent.', 'mail', { ...end })
  else if (end.kind === 'lost') log.say('warn', `SMTP alerts: more wait than can be sent, ${end.count} lost`, 'mail', { ...end })
  else log.say('warn', `SMTP alert '${end.subject}' not sent: ${end.detail}`, 'mail', { ...end })
}
