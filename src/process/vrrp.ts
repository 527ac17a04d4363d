import { errnoName } from 'linux-syscalls'
import type { Instant } from '../base/units.ts'
import type { LinkEvent } from '../core/links.ts'
import { createLoop, type Loop } from '../core/loop.ts'
import { addressKey, type KernelKind, type KernelObject, keyOf } from '../core/reconcile/kinds.ts'
import { contradicts } from '../core/reconcile/reconciler.ts'
import { exists, type ReconcileEvent, type ReconcilerState, type Report } from '../core/reconcile/state.ts'
import type { VrrpConfig } from '../core/vrrp/config.ts'
import type { Endpoint, VrrpEffect } from '../core/vrrp/effects.ts'
import type { VrrpEvent } from '../core/vrrp/events.ts'
import { desired, ground, named, nextTakeover, type RouterState, router } from '../core/vrrp/router.ts'
import { type AdvertTrouble, createAdverts } from '../drivers/adverts.ts'
import { createAnnouncements } from '../drivers/announcements.ts'
import { createClock } from '../drivers/clock.ts'
import { NetlinkKernel } from '../drivers/kernel.ts'
import { Monitor } from '../drivers/monitor.ts'
import { RouteMonitor } from '../drivers/route-monitor.ts'
import { SettingTable } from '../drivers/setting-table.ts'
import { Afterwards } from './afterwards.ts'
import { type Beginning, runChild, type Work, type WorkContext } from './child.ts'
import { EXIT } from './exit-codes.ts'
import { createInterfaceNews } from './interface-news.ts'
import { wordKernelReport } from './kernel-wording.ts'
import { Lateness } from './lateness.ts'
import type { Log } from './log.ts'
import type { DumpKind, Duty } from './messages.ts'
import { OwnLinks } from './own-links.ts'
import { createPrompter } from './prompter.ts'
import { createReconciling } from './reconciling.ts'
import { rehearseFailover } from './rehearsal.ts'
import { BoundSyncDaemons } from './sync-daemons.ts'
import { VrrpDumps } from './vrrp-dumps.ts'
import { VrrpNotices } from './vrrp-notices.ts'
import { withdraw } from './withdrawal.ts'
import { type Wording, wordReport, wordTransition } from './wording.ts'

type VrrpDuty = Extract<Duty, { readonly role: 'vrrp' }>

/** The process that elects masters and holds the addresses. */
export function runVrrp(): undefined {
  return runChild('vrrp', begin)
}

