import { assert } from '../../base/assert.ts'
import { familyOf } from '../../base/ip.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import type { ServiceKey } from '../../core/check/config.ts'
import type { DestinationObject, ServiceObject } from '../../core/reconcile/kinds.ts'
import { type CommandLine, keyOf, LONGEST, readCommandLine } from './command-line.ts'
import type { Names } from './names.ts'
import { wholeNumber } from './numbers.ts'
import { DETAILS, type DetailName, FITS, type Fit, TUNNEL_FITS } from './options.ts'
import { type Columns, type IpvsRequest, type Refusal, refuse, wholeMask } from './request.ts'
import { readFlags } from './scheduler-flags.ts'

type Answer = Result<IpvsRequest, Refusal>

/** What a command line asks for, or why it is refused. `program` is what it is called in that sentence. */
export async function readCommand(words: readonly string[], program: string, names: Names): Promise<Answer> {
  if (words.length === 0) return ok({ kind: 'list', key: undefined, show: 'usual', style: { numeric: false, sorted: true, exact: false } })
  const read = await readCommandLine(words, program, names)
  if (!read.ok) return read
  const line = read.value
  const { command, given } = line
  if (command === 'help' || command === 'version') return ok({ kind: command })
  const values = [...line.rest]
  const limits = command === 'set' ? values.splice(0, 3) : []
  if (command === 'set' && limits.length < 3) return no('--set option requires 3 timeout values')
  const set = timeoutsRequest(limits)
  if (!set.ok) return set
  if (values[0] !== undefined) return no(`unexpected argument ${values[0]}`)
  const flags = readFlags(line.values.flagWords, line.values.scheduler)
  if (typeof flags === 'string') return no(flags)
  const misfit = misfitOf(given, FITS[command], `'${command}' command`)
  if (misfit !== undefined) return no(misfit)
  switch (command) {
    case 'add-service':
    case 'edit-service':
      return serviceRequest(command, line, flags)
    case 'delete-service':
      return ok({ kind: 'delete-service', key: named(line) })
    case 'add-server':
    case 'edit-server':
    case 'delete-server':
      return serverRequest(command, line)
    case 'list':
      return listRequest(line)
    case 'save':
      return ok({ kind: 'save', numeric: given.has('numeric') })
    case 'zero':
      return ok({ kind: 'zero', key: keyOf(line.values) })
    case 'flush':
    case 'restore':
      return ok({ kind: command })
    case 'set':
      return set
    case 'start-daemon': {
      const { daemonState, daemonInterface, syncId, syncMaxLength, group, groupPort, groupTtl } = line.values
      const fixed = { state: daemonState, interface: daemonInterface, syncId }
      return ok({ kind: command, daemon: { ...fixed, maxLength: syncMaxLength, group, port: groupPort, ttl: groupTtl } })
    }
    case 'stop-daemon':
      return ok({ kind: command, state: line.values.daemonState, syncId: line.values.syncId })
  }
}

/** The first option, in the order of the table, that is missing or out of place. */
function misfitOf(given: ReadonlySet<DetailName>, { needs, takes, either = [] }: Fit, what: string): string | undefined {
  let only: DetailName | undefined
  for (const detail of DETAILS) {
    if (!given.has(detail)) {
      if (needs.includes(detail)) return `You need to supply the '${detail}' option for the ${what}`
      continue
    }
    if (either.includes(detail)) {
      if (only !== undefined) return `The option '${detail}' conflicts with the '${only}' option in the ${what}`
      only = detail
    } else if (!needs.includes(detail) && !takes.includes(detail)) return `Illegal '${detail}' option with the ${what}`
  }
  return undefined
}

