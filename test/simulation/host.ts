import type { IpAddress } from '../../src/base/ip.ts'
import type { Prng } from '../../src/base/prng.ts'
import { type Instant, type Micros, micros } from '../../src/base/units.ts'
import type { LinkEvent } from '../../src/core/links.ts'
import { createLoop, type Loop } from '../../src/core/loop.ts'
import { drive } from '../../src/core/reconcile/drive.ts'
import { addressKey, type KernelObject } from '../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../src/core/reconcile/reconciler.ts'
import { exists, initialState, type ReconcileEvent, type ReconcilerState } from '../../src/core/reconcile/state.ts'
import type { VrrpConfig } from '../../src/core/vrrp/config.ts'
import type { VrrpEffect } from '../../src/core/vrrp/effects.ts'
import type { AdvertEvent, VrrpEvent } from '../../src/core/vrrp/events.ts'
import { desired, named, type RouterState, router } from '../../src/core/vrrp/router.ts'
import { withdraw } from '../../src/process/withdrawal.ts'
import type { SimulatedKernel } from './kernel.ts'
import { TRACKED_FILE } from './scenario.ts'
import type { Segment, Station } from './segment.ts'
import type { Cancel, World } from './world.ts'

/** Sees every effect as it is performed. */
export interface Observer {
  performed(host: Host, effect: VrrpEffect): void
  /** The process is gone, without a word. */
  crashed(host: Host): void
}

/** What a host is made of. */
export interface HostOptions {
  readonly name: string
  readonly address: IpAddress
  readonly world: World
  readonly segment: Segment
  readonly kernel: SimulatedKernel
  readonly random: Prng
  readonly observer: Observer
  readonly config: VrrpConfig
}

const reconciler = createReconciler({ kinds: ['address'] })
/** As much as a socket buffer holds. */
const MOST_UNREAD = 300

/** The vrrp process on a machine: the same loop, router and reconciler as the real one, with simulated drivers. */
export class Host implements Station {
  readonly name: string
  readonly address: IpAddress
  readonly kernel: SimulatedKernel
  config: VrrpConfig
  readonly #options: HostOptions
  #process: VrrpProcess | undefined
  #stalled = false
  #number = 0

  constructor(options: HostOptions) {
    this.#options = options
    this.name = options.name
    this.address = options.address
    this.kernel = options.kernel
    this.config = options.config
    options.kernel.onEvent = (event) => this.#notify(event)
    options.segment.attach(this)
  }

  ifindex(): number | undefined {
    return this.kernel.ifindex()
  }

  /** Undefined while no process runs. */
  state(): RouterState | undefined {
    return this.#process?.state()
  }

  isRunning(): boolean {
    return this.#process !== undefined
  }

  isStalled(): boolean {
    return this.#stalled
  }

  start(): void {
    if (this.#process !== undefined) return
    this.#process = new VrrpProcess(this, this.#options)
    this.#process.dispatch({ kind: 'configured', config: this.config })
    this.#process.dispatch(this.kernel.picture())
    this.#process.dispatch({ kind: 'file', path: TRACKED_FILE, value: this.#number })
  }

  /** Writes the tracked file. */
  write(value: number): void {
    this.#number = value
    this.#process?.enqueue({ kind: 'file', path: TRACKED_FILE, value })
    this.#wakeIfAble()
  }

  reload(config: VrrpConfig): void {
    this.config = config
    this.#process?.enqueue({ kind: 'configured', config })
    this.#wakeIfAble()
  }

  stop(): void {
    this.resume()
    this.#process?.dispatch({ kind: 'stop', keepAddresses: false })
    this.#process?.end()
    this.#process = undefined
  }

  crash(): void {
    this.#process?.end()
    this.#process = undefined
    this.#stalled = false
    this.#options.observer.crashed(this)
  }

  /** A mistake of our own ends the process: it withdraws first. */
  perish(): void {
    const state = this.state()
    if (state === undefined) return
    const { world, segment, observer } = this.#options
    const perform = (effect: VrrpEffect): void => {
      if (effect.kind === 'send-advert') segment.send(this, effect)
      observer.performed(this, effect)
    }
    withdraw(state, world.now(), { adverts: { perform }, kernel: this.kernel, kinds: ['address'] })
    this.crash()
  }

  powerCut(): void {
    this.crash()
    this.kernel.powerOn()
  }

  /** The process does not run; what arrives waits. */
  stall(): void {
    this.#stalled = this.#process !== undefined
  }

  resume(): void {
    if (!this.#stalled) return
    this.#stalled = false
    this.#process?.wake()
  }

  receive(event: AdvertEvent): void {
    this.#process?.enqueue(event)
    this.#wakeIfAble()
  }

  /** rtnetlink tells a moment after the fact. */
  #notify(event: LinkEvent): void {
    const process = this.#process
    if (process === undefined) return
    this.#options.world.after(micros(100), () => {
      if (this.#process !== process) return
      process.enqueue(event)
      this.#wakeIfAble()
    })
  }