function begin(duty: VrrpDuty, { settings, log, started, reloaded, ask, tell, inherited, keep }: WorkContext): Beginning<'vrrp'> {
  const say = (wording: Wording | undefined, event: string, fields: object): void => {
    if (wording === undefined) return
    if (wording.detail) log.detail(wording.text, event, { ...fields })
    else log.say(wording.level, wording.text, event, { ...fields })
  }
  const dumps = new VrrpDumps(duty.globalData, duty.jsonVersion)
  let stopping = false
  const { commandBuffer, monitorBuffer, processBuffer, ipvsNamespace } = duty.config.globals
  const kernel = new NetlinkKernel({
    ...(commandBuffer && { routeBuffer: commandBuffer }),
    ...(ipvsNamespace && { ipvsNamespace }),
    settings: new SettingTable({ inherited, keep }),
    handOver(departure) {
      // Who leaves has time, and nobody who would do it for him.
      if (!stopping) ask({ kind: 'delete-link', departure })
      return !stopping
    },
  })
  /** Of addresses, routes and rules that vanished although we did not remove them. */
  const lost: KernelObject[] = []
  const reported = (report: Report): void => {
    say(wordKernelReport(report), report.kind, {})
    if (report.kind !== 'drift' || report.found !== 'missing') return
    for (const object of report.objects) if (MAY_BE_LOST.has(object.kind)) lost.push(object)
  }
  const reconciling = createReconciling({ kinds: KINDS, kernel, report: reported, period: settings.reconcilePeriod })
  const links = new OwnLinks({
    kernel,
    log,
    report: reported,
    period: settings.reconcilePeriod,
    inherited: inherited.map(({ object }) => object),
  })
  const adverts = createAdverts({ received: (event) => loop.dispatch(event), trouble: (trouble) => sayTrouble(trouble, log) })
  const announcements = createAnnouncements({
    failed: (failure) =>
      log.say('warn', `(${failure.instance}) cannot announce its addresses on ${failure.interface} (${failure.code})`, 'announce-failed', {
        ...failure,
      }),
  })
  const syncDaemon = new BoundSyncDaemons({
    table: kernel.ipvs,
    period: settings.reconcilePeriod,
    trouble: (text) => log.say('error', text, 'sync-daemon'),
  })
  const notices = new VrrpNotices()
  const perform = (effect: VrrpEffect): void => {
    switch (effect.kind) {
      case 'send-advert':
      case 'listen':
        adverts.perform(effect)
        return
      case 'announce':
        announcements.perform(effect)
        return
      default:
        afterwards.put(effect)
    }
  }
  // What is said and told has time until all packets of a turn have left.
  const afterwards = new Afterwards<Remark>((effect) => {
    speak(effect)
    const notice = notices.of(effect)
    if (notice !== undefined) tell(notice)
  })
  const isNews = createInterfaceNews()
  const speak = (effect: Remark): void => {
    switch (effect.kind) {
      case 'run-script':
        ask(effect)
        return
      case 'transition':
        dumps.transition(effect)
        say(wordTransition(effect), 'transition', effect)
        syncDaemon.transition(effect.instance, effect.to)
        return
      case 'report':
        if (isNews(effect.report)) say(wordReport(effect.report, interfaceName), effect.report.event, effect.report)
        return
    }
  }
  const interfaceName = (ifindex: number): string => {
    for (const link of loop.state().interfaces?.byName.values() ?? []) if (link.index === ifindex) return link.name
    return String(ifindex)
  }

  let knownNames: RouterState['named'] | undefined
  const hints: ReconcileEvent[] = []
  // The addresses follow in the same turn in which an advert left, and before any other event.
  const stepped = (state: RouterState, now: Instant): void => {
    prompter.expect(nextTakeover(state))
    if (named(state) !== knownNames) {
      knownNames = named(state)
      kernel.expect(knownNames)
      routes.watch(knownNames)
      reconciling.handle({ kind: 'configured', named: knownNames }, now)
    }
    if (state.interfaces === undefined) return
    const wanted = desired(state)
    let changed = reconciling.follow(wanted, now)
    for (const hint of hints.splice(0)) changed = reconciling.handle(hint, now) || changed
    // What is to go, goes after its addresses; what is to come has been there since `prepare`.
    links.follow(ground(state), now)
    if (lost.length > 0) loop.dispatch({ kind: 'objects-lost', objects: lost.splice(0) })
    if (!changed) return
    loop.dispatch({ kind: 'settled', objects: wanted.filter((object) => exists(reconciling.state(), object)) })
  }
  const onLink = (event: LinkEvent): void => {
    const hint = hintOf(event, interfaceName)
    if (hint !== undefined) hints.push(hint)
    if (takesRoutesAlong(event, interfaceName, reconciling.state())) hints.push({ kind: 'overrun' })
    links.noticed(event, clock.now())
    if (event.kind === 'link') syncDaemon.retry()
    loop.dispatch(event)
  }
  const routes = new RouteMonitor({
    nameOf: (index) => interfaceName(index),
    onNotice(notice) {
      const hint: ReconcileEvent =
        notice.kind === 'overrun' ? notice : { kind: 'noticed', change: notice.change, key: keyOf(notice.object) }
      // Our own changes are told as well, and no news.
      if (hint.kind === 'noticed' && !contradicts(reconciling.state(), hint)) return
      // A link that went down is known before the routes that went with it: they are nobody's theft.
      monitor.drain()
      hints.push(hint)
      loop.dispatch({ kind: 'tick' })
    },
  })
  const lateness = new Lateness({ log, ...settings.scheduling })
  const clock = createClock(() => loop.wake())
  const prompter = createPrompter({
    takeover: () => nextTakeover(loop.state()),
    rehearse: () => rehearse(),
    wake: () => loop.wake(),
    unhindered: (act) => lateness.unhindered(act),
  })
  const opened = Monitor.open(onLink, monitorBuffer)
  if (!opened.ok)
    return { kind: 'impossible', code: EXIT.fatal, message: `Cannot watch interfaces: netlink socket refused (${errnoName(opened.error)})` }
  const monitor = opened.value
  const loop: Loop<RouterState, VrrpEvent> = createLoop({
    machine: links.sharing(reconciling.sharing(router)),
    clock,
    sources: [monitor, routes, adverts],
    perform,
    stepped,
    woken: (late) => lateness.woke(late),
  })
  log.detail('Registering Kernel netlink reflector', 'netlink')
  /** What runs now, for rehearsals too. */
  let running = duty.config
  const configure = (config: VrrpConfig): void => {
    running = config
    notices.configured(config)
    syncDaemon.configured(config.globals.syncDaemon)
    // They are there before the instances look for them.
    links.prepare(config, clock.now())
    monitor.drain()
    loop.dispatch({ kind: 'configured', config })
    ask({ kind: 'follow-files', files: config.tracked.files })
    ask({ kind: 'follow-processes', processes: config.tracked.processes, ...(processBuffer && { buffer: processBuffer }) })
    ask({ kind: 'poll-links', interfaces: config.globals.linkbeats ?? [] })
  }
  configure(duty.config)
  monitor.start()
  started()
  const understudies = {
    kernel: new NetlinkKernel({ nowhere: true }),
    adverts: createAdverts({ received: () => undefined, trouble: () => undefined, silent: true }),
    announcements: createAnnouncements({ failed: () => undefined, silent: true }),
    interfaceName,
  }
  const rehearse = (): void => {
    const { interfaces } = loop.state()
    if (interfaces === undefined) return
    // What follows each step is rehearsed by a step that finds nothing due.
    loop.dispatch({ kind: 'tick' })
    try {
      reconciling.rehearse(named(loop.state()).slice(0, 16), understudies.kernel)
      rehearseFailover(running, interfaces, understudies)
    } catch (error) {
      // A mistake of ours, but nothing that is at work depends on it.
      log.detail(`cannot rehearse a failover: ${error}`, 'rehearsal')
    }
  }
  const rehearseOften = (times: number): void => {
    rehearse()
    // In a turn of its own: what is due never waits for more than one.
    if (times > 1) setImmediate(rehearseOften, times - 1)
  }
  rehearseOften(REHEARSALS)

  const work: Work<'vrrp'> = {
    reload({ config, globalData, jsonVersion }) {
      // Before the names change that it speaks of.
      afterwards.flush()
      dumps.global = globalData
      dumps.jsonVersion = jsonVersion
      configure(withWhatStays(running, config, log))
      for (const notice of notices.statesAgain()) tell(notice)
      reloaded()
    },
    dump(what: DumpKind) {
      afterwards.flush()
      const counts = { wakeUps: lateness.wakeUps, lost: (endpoint: Endpoint) => adverts.lost(endpoint) }
      return dumps.text(what, loop.state(), { now: clock.now(), ...counts }, log)
    },
    told(answer) {
      if (answer.kind === 'link-deleted') kernel.links.departed(answer.departure)
      else loop.dispatch(answer)
    },
    async stop() {
      stopping = true
      loop.dispatch({ kind: 'stop', keepAddresses: settings.dontReleaseVrrp })
      afterwards.flush()
      adverts.close()
      announcements.close()
      monitor.close()
      routes.close()
      if (!settings.dontReleaseIpvs) syncDaemon.close()
      clock.close()
      prompter.close()
    },
    withdraw() {
      loop.halt()
      withdraw(loop.state(), clock.now(), { adverts, kernel, kinds: KINDS })
    },
  }
  return { kind: 'working', work }
}