function serviceRequest(kind: 'add-service' | 'edit-service', { values, given }: CommandLine, schedulerFlags: number): Answer {
  const { service, family, scheduler, engine, persistence, netmask } = values
  const persistent = given.has('persistent')
  if (service?.kind === 'endpoint' && (service.port ?? 0) === 0 && !persistent) return no('Zero port specified for non-persistent service')
  const onePacket = given.has('ops')
  if (onePacket && service?.kind === 'endpoint' && service.protocol !== 'UDP')
    return no('One-Packet Scheduling is only for UDP virtual services')
  const object: ServiceObject = {
    kind: 'service',
    key: named({ values }),
    scheduler,
    flags: (persistent ? 1 : 0) | (onePacket ? 4 : 0) | schedulerFlags,
    timeout: persistence,
    netmask: netmask ?? wholeMask(family),
    persistenceEngine: engine,
  }
  return ok({ kind, service: object })
}

function serverRequest(kind: 'add-server' | 'edit-server' | 'delete-server', line: CommandLine): Answer {
  const { given, values } = line
  const { server, forwarding, weight, uthreshold, lthreshold, tunnelType, tunnelPort } = values
  assert(server !== undefined, 'a server is needed')
  const tunnelled = TUNNEL_DETAILS.filter((detail) => given.has(detail))
  if (kind !== 'delete-server' && familyOf(server.address) !== values.family && forwarding !== 2)
    return no('Different address family is allowed only for tunneling servers')
  if (forwarding !== 2 && tunnelled.length > 0) return no('Tunnel options conflict with forward method')
  if (forwarding === 2) {
    const misfit = misfitOf(
      new Set(tunnelled.filter((detail) => detail !== 'tun-type')),
      TUNNEL_FITS[tunnelType],
      `'${tunnelType}' tunnel type`,
    )
    if (misfit !== undefined) return no(misfit)
  }
  const own = values.service?.kind === 'endpoint' ? (values.service.port ?? 0) : 0
  const destination: DestinationObject = {
    kind: 'destination',
    service: named(line),
    address: server.address,
    // Only NAT can change a port.
    port: kind !== 'delete-server' && forwarding !== 0 ? own : (server.port ?? own),
    forwarding,
    weight,
    uthreshold,
    lthreshold,
    tunnelType: tunnelType === 'gue' ? 1 : tunnelType === 'gre' ? 2 : 0,
    tunnelPort,
    tunnelFlags: given.has('tun-csum') ? 1 : given.has('tun-remcsum') ? 2 : 0,
  }
  return ok({ kind, destination })
}

const TUNNEL_DETAILS = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const

/** Of several wishes the first counts. */
const COLUMNS = ['stats', 'rate', 'thresholds', 'persistent-conn', 'tun-info'] as const

function listRequest({ values, given }: CommandLine): Answer {
  const plain = given.has('connection') || given.has('timeout') || given.has('daemon')
  const counted = given.has('stats') || given.has('rate') || given.has('thresholds')
  // Connections have something to show for persistence.
  if (plain && (counted || (given.has('persistent-conn') && !given.has('connection')))) return no('options conflicts in the list command')
  const style = { numeric: given.has('numeric'), sorted: !given.has('nosort'), exact: given.has('exact') }
  if (given.has('connection')) return ok({ kind: 'list-connections', style, engine: given.has('persistent-conn') })
  if (given.has('timeout')) return ok({ kind: 'list-timeouts' })
  if (given.has('daemon')) return ok({ kind: 'list-daemons' })
  const show: Columns = COLUMNS.find((one) => given.has(one)) ?? 'usual'
  return ok({ kind: 'list', key: keyOf(values), show, style })
}

function timeoutsRequest(words: readonly string[]): Answer {
  const [tcp = 0, tcpFin = 0, udp = 0] = words.map((word) => wholeNumber(word, 0, LONGEST) ?? word)
  for (const limit of [tcp, tcpFin, udp]) if (typeof limit === 'string') return no(`invalid timeout value \`${limit}' specified`)
  return ok({ kind: 'set', timeouts: { tcp: Number(tcp), tcpFin: Number(tcpFin), udp: Number(udp) } })
}

function named({ values }: Pick<CommandLine, 'values'>): ServiceKey {
  const key = keyOf(values)
  assert(key !== undefined, 'a service is needed')
  return key
}

const no = (message: string): Answer => fail(refuse(message))
