import {
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  mlockall,
  SCHED_RESET_ON_FORK,
  SCHED_RR,
  schedSetscheduler,
  setParentDeathSignal,
  setpriority,
} from 'linux-syscalls'
import type { SessionNews, TellEffect } from '../core/bfd/events.ts'
import type { KeptSetting } from '../core/reconcile/kinds.ts'
import { EXIT } from './exit-codes.ts'
import { CHILD_RING, createLog, type Log, lineRing } from './log.ts'
import type { LogLevel, LogLine } from './log-line.ts'
import type {
  Answer,
  ChildRole,
  ChildSettings,
  DumpKind,
  Duty,
  DutyChange,
  Errand,
  FromChild,
  Notice,
  Scheduling,
  ToChild,
} from './messages.ts'
import { onSignals, SIGTERM, SIGXCPU } from './signals.ts'
import { internalError, onUncaught } from './uncaught.ts'

/** What a child does between its start and its stop. */
export interface Work<Role extends ChildRole> {
  reload(duty: Extract<DutyChange, { readonly role: Role }>): void
  /** The text of a dump; undefined if there is nothing to write. */
  dump(what: DumpKind): string | undefined
  /** What became of an errand, or of a BFD session. */
  told?(answer: Answer | SessionNews): void
  /** Leaves the network as a stop should; settled when all is done. */
  stop(): Promise<void>
  /** After a mistake of ours, before the process ends: takes back what others would wait for in vain. Once, and at once. */
  withdraw?(): void
}

/** The work has begun, or cannot: then `code` is the exit code and `message` names the remedy. */
export type Beginning<Role extends ChildRole> =
  | { readonly kind: 'working'; readonly work: Work<Role> }
  | { readonly kind: 'impossible'; readonly code: number; readonly message: string }

export interface WorkContext {
  readonly settings: ChildSettings
  readonly log: Log
  /** Configured and running: said once. */
  started(): void
  reloaded(): void
  /** Has the supervisor do something; the answer comes to `told`. */
  ask(errand: Errand): void
  /** Has the supervisor run scripts, write to pipes and send mail; nobody answers. */
  tell(notice: Notice): void
  /** What a predecessor did not live to put back. */
  readonly inherited: readonly KeptSetting[]
  /** Has the supervisor remember what is to be put back, for a successor. */
  keep(settings: readonly KeptSetting[]): void
  /** Has the supervisor tell the other children of a BFD session. */
  inform(tell: TellEffect): void
  /** Ends the process with an exit code that tells the supervisor why. */
  giveUp(code: number, message: string): void
}

/** How long the last lines may take to reach the supervisor. */
const FAREWELL_MS = 500

