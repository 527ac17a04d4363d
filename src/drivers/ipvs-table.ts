import { errnoName } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { ServiceKey } from '../core/check/config.ts'
import type { DestinationObject, Operation, OperationResult, ServiceObject } from '../core/reconcile/kinds.ts'
import type { Connection, NetlinkError } from '../netlink/connection.ts'
import { EIO, ENOENT, ENOPROTOOPT, EPERM, ESRCH, IPVS_GENL_NAME } from '../netlink/constants.ts'
import { lookUpFamily } from '../netlink/generic.ts'
import {
  type DestinationEntry,
  deleteDestination,
  deleteService,
  flushServices,
  getInfo,
  getService,
  getTimeouts,
  type IpvsInfo,
  type IpvsTimeouts,
  listDestinations,
  listServices,
  putDestination,
  putService,
  readDestination,
  readDestinationEntry,
  readInfo,
  readService,
  readServiceEntry,
  readTimeouts,
  type ServiceEntry,
  setTimeouts,
  zeroCounters,
} from '../netlink/ipvs.ts'
import { type DaemonStart, listDaemons, readDaemon, type SyncDaemon, startDaemon, stopDaemon } from '../netlink/ipvs-daemon.ts'
import type { Message, Request } from '../netlink/message.ts'

/** Why ip_vs did not answer; errno is positive, `detail` names the remedy where there is one. */
export interface IpvsError {
  readonly errno: number
  readonly detail: string
}

const passes = 3

/** The ip_vs table of this network namespace. Its family number is asked for at first use and again when it proves stale. */
export class IpvsTable {
  readonly #connect: () => Result<Connection, number>
  #family: number | undefined

  constructor(connect: () => Result<Connection, number>) {
    this.#connect = connect
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    const first = this.#open()
    if (!first.ok) return operations.map(() => first.error)
    const send = ({ connection, family }: Open) => connection.batch(operations.map((operation) => toRequest(family, operation)))
    let verdicts = send(first.value)
    // ENOENT has many meanings; one is that the module was loaded anew and its family has another number now.
    if (verdicts.some(({ errno }) => errno === ENOENT || errno === ENOPROTOOPT)) {
      const again = this.#reopen()
      if (!again.ok) return operations.map(() => again.error)
      if (again.value.family !== first.value.family) verdicts = send(again.value)
    }
    return verdicts.map(({ errno, detail }, i) => (errno === 0 ? { errno, detail: '' } : refusal(operations[i], errno, detail)))
  }

  /** Undefined if they could not be read whole; so for all below. */
  services(): readonly ServiceObject[] | undefined {
    return this.#table(readService)
  }

  /** Of these services, all of which must exist, or of all. */
  destinations(of?: readonly ServiceKey[]): readonly DestinationObject[] | undefined {
    return this.#destinationsBy(readDestination, of)
  }

  serviceEntries(): readonly ServiceEntry[] | undefined {
    return this.#table(readServiceEntry)
  }

  destinationEntries(): readonly DestinationEntry[] | undefined {
    return this.#destinationsBy(readDestinationEntry)
  }

  /** Also the way to find out whether ip_vs is there and may be used. */
  info(): Result<IpvsInfo, IpvsError> {
    return this.#single(getInfo, readInfo)
  }

  timeouts(): Result<IpvsTimeouts, IpvsError> {
    return this.#single(getTimeouts, readTimeouts)
  }

  /** `lvs_timeouts` */
  setTimeouts(timeouts: IpvsTimeouts): OperationResult {
    return this.#command((family) => setTimeouts(family, timeouts))
  }

  /** With its destinations. */
  deleteService(key: ServiceKey): OperationResult {
    return this.#command((family) => deleteService(family, key))
  }

  /** Sets the counters of one service, or of all, to zero. */
  zero(key: ServiceKey | undefined): OperationResult {
    return this.#command((family) => zeroCounters(family, key))
  }

  startDaemon(daemon: DaemonStart): OperationResult {
    return this.#command((family) => startDaemon(family, daemon))
  }

  stopDaemon(state: SyncDaemon['state']): OperationResult {
    const answer = this.#command((family) => stopDaemon(family, state))
    // A daemon that is stopped before its thread ever ran goes without a word: the kernel swallows the answer (-EINTR).
    if (answer.errno !== EIO) return answer
    const left = this.daemons()
    return left === undefined || left.some((daemon) => daemon.state === state) ? answer : { errno: 0, detail: '' }
  }

  daemons(): readonly SyncDaemon[] | undefined {
    const answer = this.#ask(({ connection, family }) => connection.dump(listDaemons(family)))
    return answer.ok ? answer.value.flatMap((message) => readDaemon(message) ?? []) : undefined
  }

  /** One service; the errno is ESRCH if there is none. */
  serviceEntry(key: ServiceKey): Result<ServiceEntry, IpvsError> {
    return this.#single((family) => getService(family, key), readServiceEntry)
  }

