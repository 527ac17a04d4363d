import type { IpAddress } from '../base/ip.ts'
import { ok } from '../base/result.ts'
import type { Instant } from '../base/units.ts'
import { changedServices } from '../core/check/change.ts'
import type { CheckConfig } from '../core/check/config.ts'
import type { CheckEffect, CheckEvent } from '../core/check/events.ts'
import { followedFiles } from '../core/check/file-check.ts'
import { checkerPool, desired } from '../core/check/pool.ts'
import type { CheckReport } from '../core/check/reports.ts'
import type { PoolState } from '../core/check/state.ts'
import { checkStatus } from '../core/check/status.ts'
import { wordCheckReport } from '../core/check/wording.ts'
import { createLoop, type Loop } from '../core/loop.ts'
import type { Report } from '../core/reconcile/state.ts'
import { daemonsOf } from '../core/sync-daemon.ts'
import { CHECK_GRAIN, createClock } from '../drivers/clock.ts'
import { NumberFiles } from '../drivers/files.ts'
import { NetlinkKernel } from '../drivers/kernel.ts'
import { readCredentials } from '../drivers/probes/credentials.ts'
import { Probes } from '../drivers/probes/index.ts'
import { checkData } from '../status/check-data.ts'
import { AddressWatch } from './address-watch.ts'
import { Afterwards } from './afterwards.ts'
import { checkNotice } from './check-notices.ts'
import { type Beginning, runChild, type Work, type WorkContext } from './child.ts'
import { EXIT } from './exit-codes.ts'
import { wordKernelReport } from './kernel-wording.ts'
import type { Log } from './log.ts'
import { LvsTimeouts } from './lvs-timeouts.ts'
import type { CheckerDuty, DumpKind } from './messages.ts'
import { createReconciling } from './reconciling.ts'
import { rehearseChange, rehearseLater } from './reload-rehearsal.ts'
import { SyncDaemons } from './sync-daemons.ts'

/** The process that checks real servers and programs ip_vs. */
export function runChecker(): undefined {
  return runChild('checker', begin)
}