/** The life of a child: take the duty, work, answer the supervisor, stop. Resolves never; the process ends here. */
export function runChild<Role extends ChildRole>(
  role: Role,
  begin: (duty: Extract<Duty, { readonly role: Role }>, context: WorkContext) => Promise<Beginning<Role>> | Beginning<Role>,
): undefined {
  const send = (message: FromChild, sent?: () => void): void => {
    if (process.send !== undefined && process.connected) process.send(message, () => sent?.())
    else sent?.()
  }
  const ring = lineRing(CHILD_RING, (lines) => send({ kind: 'log', lines }))
  const spoken: LogLine[] = []
  // At the end of the turn: no line is sent between an advert and the addresses that follow it.
  const speak = (line: LogLine): void => {
    if (spoken.push(line) > 1) return
    queueMicrotask(() => {
      for (const one of spoken.splice(0)) ring.push(one)
    })
  }
  let log = createLog({ role, level: 'info', logDetail: 0 }, speak)
  let detailed = false
  let work: Work<Role> | undefined
  let beginning: Promise<void> = Promise.resolve()
  let life: 'waiting' | 'working' | 'stopping' = 'waiting'

  const leave = (code: number): void => {
    const exit = (): void => process.exit(code)
    setTimeout(exit, FAREWELL_MS)
    // What was sent before is out when this is; the log sends at the end of a turn.
    queueMicrotask(() => send({ kind: 'alive' }, exit))
  }
  const giveUp = (code: number, message: string, level: LogLevel = 'error'): void => {
    log.say(level, message, 'giving-up', { code })
    leave(code)
  }
  const stop = (): void => {
    if (life === 'stopping') return
    const done = (): void => {
      const { user, system } = process.cpuUsage()
      const used = ` - used ${(user / 1e6).toFixed(6)} user time, ${(system / 1e6).toFixed(6)} system time`
      log.say('info', `Stopped${detailed ? used : ''}`, 'stopped')
      leave(EXIT.ok)
    }
    life = 'stopping'
    beginning.then(() => work?.stop()).then(done, die)
  }
  const perish = (message: string): void => {
    const last = work
    // Nothing more is asked of it.
    work = undefined
    try {
      last?.withdraw?.()
    } catch {
      // The end is no later for it, and what went wrong first is what is told.
    }
    giveUp(EXIT.program, message)
  }
  const die = (error: unknown): void => perish(internalError(error))

  setParentDeathSignal(SIGTERM)
  onUncaught(perish)
  process.on('disconnect', stop)
  onSignals((signal) => {
    if (signal === SIGTERM) stop()
    // `*_rlimit_rttime`; the kernel says so once a second.
    if (signal === SIGXCPU) log.say('warn', 'CPU time limit of a real-time process exceeded (rlimit_rttime)', 'rlimit-rttime')
  })
  const start = async ({ duty, settings, inherited }: Extract<ToChild, { readonly kind: 'start' }>): Promise<void> => {
    log = createLog({ role, level: settings.level, logDetail: settings.logDetail }, speak)
    detailed = settings.logDetail > 0
    applyScheduling(settings.scheduling, log)
    const context: WorkContext = {
      settings,
      log,
      started: () => send({ kind: 'started' }),
      reloaded: () => send({ kind: 'reloaded' }),
      ask: send,
      inform: send,
      inherited,
      keep: (kept) => send({ kind: 'keep', settings: kept }),
      tell: (notice) => send({ kind: 'notify', ...notice }),
      giveUp,
    }
    const begun = await begin(duty as Extract<Duty, { readonly role: Role }>, context)
    if (begun.kind === 'impossible') return giveUp(begun.code, begun.message)
    work = begun.work
    if (settings.dumpConf) for (const line of (work.dump('data') ?? '').split('\n')) if (line !== '') log.say('info', line, 'configuration')
  }
  process.on('message', (message: ToChild) => {
    switch (message.kind) {
      case 'start':
        if (life !== 'waiting') return
        life = 'working'
        beginning = start(message)
        beginning.catch(die)
        return
      case 'reload':
        // A stop that is under way is not undone.
        if (life === 'stopping') return
        log.say('info', 'Reloading', 'reloading')
        // After the beginning, should that still be under way.
        beginning.then(() => work?.reload(message.duty as Extract<DutyChange, { readonly role: Role }>)).catch(die)
        return
      case 'dump':
        return send({ kind: 'dumped', what: message.what, text: work?.dump(message.what) })
      case 'script-ended':
      case 'file':
      case 'bfd':
      case 'processes':
      case 'linkbeat':
      case 'link-deleted':
        // Asked for in the beginning, it may be here before that has ended.
        beginning.then(() => work?.told?.(message)).catch(die)
        return
      case 'log-taken':
        return ring.acknowledge(message.count)
      case 'alive?':
        return send({ kind: 'alive' })
    }
  })
  return undefined
}

function applyScheduling(scheduling: Scheduling, log: Log): void {
  const complain = (what: string, status: number): void => {
    if (status < 0) log.say('warn', `Unable to ${what}: errno ${-status}`, 'scheduling')
  }
  if (scheduling.priority !== 0) complain(`set priority ${scheduling.priority}`, setpriority(0, scheduling.priority))
  if (scheduling.realtimePriority > 0)
    complain(
      `set realtime priority ${scheduling.realtimePriority}`,
      schedSetscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, scheduling.realtimePriority),
    )
  // On fault: V8 reserves far more than it ever touches.
  if (scheduling.noSwap) complain('lock memory', mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
}