  #command(request: (family: number) => Request): OperationResult {
    const answer = this.#ask(({ connection, family }) => connection.request(request(family)))
    return answer.ok ? { errno: 0, detail: '' } : answer.error
  }

  #table<Item>(read: (message: Message) => Item | undefined): readonly Item[] | undefined {
    const answer = this.#ask(({ connection, family }) => connection.dump(listServices(family)))
    return answer.ok ? answer.value.flatMap((message) => read(message) ?? []) : undefined
  }

  /** Service by service. A service without destinations is asked for, because those of a missing one are empty too. */
  #destinationsBy<Item>(
    read: (message: Message, service: ServiceKey) => Item | undefined,
    of?: readonly ServiceKey[],
  ): readonly Item[] | undefined {
    for (let pass = 1; pass <= passes; pass++) {
      const services = of ?? this.services()?.map(({ key }) => key)
      if (services === undefined) return undefined
      const found: Item[] = []
      const whole = services.every((key) => {
        const answer = this.#ask(({ connection, family }) => connection.dump(listDestinations(family, key)))
        if (!answer.ok) return false
        for (const message of answer.value) {
          const item = read(message, key)
          if (item !== undefined) found.push(item)
        }
        return answer.value.length > 0 || this.#exists(key)
      })
      if (whole) return found
    }
    return undefined
  }

  #exists(key: ServiceKey): boolean {
    return this.#ask(({ connection, family }) => connection.request(getService(family, key))).ok
  }

  #single<Item>(request: (family: number) => Request, read: (message: Message) => Item | undefined): Result<Item, IpvsError> {
    const answer = this.#ask(({ connection, family }) => connection.request(request(family)))
    if (!answer.ok) return answer
    for (const message of answer.value) {
      const item = read(message)
      if (item !== undefined) return ok(item)
    }
    return fail(explain(EIO, 'ip_vs gave no answer'))
  }

  #ask<Answer>(question: (open: Open) => Result<Answer, NetlinkError>): Result<Answer, IpvsError> {
    const first = this.#open()
    if (!first.ok) return first
    let answer = question(first.value)
    if (!answer.ok && answer.error.kind === 'refused' && (answer.error.errno === ENOENT || answer.error.errno === ENOPROTOOPT)) {
      const again = this.#reopen()
      if (!again.ok) return again
      if (again.value.family !== first.value.family) answer = question(again.value)
    }
    if (answer.ok) return answer
    return fail(
      answer.error.kind === 'interrupted' ? explain(EIO, 'the table kept changing') : explain(answer.error.errno, answer.error.detail),
    )
  }

  #reopen(): Result<Open, IpvsError> {
    this.#family = undefined
    return this.#open()
  }

  #open(): Result<Open, IpvsError> {
    const connection = this.#connect()
    if (!connection.ok) return fail(explain(connection.error, ''))
    if (this.#family === undefined) {
      const family = lookUpFamily(connection.value, IPVS_GENL_NAME)
      if (!family.ok) return fail(absent(family.error))
      this.#family = family.value
    }
    return ok({ connection: connection.value, family: this.#family })
  }
}

interface Open {
  readonly connection: Connection
  readonly family: number
}

function toRequest(family: number, operation: Operation): Request {
  if (operation.kind === 'flush-services') return flushServices(family)
  const { kind, object } = operation
  assert(object.kind === 'service' || object.kind === 'destination', 'only ip_vs is kept here')
  if (object.kind === 'service') return kind === 'remove' ? deleteService(family, object.key) : putService(family, kind, object)
  return kind === 'remove' ? deleteDestination(family, object) : putDestination(family, kind, object)
}

/** ENOPROTOOPT, as the sockets of old said it: ENOENT has other meanings for a service. */
function absent(error: NetlinkError): IpvsError {
  const errno = error.kind === 'refused' ? error.errno : EIO
  return errno === ENOENT ? { errno: ENOPROTOOPT, detail: 'this kernel has no ip_vs: load it with `modprobe ip_vs`' } : explain(errno, '')
}

/** Of a service ENOENT means that the kernel could not load what it names. */
function refusal(operation: Operation | undefined, errno: number, detail: string): IpvsError {
  if (errno !== ENOENT || operation === undefined || operation.kind === 'flush-services' || operation.object.kind !== 'service') {
    return explain(errno, detail)
  }
  const { scheduler, persistenceEngine: engine } = operation.object
  if (engine === undefined)
    return { errno, detail: `this kernel has no scheduler ${scheduler}: load it with \`modprobe ip_vs_${scheduler}\`` }
  const modules = `ip_vs_${scheduler} ip_vs_pe_${engine}`
  return {
    errno,
    detail: `this kernel has no scheduler ${scheduler} or no persistence engine ${engine}: load them with \`modprobe -a ${modules}\``,
  }
}

function explain(errno: number, detail: string): IpvsError {
  if (errno === EPERM) return { errno, detail: 'ip_vs needs root or CAP_NET_ADMIN, in the first user namespace' }
  if (errno === ESRCH && detail === '') return { errno, detail: 'no such service' }
  return { errno, detail: detail === '' ? errnoName(errno) : detail }
}