function begin(duty: CheckerDuty, { settings, log, started, reloaded, tell }: WorkContext): Beginning<'checker'> {
  let current = duty
  const { commandBuffer, ipvsNamespace } = duty.config.globals
  const kernel = new NetlinkKernel({ ...(commandBuffer && { ipvsBuffer: commandBuffer }), ...(ipvsNamespace && { ipvsNamespace }) })
  const reconciling = createReconciling({
    kinds: ['service', 'destination'],
    kernel,
    period: settings.reconcilePeriod,
    clock: () => clock.now(),
    report: (report) => afterwards.put({ kind: 'kernel', report }),
  })
  const probes = new Probes((id, result) => loop.dispatch({ kind: 'probe-result', id, result }))
  /** `SSL`: what SSL_GET shows; the error says what of it cannot be used. */
  const readSsl = ({ virtualServers, globals }: CheckConfig): string | undefined => {
    const isAsked = (): boolean =>
      virtualServers.some(({ realServers }) => realServers.some(({ checkers }) => checkers.some(({ kind }) => kind === 'SSL_GET')))
    const read = globals.ssl !== undefined && isAsked() ? readCredentials(globals.ssl) : ok(undefined)
    if (!read.ok) return read.error
    probes.credentials = read.value
    return undefined
  }
  const timeouts = new LvsTimeouts(kernel.ipvs)
  const setTimeouts = ({ globals }: CheckConfig): void => {
    const trouble = timeouts.want(globals.lvsTimeouts)
    if (trouble !== undefined) log.say('error', `cannot set lvs_timeouts: ${trouble}`, 'lvs-timeouts')
  }
  const files = new NumberFiles((path, value) => loop.dispatch({ kind: 'file-read', path, value }))
  const configured = (config: CheckConfig): CheckEvent => ({
    kind: 'configured',
    config,
    seed: Math.floor(Math.random() * 2 ** 32),
    files: files.follow(followedFiles(config)),
    addresses: watchAddresses(config),
  })
  const perform = (effect: CheckEffect): void => {
    switch (effect.kind) {
      case 'probe':
      case 'cancel-probe':
        probes.perform(effect)
        return
      default:
        afterwards.put(effect)
    }
  }
  // The table first: of ten thousand servers that go at once there is much to say.
  const afterwards = new Afterwards<Remark>((effect) => {
    switch (effect.kind) {
      case 'report':
        sayReport(effect.report, log)
        return
      case 'notify': {
        const notice = checkNotice(effect.notice, current.config.globals.fifo === true)
        if (notice !== undefined) tell(notice)
        return
      }
      case 'kernel': {
        const wording = wordKernelReport(effect.report)
        if (wording !== undefined) log.say(wording.level, wording.text, effect.report.kind)
      }
    }
  })
  const addresses = new AddressWatch((present) => loop.dispatch({ kind: 'addresses', present }))
  const watchAddresses = (config: CheckConfig): ReadonlySet<IpAddress> => {
    const trouble = addresses.configured(config)
    if (trouble !== undefined) log.say('error', `Cannot watch addresses for ha_suspend: netlink socket refused (${trouble})`, 'ha-suspend')
    return addresses.present
  }
  const syncDaemons = new SyncDaemons({
    table: kernel.ipvs,
    period: settings.reconcilePeriod,
    trouble: (text) => log.say('error', text, 'sync-daemon'),
  })
  const stepped = (state: PoolState, now: Instant): void => void reconciling.follow(desired(state), now)
  const clock = createClock(() => loop.wake(), CHECK_GRAIN)
  const loop: Loop<PoolState, CheckEvent> = createLoop({
    machine: reconciling.sharing(checkerPool({ shareProbes: settings.shareProbes })),
    clock,
    sources: [],
    perform,
    stepped,
  })

  const configure = (next: CheckerDuty): void => {
    current = next
    loop.dispatch(configured(next.config))
    // The next reload names what it keeps by its place, and the pool has kept what was equal.
    current = { ...next, config: loop.state().config ?? next.config }
  }

  log.say('info', 'Initializing ipvs', 'ipvs')
  const info = kernel.ipvs.info()
  if (!info.ok) return { kind: 'impossible', code: EXIT.fatal, message: `IPVS: Can't initialize ipvs: ${info.error.detail}` }
  const unusable = readSsl(duty.config)
  if (unusable !== undefined) return { kind: 'impossible', code: EXIT.fatal, message: unusable }
  setTimeouts(duty.config)
  if (duty.config.globals.lvsFlush) reconciling.handle({ kind: 'flush' }, clock.now())
  syncDaemons.want(daemonsOf(duty.config.globals.syncDaemon))
  configure(duty)
  started()
  void rehearseLater(() => rehearseChange(current.config.virtualServers), log)

  const work: Work<'checker'> = {
    reload({ globals, virtualServers, globalData }) {
      afterwards.flush()
      const config = { globals, virtualServers: changedServices(current.config.virtualServers, virtualServers) }
      const next: CheckerDuty = { role: 'checker', config, globalData }
      setTimeouts(next.config)
      const unusable = readSsl(next.config)
      if (unusable !== undefined) log.say('error', `${unusable}: SSL_GET goes on with what it had`, 'ssl')
      syncDaemons.want(daemonsOf(next.config.globals.syncDaemon))
      reconciling.hurry()
      configure(next)
      reloaded()
    },
    told(news) {
      if (news.kind === 'bfd') loop.dispatch(news)
    },
    dump(what: DumpKind) {
      if (what !== 'data') return undefined
      log.say('info', `Printing checker data for process(${process.pid}) on signal`, 'dump', { what })
      return current.globalData + checkData(current.config, checkStatus(loop.state()))
    },
    async stop() {
      const flushes = !settings.dontReleaseIpvs && current.config.globals.lvsFlushOnStop === 'all'
      if (flushes) kernel.apply([{ kind: 'flush-services' }])
      if (flushes || settings.dontReleaseIpvs) reconciling.leave()
      reconciling.hurry()
      loop.dispatch({ kind: 'stop' })
      afterwards.flush()
      files.close()
      addresses.close()
      if (!settings.dontReleaseIpvs) {
        syncDaemons.close()
        timeouts.restore()
      }
      await probes[Symbol.asyncDispose]()
      clock.close()
    },
  }
  return { kind: 'working', work }
}

/** What nobody waits for. */
type Remark = Extract<CheckEffect, { readonly kind: 'report' | 'notify' }> | { readonly kind: 'kernel'; readonly report: Report }

/** keepalived tells of every message from its bfd process only with `-D`. */
function sayReport(report: CheckReport, log: Log): void {
  if (report.event === 'bfd-received') log.detail(wordCheckReport(report), report.event, { ...report })
  else log.say('info', wordCheckReport(report), report.event, { ...report })
}
