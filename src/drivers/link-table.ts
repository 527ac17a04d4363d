import { errnoName, ifNameToIndex } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import type { Result } from '../base/result.ts'
import type { Departure, LinkObject, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import type { Connection, NetlinkError } from '../netlink/connection.ts'
import { EEXIST, EPERM } from '../netlink/constants.ts'
import type { Message, Request } from '../netlink/message.ts'
import { listLinks, readLink } from '../netlink/route/link.ts'
import { changeLink, deleteLink, newLink, readSettings, readUpperLink } from '../netlink/route/own-link.ts'
import { ReportTables } from './report-tables.ts'
import { writeSetting } from './setting-table.ts'

/** The links above other interfaces of this network namespace: private macvlans and ipvlans. Other interfaces are never touched. */
export class LinkTable {
  readonly #connect: () => Result<Connection, number>
  readonly #reports: ReportTables
  readonly #handOver: (departure: Departure) => boolean
  /** Handed over and not known to be gone, by name. */
  readonly #leaving = new Map<string, Departure>()

  /** With `handOver` somebody else may delete them for us, for that takes the kernel long; false if it has to be done here. */
  constructor(
    connect: () => Result<Connection, number>,
    netfilter: () => Result<Connection, number>,
    handOver: (departure: Departure) => boolean = () => false,
  ) {
    this.#connect = connect
    this.#reports = new ReportTables(netfilter)
    this.#handOver = handOver
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    const connection = this.#connect()
    if (!connection.ok) return operations.map(() => outcome(connection.error, ''))
    return operations.map((operation) => {
      assert(operation.kind !== 'flush-services' && operation.object.kind === 'link', 'only links are kept here')
      return this.#perform(operation.kind, operation.object, connection.value)
    })
  }

  /** Undefined if they could not be read whole. */
  list(): readonly LinkObject[] | undefined {
    const connection = this.#connect()
    const dump = connection.ok ? connection.value.dump(listLinks) : connection
    const all = dump.ok ? linksOf(dump.value) : undefined
    const links = all?.filter((link) => !this.#isLeaving(link.name))
    if (links === undefined || links.length === 0) return links
    const familiesOf = this.#reports.survey()
    return links.map((link) => ({ ...link, reportsBelow: familiesOf(link.name) }))
  }

  /** Deletes it, and the tables that lived with it. */
  depart({ link, index }: Departure): OperationResult {
    const connection = this.#connect()
    if (!connection.ok) return outcome(connection.error, '')
    const removed = ask(deleteLink(index), connection.value)
    // Where another has come in its place, the tables are that one's.
    if (removed.errno === 0) this.#reports.remove(link)
    return removed
  }

  /** What was handed over is done, or could not be: then it will be found again. */
  departed({ link, index }: Departure): void {
    if (this.#leaving.get(link.name)?.index === index) this.#leaving.delete(link.name)
  }

  #isLeaving(name: string): boolean {
    const departure = this.#leaving.get(name)
    return departure !== undefined && ifNameToIndex(name) === departure.index
  }

  #perform(kind: 'add' | 'replace' | 'remove', object: LinkObject, connection: Connection): OperationResult {
    switch (kind) {
      case 'add':
        return this.#add(object, connection)
      case 'replace':
        return this.#finish(object, connection)
      case 'remove':
        return this.#remove(object)
    }
  }

  #remove(link: LinkObject): OperationResult {
    const index = ifNameToIndex(link.name)
    if (index < 0) {
      this.#reports.remove(link)
      return outcome(-index, `no interface ${link.name}`)
    }
    const departure = { link, index }
    if (!this.#handOver(departure)) return this.depart(departure)
    this.#leaving.set(link.name, departure)
    return outcome(0, '')
  }

  /** A link whose reports cannot be sent elsewhere is better than none; that it is not as it should be, is said. */
  #finish(object: LinkObject, connection: Connection): OperationResult {
    const redirected = this.#reports.put(object)
    const furnished = furnish(object, connection)
    return furnished.errno === 0 ? outcome(redirected.errno, redirected.detail) : furnished
  }

  #add(object: LinkObject, connection: Connection): OperationResult {
    const former = this.#leaving.get(object.name)
    // Wanted again before it was gone: there is no time to wait for it.
    if (former !== undefined) {
      this.departed(former)
      this.depart(former)
    }
    const below = ifNameToIndex(object.base)
    if (below < 0) return outcome(-below, `no interface ${object.base}`)
    const made = ask(newLink(object, below), connection)
    // Of a name that something else has nobody learns by looking at links like ours.
    if (made.errno === EEXIST && this.list()?.some(({ name }) => name === object.name) !== true)
      return outcome(EBUSY, `an interface ${object.name} exists that is not ours`)
    if (made.errno !== 0) return made
    return this.#finish(object, connection)
  }
}

const EBUSY = 16
const ENOENT = 2

/** Links like ours in a dump of all. */
export function linksOf(messages: readonly Message[]): readonly LinkObject[] {
  const names = new Map(messages.flatMap((message) => readLink(message) ?? []).map(({ index, name }) => [index, name]))
  return messages.flatMap((message): readonly LinkObject[] => {
    const link = readUpperLink(message)
    const base = link === undefined ? undefined : names.get(link.below)
    if (link === undefined || base === undefined) return []
    const { name, type, group, up } = link
    return [{ kind: 'link', name, base, type, group, up, settings: readSettings(message), reportsBelow: [] }]
  })
}

/** Settings first, for a link that is up has sent packets already. */
function furnish(object: LinkObject, connection: Connection): OperationResult {
  for (const setting of object.settings) {
    const written = writeSetting(object.name, setting)
    // A kernel without IPv6 has none of it.
    if (written.errno !== 0 && !(setting.family === 6 && written.errno === ENOENT)) return written
  }
  return ask(changeLink(object), connection)
}

function ask(request: Request, connection: Connection): OperationResult {
  const answer = connection.request(request)
  return answer.ok ? outcome(0, '') : refusal(answer.error)
}

function refusal(error: NetlinkError): OperationResult {
  return error.kind === 'refused' ? outcome(error.errno, error.detail) : outcome(EBUSY, 'interrupted')
}

function outcome(errno: number, detail: string): OperationResult {
  if (errno === 0) return { errno, detail: '' }
  if (errno === EPERM) return { errno, detail: 'changing interfaces needs root or CAP_NET_ADMIN' }
  return { errno, detail: detail === '' ? errnoName(errno) : detail }
}
