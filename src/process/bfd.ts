import type { BfdConfig } from '../core/bfd/config.ts'
import type { BfdEffect, BfdEvent } from '../core/bfd/events.ts'
import { type BfdState, bfdSessions } from '../core/bfd/sessions.ts'
import { wordBfdReport } from '../core/bfd/wording.ts'
import { createLoop, type Loop } from '../core/loop.ts'
import { BfdSockets, type BfdTrouble } from '../drivers/bfd-sockets.ts'
import { createClock } from '../drivers/clock.ts'
import { bfdData } from '../status/bfd-data.ts'
import { type Beginning, runChild, type Work, type WorkContext } from './child.ts'
import type { Log } from './log.ts'
import { ctime } from './log-line.ts'
import type { DumpKind, Duty } from './messages.ts'

type BfdDuty = Extract<Duty, { readonly role: 'bfd' }>

/** The process that watches neighbours by BFD and tells the others how they are. */
export function runBfd(): undefined {
  return runChild('bfd', begin)
}

function begin(duty: BfdDuty, { settings, log, started, reloaded, inform }: WorkContext): Beginning<'bfd'> {
  let { globalData } = duty
  const sockets = new BfdSockets({
    received: (event) => loop.dispatch(event),
    trouble: (trouble) => sayTrouble(trouble, log),
    random: Math.random,
  })
  const perform = (effect: BfdEffect): void => {
    switch (effect.kind) {
      case 'open':
      case 'send':
        sockets.perform(effect)
        return
      case 'tell':
        inform(effect)
        return
      case 'report': {
        const { level, detail, lines } = wordBfdReport(effect.report)
        const { event } = effect.report
        if (settings.logDetail >= detail) for (const line of lines) log.say(level, line, event, { ...effect.report })
        return
      }
    }
  }
  const clock = createClock(() => loop.wake())
  const loop: Loop<BfdState, BfdEvent> = createLoop({ machine: bfdSessions, clock, sources: [sockets], perform })
  const configure = (config: BfdConfig): void => loop.dispatch({ kind: 'configured', config, seed: Math.floor(Math.random() * 2 ** 32) })
  configure(duty.config)
  started()

  const work: Work<'bfd'> = {
    reload(next) {
      globalData = next.globalData
      configure(next.config)
      reloaded()
    },
    dump(what: DumpKind) {
      if (what !== 'data') return undefined
      log.say('info', `Printing BFD data for process(${process.pid}) on signal`, 'dump', { what })
      return globalData + bfdData(loop.state().sessions, { instant: clock.now(), wall: Date.now() }, ctime)
    },
    async stop() {
      loop.dispatch({ kind: 'stop' })
      sockets.close()
      clock.close()
    },
  }
  return { kind: 'working', work }
}

function sayTrouble(trouble: BfdTrouble, log: Log): void {
  switch (trouble.kind) {
    case 'not-listening':
      log.say(
        'error',
        `cannot hear BFD on UDP port ${trouble.port} of IPv${trouble.family} (${trouble.code}); trying again`,
        trouble.kind,
        {
          ...trouble,
        },
      )
      return
    case 'not-sent':
      log.say('warn', `(${trouble.session}) Error sending packet to ${trouble.destination} (${trouble.code}); trying again`, trouble.kind, {
        ...trouble,
      })
      return
    case 'sent-again':
      log.say('info', `(${trouble.session}) packets to ${trouble.destination} leave again`, trouble.kind, { ...trouble })
      return
  }
}
