import { Director } from './director.ts'
import type { Daemon } from './host.ts'
import { Lan } from './lan.ts'
import { ask, askOften, destinations, now, until } from './observe.ts'
import type { Program } from './program.ts'
import type { Finding, Report } from './report.ts'
import type { Variant } from './variants.ts'

export interface ScenarioPlan {
  readonly variant: Variant
  /** On node1, the master, and on node4, the backup. */
  readonly programs: readonly [Program, Program]
  readonly report: Report
  /** Seconds that a slow machine may take beyond what the configuration promises. */
  readonly allowance: number
  /** Also a pulled cable and an orderly stop, besides the power cut. */
  readonly thorough: boolean
}

// What the configurations promise, in seconds (all three have the same timers).
const DELAY_LOOP = 6
const RETRIES = 3
const DELAY_BEFORE_RETRY = 3
/** A stopped web server refuses connections at once, so no connect_timeout is spent. */
const LEAVES = DELAY_LOOP + RETRIES * DELAY_BEFORE_RETRY
/** One interval for each url, and one in which keepalived concludes. */
const RETURNS = 2 * DELAY_LOOP
const skew = (priority: number): number => (256 - priority) / 256
const MASTER_DOWN = { node1: 3 + skew(100), node4: 3 + skew(50) }

/** Takes one variant through what can happen to it, and reports each step. */
export async function runScenario(plan: ScenarioPlan): Promise<void> {
  using lan = new Lan()
  plan.variant.build(lan)
  const [first, second] = plan.programs
  const director = (name: string, program: Program): Director =>
    new Director({ host: lan.get(name), program, configuration: plan.variant.configuration, id: name })
  await new Scenario(plan, lan, director('node1', first), director('node4', second)).run()
}

class Scenario {
  readonly #plan: ScenarioPlan
  readonly #lan: Lan
  readonly #master: Director
  readonly #backup: Director
  readonly #url: string
  readonly #webs = new Map<string, Daemon>()

  constructor(plan: ScenarioPlan, lan: Lan, master: Director, backup: Director) {
    this.#plan = plan
    this.#lan = lan
    this.#master = master
    this.#backup = backup
    this.#url = `http://${plan.variant.vip}/`
  }

