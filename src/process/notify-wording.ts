import type { LogLevel } from './log-line.ts'
import type { PipeTrouble } from './notice-pipes.ts'
import type { ScriptTrouble } from './notifications.ts'

interface Wording {
  readonly level: LogLevel
  readonly text: string
  readonly event: string
}

/** What the log says when somebody could not be told. */
export function wordNotifyTrouble(trouble: ScriptTrouble | PipeTrouble): Wording {
  switch (trouble.kind) {
    case 'skipped':
      return info('notify-skipped', `${trouble.subject}: a newer state replaces one whose notify scripts had yet to run`)
    case 'not-told': {
      const what = trouble.end.kind === 'not-run' ? `could not be run (${trouble.end.detail})` : 'took too long, it was ended'
      return warn('notify-failed', `${trouble.subject}: notify script ${trouble.script} ${what}`)
    }
    case 'no-fifo':
      return { level: 'error', event: 'notify-fifo', text: `Unable to open notify FIFO ${trouble.path} (${trouble.detail})` }
    case 'fifo-full':
      return warn('notify-fifo', `notify FIFO ${trouble.path} is full: only the newest line of each is kept`)
    case 'fifo-read':
      return info('notify-fifo', `notify FIFO ${trouble.path} is read again, ${trouble.lost} older lines were lost`)
    case 'reader-ended':
      return warn('notify-fifo', `notify FIFO script ${trouble.script} of ${trouble.path} ended: nobody reads it any more`)
  }
}

const info = (event: string, text: string): Wording => ({ level: 'info', event, text })
const warn = (event: string, text: string): Wording => ({ level: 'warn', event, text })
