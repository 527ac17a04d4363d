import { describe, expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import { fromSeconds } from '../../src/base/units.ts'
import { daemonsOf } from '../../src/core/sync-daemon.ts'
import type { BoundSyncDaemon, SyncDaemonConfig, SyncDaemonRun } from '../../src/core/sync-daemon-config.ts'
import type { SyncDaemon } from '../../src/netlink/ipvs-daemon.ts'
import { BoundSyncDaemons, type DaemonTable, SyncDaemons, type SyncDaemonsOptions } from '../../src/process/sync-daemons.ts'

const daemon: SyncDaemonConfig = {
  interface: 'eth0',
  syncId: 51,
  maxLength: undefined,
  group: '224.0.0.81' as IpAddress,
  port: 8848,
  ttl: 1,
}

/** ip_vs as far as its daemons go: one of each state, and the length of a message is its own matter. */
class Kernel implements DaemonTable {
  running: SyncDaemon[] = []
  readonly calls: string[] = []
  refuses = 0
  readable = true

  daemons(): readonly SyncDaemon[] | undefined {
    return this.readable ? this.running : undefined
  }

  startDaemon(wanted: SyncDaemonRun) {
    this.calls.push(`start ${wanted.state} ${wanted.syncId}`)
    const errno = this.running.some(({ state }) => state === wanted.state) ? 17 : this.refuses
    if (errno === 0) this.running = [...this.running, { ...wanted, maxLength: Math.max(wanted.maxLength ?? 1472, 1024) }]
    return { errno, detail: errno === 0 ? '' : `errno ${errno}` }
  }

  stopDaemon(state: SyncDaemon['state']) {
    this.calls.push(`stop ${state}`)
    this.running = this.running.filter((one) => one.state !== state)
    return { errno: 0, detail: '' }
  }
}

function rig<Keeper extends { close(): void }>(make: (options: SyncDaemonsOptions) => Keeper) {
  const kernel = new Kernel()
  const troubles: string[] = []
  const keeper = make({ table: kernel, period: fromSeconds(3600), trouble: (text) => troubles.push(text) })
  return { kernel, troubles, keeper, [Symbol.dispose]: () => keeper.close() }
}

const bound: BoundSyncDaemon = { instance: 'VI_1', daemon }
const following = () => rig((options) => new BoundSyncDaemons(options))
const keeping = () => rig((options) => new SyncDaemons(options))

describe('lvs_sync_daemon of an instance', () => {
  test('backup while the instance is BACKUP or FAULT, master while it is MASTER, the old one stopped first; none once it stops', () => {
    using it = following()
    it.keeper.configured(bound)
    expect(it.kernel.calls).toEqual([])
    for (const to of ['INIT', 'BACKUP', 'MASTER', 'FAULT', 'BACKUP', 'STOP'] as const) it.keeper.transition('VI_1', to)
    expect(it.kernel.calls).toEqual(['start backup 51', 'stop backup', 'start master 51', 'stop master', 'start backup 51', 'stop backup'])
  })

  test('what other instances do is nothing to it', () => {
    using it = following()
    it.keeper.configured(bound)
    it.keeper.transition('VI_2', 'MASTER')
    expect(it.kernel.calls).toEqual([])
  })

  test('a reload changes it at once: another id, another instance, no word of it', () => {
    using it = following()
    it.keeper.configured(bound)
    it.keeper.transition('VI_1', 'MASTER')
    it.keeper.transition('VI_2', 'BACKUP')
    it.kernel.calls.splice(0)
    it.keeper.configured({ ...bound, daemon: { ...daemon, syncId: 7 } })
    it.keeper.configured({ instance: 'VI_2', daemon: { ...daemon, syncId: 7 } })
    it.keeper.configured(undefined)
    expect(it.kernel.calls).toEqual(['stop master', 'start master 7', 'stop master', 'start backup 7', 'stop backup'])
  })

  test('the same again changes nothing: no call, no gap in the copying', () => {
    using it = following()
    it.keeper.configured(bound)
    it.keeper.transition('VI_1', 'MASTER')
    it.kernel.calls.splice(0)
    it.keeper.configured(structuredClone(bound))
    it.keeper.transition('VI_1', 'MASTER')
    expect(it.kernel.calls).toEqual([])
  })
})

describe('lvs_sync_daemon without an instance', () => {
  test('both run, and end with the daemon', () => {
    const it = keeping()
    it.keeper.want(daemonsOf(daemon))
    expect(it.kernel.running.map(({ state }) => state)).toEqual(['master', 'backup'])
    it.keeper.close()
    expect(it.kernel.running).toEqual([])
  })

  test('without the word nothing is read and nobody else’s is touched', () => {
    const it = keeping()
    it.kernel.running = [{ ...daemon, state: 'master', maxLength: 1472 }]
    it.keeper.want(daemonsOf(undefined))
    it.keeper.look()
    it.keeper.close()
    expect(it.kernel.calls).toEqual([])
  })
})

describe('the kernel and others', () => {
  const master = (more: Partial<SyncDaemonRun> = {}): SyncDaemonRun => ({ ...daemon, state: 'master', ...more })

  test('one that an earlier life left is taken over if it is as wanted, replaced if not', () => {
    using it = keeping()
    it.kernel.running = [
      { ...daemon, state: 'master', maxLength: 1472 },
      { ...daemon, state: 'backup', syncId: 3, maxLength: 1472 },
    ]
    it.keeper.want(daemonsOf(daemon))
    expect(it.kernel.calls).toEqual(['stop backup', 'start backup 51'])
  })

  test('somebody stops it: it is started again at the next look', () => {
    using it = keeping()
    it.keeper.want([master()])
    it.kernel.running = []
    it.keeper.look()
    expect(it.kernel.running).toHaveLength(1)
  })

  test('a maxlen that the kernel makes larger is not asked for again and again, another one is', () => {
    using it = keeping()
    it.keeper.want([master({ maxLength: 500 })])
    it.kernel.calls.splice(0)
    it.keeper.look()
    expect(it.kernel.calls).toEqual([])
    it.keeper.want([master({ maxLength: 600 })])
    expect(it.kernel.calls).toEqual(['stop master', 'start master 51'])
  })

  test('no such interface is said once; when links change it is tried again', () => {
    using it = keeping()
    it.kernel.refuses = 19
    it.keeper.want([master()])
    it.keeper.look()
    expect(it.troubles).toEqual(['cannot start the master sync daemon of ip_vs on eth0: errno 19; trying again'])
    it.kernel.refuses = 0
    it.keeper.retry()
    expect(it.kernel.running).toHaveLength(1)
    it.kernel.calls.splice(0)
    it.keeper.retry()
    expect(it.kernel.calls).toEqual([])
  })

  test('what cannot be read is not touched', () => {
    using it = keeping()
    it.keeper.want([master()])
    it.kernel.calls.splice(0)
    it.kernel.readable = false
    it.keeper.look()
    expect(it.kernel.calls).toEqual([])
    expect(it.troubles).toEqual(['cannot read the sync daemons of ip_vs'])
    it.kernel.readable = true
  })
})