  #wakeIfAble(): void {
    if (!this.#stalled) this.#process?.read()
  }
}

/** One life of the process. */
class VrrpProcess {
  readonly #host: Host
  readonly #options: HostOptions
  readonly #loop: Loop<RouterState, VrrpEvent>
  readonly #unreadNotices: VrrpEvent[] = []
  readonly #unreadAdverts: AdvertEvent[] = []
  #reconciler: ReconcilerState = initialState
  #desired: readonly KernelObject[] | undefined
  #named: readonly KernelObject[] | undefined
  #timer: Cancel = () => undefined
  #reconcileTimer: Cancel = () => undefined
  #ended = false

  constructor(host: Host, options: HostOptions) {
    this.#host = host
    this.#options = options
    const { world, segment, observer, random } = options
    this.#loop = createLoop<RouterState, VrrpEvent, VrrpEffect>({
      machine: router,
      clock: {
        now: () => world.now(),
        wakeAt: (at) => this.#wakeAt(at, micros(random.between(0, 300))),
      },
      sources: [{ drain: () => this.#drain() }],
      perform: (effect) => {
        if (effect.kind === 'send-advert') segment.send(host, effect)
        observer.performed(host, effect)
      },
      stepped: (state) => this.#reconcileWith(state),
    })
  }

  state(): RouterState {
    return this.#loop.state()
  }

  dispatch(event: VrrpEvent): void {
    this.#loop.dispatch(event)
  }

  enqueue(event: VrrpEvent): void {
    if (event.kind !== 'advert') this.#unreadNotices.push(event)
    else if (this.#unreadAdverts.length < MOST_UNREAD) this.#unreadAdverts.push(event)
  }

  /** The socket is readable. */
  read(): void {
    this.#drain()
  }

  wake(): void {
    this.#loop.wake()
    this.#reconcile({ kind: 'tick' })
  }

  end(): void {
    this.#ended = true
    this.#timer()
    this.#reconcileTimer()
  }

  #drain(): void {
    // What the kernel tells comes first: no advert is answered for an address that is gone.
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      if (event.kind === 'link' || event.kind === 'links-known') this.#reconcile({ kind: 'retry' })
      // The router first: it may want the addresses no more before the reconciler can put one back.
      this.#loop.dispatch(event)
      if (event.kind === 'address-added' || event.kind === 'address-removed') {
        const change = event.kind === 'address-added' ? 'added' : 'removed'
        this.#reconcile({ kind: 'noticed', change, key: addressKey('eth0', event.address.prefix) })
      }
    }
  }

  #next(): VrrpEvent | undefined {
    return this.#unreadNotices.shift() ?? this.#unreadAdverts.shift()
  }

  #wakeAt(at: Instant | undefined, late: Micros): void {
    this.#timer()
    if (at === undefined || this.#ended) return
    this.#timer = this.#options.world.at((at + late) as Instant, () => {
      // A stalled process finds its timer expired when it runs again.
      if (!this.#host.isStalled()) this.#loop.wake()
    })
  }

  #reconcileWith(state: RouterState): void {
    if (named(state) !== this.#named) {
      this.#named = named(state)
      this.#reconcile({ kind: 'configured', named: this.#named })
    }
    if (desired(state) === this.#desired) return
    this.#desired = desired(state)
    this.#reconcile({ kind: 'desired', objects: this.#desired })
  }

  #reconcile(event: ReconcileEvent): void {
    if (this.#ended) return
    const { world } = this.#options
    const { state, reports } = drive(reconciler, this.#host.kernel, this.#reconciler, event, world.now())
    this.#reconciler = state
    for (const report of reports) {
      if (report.kind === 'drift' && report.found === 'missing') {
        this.#loop.dispatch({ kind: 'objects-lost', objects: report.objects.filter((object) => object.kind === 'address') })
      }
    }
    const addresses = (this.#desired ?? []).filter((address) => exists(this.#reconciler, address))
    if (addresses.length > 0) this.#loop.dispatch({ kind: 'settled', objects: addresses })
    this.#reconcileTimer()
    const deadline = reconciler.deadline(this.#reconciler)
    if (deadline === undefined) return
    this.#reconcileTimer = world.at(deadline, () => {
      if (!this.#host.isStalled()) this.#reconcile({ kind: 'tick' })
    })
  }
}