  async run(): Promise<void> {
    const { vip, webServers } = this.#plan.variant
    const [steady, restless] = webServers.map((web) => web.name) as [string, string]
    await Promise.all(webServers.map((web) => this.#startWeb(web.name)))
    await this.#step(`node1 becomes master and holds ${vip}`, () => this.#starts([this.#backup, this.#master]))
    await this.#step(`${steady} and ${restless} answer in turn`, () => this.#alternates())
    const { also } = this.#plan.variant
    if (also !== undefined) await this.#step(also.title, () => also.act(this.#lan))
    await this.#step(`${restless}'s web server stops: it leaves ip_vs`, () => this.#webStops(restless))
    await this.#step('from then on no request is lost', () => this.#nothingLost(steady))
    await this.#step(`${restless}'s web server starts: it is back in ip_vs`, () => this.#webReturns(restless))
    await this.#step(`${steady} and ${restless} answer in turn again`, () => this.#alternates())
    if (this.#plan.thorough) {
      await this.#step('the cable of node1 is pulled: node4 serves', () => this.#cablePulled())
      await this.#step('the cable is back: node1 preempts', () => this.#cableBack())
      await this.#step('node1 is stopped in good order: node4 serves', () => this.#stopped())
      await this.#step('node1 is started: it preempts', () => this.#starts([this.#master]))
    }
    await this.#step('node1 loses its power: node4 serves', () => this.#powerCut())
    await this.#step(`${steady} and ${restless} answer in turn through node4`, () => this.#alternates())
    await this.#step('node1 boots: it preempts', () => this.#boots())
    await this.#step(`${steady} and ${restless} answer in turn through node1`, () => this.#alternates())
    await Promise.all([this.#master.stop(), this.#backup.stop()])
  }

  async #step(title: string, act: () => Finding | Promise<Finding>): Promise<void> {
    if (await this.#plan.report.step(title, act)) return
    for (const director of [this.#master, this.#backup]) {
      this.#plan.report.detail(`${director.name} (${director.program.name}) said last:\n${director.log.split('\n').slice(-12).join('\n')}`)
      this.#plan.report.detail(
        `${director.name} holds ${director.host.addresses().join(' ')}; ip_vs: ${destinations(director.host).join(' ')}`,
      )
    }
  }

  /** From the moment the master-to-be waits, not from exec: how long a program takes to load is no promise of VRRP. */
  async #starts(directors: readonly Director[]): Promise<Finding> {
    for (const director of directors) director.start()
    const waiting = await until(() => /Entering (BACKUP|MASTER) STATE/i.test(this.#master.latestLog), 60)
    if (waiting === undefined) return { ok: false, seen: 'it never entered BACKUP STATE' }
    return this.#moves(this.#master, this.#backup, MASTER_DOWN.node1)
  }

  #alternates(): Finding {
    const answers = askOften(this.#lan.get('client'), this.#url, 8)
    const turns = answers.every((answer, i) => answer !== undefined && (i === 0 || answer !== answers[i - 1]))
    const both = new Set(answers).size === this.#plan.variant.webServers.length
    const seen = answers.map((answer) => answer ?? 'lost').join(' ')
    return turns && both ? { ok: true, seen } : { ok: false, seen: `${seen}\n${this.#evidence()}` }
  }

  /** Who could have answered out of turn: the client's neighbours, and the tables. */
  #evidence(): string {
    const client = this.#lan.get('client').attempt(['ip', 'neigh']).stdout
    const tables = [this.#master, this.#backup].map(
      ({ host, name }) =>
        `${name} ${host.addresses().join(' ')}\n${host.attempt(['ip', 'link']).stdout}${host.attempt(['ipvsadm', '-Ln', '--stats']).stdout}${host.attempt(['ipvsadm', '-Ln']).stdout}${host.attempt(['ipvsadm', '-Lcn']).stdout}`,
    )
    return [client, ...tables].join('\n')
  }

  async #webStops(name: string): Promise<Finding> {
    this.#webs.get(name)?.child.kill('SIGKILL')
    const gone = this.#addressOf(name)
    return this.#timed(LEAVES, () => !destinations(this.#master.host).includes(gone), 0.2)
  }

  async #webReturns(name: string): Promise<Finding> {
    await this.#startWeb(name)
    const back = this.#addressOf(name)
    return this.#timed(RETURNS, () => destinations(this.#master.host).includes(back), 0.2)
  }

  #nothingLost(answering: string): Finding {
    const answers = askOften(this.#lan.get('client'), this.#url, 20)
    const right = answers.filter((answer) => answer === answering).length
    return { ok: right === answers.length, seen: `${right} of ${answers.length} answered, by ${answering}` }
  }

  async #powerCut(): Promise<Finding> {
    this.#master.host.kill()
    this.#master.host.cut(...this.#plan.variant.devices)
    return this.#moves(this.#backup, undefined, MASTER_DOWN.node4)
  }

  /** A host that boots has no virtual address, no ip_vs table and no pid file left. */
  async #boots(): Promise<Finding> {
    const { host } = this.#master
    for (const device of this.#plan.variant.devices) {
      const [own] = host.addresses(device)
      host.ip(`addr flush dev ${device}`, `addr add ${own} dev ${device}`)
    }
    host.exec(['ipvsadm', '-C'])
    host.emptyRun()
    host.join(...this.#plan.variant.devices)
    return this.#starts([this.#master])
  }

  async #cablePulled(): Promise<Finding> {
    this.#master.host.cut(...this.#plan.variant.devices)
    return this.#moves(this.#backup, this.#master, MASTER_DOWN.node4)
  }

  async #cableBack(): Promise<Finding> {
    this.#master.host.join(...this.#plan.variant.devices)
    return this.#moves(this.#master, this.#backup, MASTER_DOWN.node1)
  }

  async #stopped(): Promise<Finding> {
    this.#master.signal('SIGTERM')
    return this.#moves(this.#backup, this.#master, skew(50))
  }

  /** The virtual address is there, is nowhere else, and a client is served. */
  async #moves(to: Director, from: Director | undefined, promised: number): Promise<Finding> {
    const { vip } = this.#plan.variant
    const start = now()
    const timed = await this.#timed(promised, () => to.holds(vip) && ask(this.#lan.get('client'), this.#url) !== undefined)
    const left = await until(() => from === undefined || !from.holds(vip), Math.max(0, promised + this.#plan.allowance - (now() - start)))
    return left === undefined ? { ...timed, ok: false, seen: `${from?.name} holds it too` } : timed
  }

  /** A failed step says how late it came, so it waits longer than it accepts. */
  async #timed(promised: number, isSo: () => boolean, pause?: number): Promise<Finding> {
    const took = await until(isSo, promised * 2 + this.#plan.allowance, pause)
    return { ok: took !== undefined && took <= promised + this.#plan.allowance, promised, took }
  }

  async #startWeb(name: string): Promise<void> {
    const host = this.#lan.get(name)
    this.#webs.set(name, host.spawn([process.execPath, `${import.meta.dirname}/web.ts`, name]))
    const isUp = (): boolean => ask(host, `http://${this.#addressOf(name)}/`) === name
    if ((await until(isUp, 30, 0.2)) === undefined) throw new Error(`the web server of ${name} does not start`)
  }

  #addressOf(name: string): string {
    return `${this.#plan.variant.webServers.find((web) => web.name === name)?.address}:80`
  }
}
