import { fromSeconds } from '../base/units.ts'
import type { Channels } from '../core/channel-config.ts'
import type { Log } from './log.ts'
import type { ChildRole, Notice } from './messages.ts'
import { NoticePipes } from './notice-pipes.ts'
import { Notifications } from './notifications.ts'
import { wordNotifyTrouble } from './notify-wording.ts'

/** How long scripts that tell of the end may take. */
const FAREWELL = fromSeconds(1)

/** Everybody who is told what happens, told by the supervisor for all its children: scripts, and pipes with their readers. */
export class NoticeBoard {
  readonly #scripts: Notifications
  readonly #pipes: NoticePipes

  constructor(log: Log) {
    const trouble = (what: Parameters<typeof wordNotifyTrouble>[0]): void => {
      const { level, text, event } = wordNotifyTrouble(what)
      log.say(level, text, event, { ...what })
    }
    this.#scripts = new Notifications(trouble)
    this.#pipes = new NoticePipes(trouble)
  }

  use({ fifos }: Channels): void {
    this.#pipes.use(fifos)
  }

  tell(role: ChildRole, notice: Notice): void {
    this.#scripts.tell(notice)
    if (notice.line !== undefined) this.#pipes.write(role, notice.line)
  }

  /** Waits for what tells of the end, and no longer than it may take. */
  async finish(): Promise<void> {
    await this.#scripts.finish(FAREWELL)
    await this.#pipes.close()
  }
}