/** An effect that nobody on the wire waits for. */
type Remark = Exclude<VrrpEffect, { readonly kind: 'send-advert' | 'listen' | 'announce' }>

/** Filters guard addresses, which carry routes, which rules lead to. */
const KINDS: readonly KernelKind[] = ['filter', 'address', 'route', 'rule']

/** What somebody else's removal of may end a mastership. */
const MAY_BE_LOST: ReadonlySet<KernelKind> = new Set(['address', 'route', 'rule'] as const)

/** IPv4 tells nobody of the routes that go with a link or with the last address of one: they have to be looked for. */
function takesRoutesAlong(event: LinkEvent, interfaceName: (ifindex: number) => string, { owned, ownedKinds }: ReconcilerState): boolean {
  if (!ownedKinds.has('route')) return false
  if (event.kind === 'address-removed') return !owned.has(addressKey(interfaceName(event.address.index), event.address.prefix))
  return event.kind === 'link'
}

/** What no reload can change stays as it is, with a line. */
function withWhatStays(running: VrrpConfig, config: VrrpConfig, log: Log): VrrpConfig {
  const { disableLocalIgmp } = running.globals
  if (config.globals.disableLocalIgmp === disableLocalIgmp) return config
  log.say('warn', 'Cannot change disable_local_igmp at a reload - please restart keepalived', 'unchangeable')
  const { disableLocalIgmp: _, ...globals } = config.globals
  return { ...config, globals: disableLocalIgmp === undefined ? globals : { ...globals, disableLocalIgmp } }
}

/** After the first, V8 has bytecode; after some more, machine code of its simplest compiler. */
const REHEARSALS = 16

/** What a change of links means to the reconciler; a survey decides. */
function hintOf(event: LinkEvent, interfaceName: (ifindex: number) => string): ReconcileEvent | undefined {
  switch (event.kind) {
    case 'address-added':
    case 'address-removed': {
      const { index, prefix } = event.address
      return {
        kind: 'noticed',
        change: event.kind === 'address-added' ? 'added' : 'removed',
        key: addressKey(interfaceName(index), prefix),
      }
    }
    case 'link':
    case 'link-removed':
      return { kind: 'retry' }
    case 'links-known':
      return { kind: 'overrun' }
  }
}

function sayTrouble(trouble: AdvertTrouble, log: Log): void {
  switch (trouble.kind) {
    case 'not-listening':
      log.say('error', `cannot open a VRRP socket on ${trouble.interface} (${trouble.error.code}); trying again`, trouble.kind)
      return
    case 'not-joined':
      log.say('error', `cannot join ${trouble.group} on ${trouble.interface} (${trouble.error.code}); trying again`, trouble.kind)
      return
    case 'not-received':
      log.say('warn', `cannot receive on ${trouble.interface} (${trouble.error.code})`, trouble.kind)
      return
    case 'not-sent':
      log.say('warn', `(${trouble.instance}) Cant send advert to ${trouble.destination} (${trouble.error.code})`, trouble.kind)
      return
    case 'sent-again':
      log.say('info', `(${trouble.instance}) adverts to ${trouble.destination} leave again`, trouble.kind)
      return
  }
}
