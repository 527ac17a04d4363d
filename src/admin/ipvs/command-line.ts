import type { IpAddress } from '../../base/ip.ts'
import { familyOf, isMulticast, parseIp } from '../../base/ip.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import type { Protocol, ServiceKey } from '../../core/check/config.ts'
import { type Endpoint, readEndpoint, readHost } from './endpoint.ts'
import type { Names } from './names.ts'
import { wholeNumber } from './numbers.ts'
import { COMMANDS, type CommandName, DETAIL_ROWS, type DetailName, type DetailRow } from './options.ts'
import { readOptions } from './popt.ts'
import { lost, type Refusal, refuse } from './request.ts'

/** A command line, each of its values read, before it is known whether they go together. */
export interface CommandLine {
  readonly command: CommandName
  readonly given: ReadonlySet<DetailName>
  readonly values: Values
  /** Words that belong to no option. */
  readonly rest: readonly string[]
}

export interface Values {
  readonly service:
    | { readonly kind: 'mark'; readonly mark: number }
    | ({ readonly kind: 'endpoint'; readonly protocol: Protocol } & Endpoint)
    | undefined
  readonly family: 4 | 6
  readonly scheduler: string
  /** As written: what they mean depends on the scheduler. */
  readonly flagWords: string
  readonly engine: string | undefined
  /** Seconds. */
  readonly persistence: number
  readonly netmask: IpAddress | number | undefined
  readonly server: Endpoint | undefined
  readonly forwarding: 0 | 2 | 3
  readonly weight: number
  readonly uthreshold: number
  readonly lthreshold: number
  readonly tunnelType: 'ipip' | 'gue' | 'gre'
  readonly tunnelPort: number
  readonly daemonState: 'master' | 'backup'
  readonly daemonInterface: string
  readonly syncId: number
  readonly syncMaxLength: number | undefined
  readonly group: IpAddress | undefined
  readonly groupPort: number | undefined
  readonly groupTtl: number | undefined
}

const DEFAULTS: Values = {
  service: undefined,
  family: 4,
  scheduler: 'wlc',
  flagWords: '',
  engine: undefined,
  persistence: 0,
  netmask: undefined,
  server: undefined,
  forwarding: 3,
  weight: 1,
  uthreshold: 0,
  lthreshold: 0,
  tunnelType: 'ipip',
  tunnelPort: 0,
  daemonState: 'master',
  daemonInterface: 'eth0',
  syncId: 0,
  syncMaxLength: undefined,
  group: undefined,
  groupPort: undefined,
  groupTtl: undefined,
}

/** How long a client keeps its server when `-p` does not say, seconds. */
const PERSISTENCE = 360
/** A month: the longest that a connection may be remembered, seconds. */
export const LONGEST = 86_400 * 31
const LARGEST = 2 ** 31 - 1

/** Reads the words behind the program's name. The first must be a command, and there is one only. */
export async function readCommandLine(words: readonly string[], program: string, names: Names): Promise<Result<CommandLine, Refusal>> {
  const rest: string[] = []
  const steps = readOptions([...words], [...COMMANDS, ...DETAIL_ROWS], rest)
  const first = steps.next()
  if (first.done === true || first.value.kind === 'wrong' || !('command' in first.value.option)) return fail(lost(program))
  const { command } = first.value.option
  let values = DEFAULTS
  if (command === 'start-daemon' || command === 'stop-daemon') {
    const state = first.value.value
    if (state !== 'master' && state !== 'backup')
      return fail(refuse(command === 'start-daemon' ? 'illegal start-daemon parameter specified' : 'illegal start_daemon specified'))
    values = { ...values, daemonState: state }
  }
  const given = new Set<DetailName>()
  if (command === 'help' || command === 'version') return ok({ command, given, values, rest })
  for (const step of steps) {
    if (step.kind === 'wrong') return fail({ message: `${step.written}: ${step.reason}`, status: 255 })
    if ('command' in step.option) return fail(refuse(`invalid option \`${step.written}'`))
    const { detail } = step.option
    if (detail !== undefined) {
      if (given.has(detail)) return fail(refuse(`multiple '${detail}' options specified`))
      given.add(detail)
    }
    const read = await readDetail(step.option, step.value, values, names)
    if (!read.ok) return read
    values = { ...values, ...read.value }
  }
  return ok({ command, given, values, rest })
}

type Reading = Result<Partial<Values>, Refusal>

/** One option, with its value if it has one. Options see what those before them said. */
async function readDetail({ long }: DetailRow, value: string | undefined, values: Values, names: Names): Promise<Reading> {
  const text = value ?? ''
  switch (long) {
    case 'tcp-service':
      return readService(text, 'TCP', names)
    case 'udp-service':
      return readService(text, 'UDP', names)
    case 'sctp-service':
      return readService(text, 'SCTP', names)
    case 'fwmark-service': {
      const mark = wholeNumber(text, 1, 2 ** 32 - 1)
      return mark === undefined ? wrong(`invalid fwmark value \`${text}' specified`) : ok({ service: { kind: 'mark', mark } })
    }
    case 'ipv6':
      return values.service?.kind === 'mark' ? ok({ family: 6, netmask: undefined }) : wrong('-6 used before -f\n')
    case 'scheduler':
      return ok({ scheduler: text === '' ? DEFAULTS.scheduler : text.slice(0, 15) })
    case 'sched-flags':
      return ok({ flagWords: text })
    case 'pe':
      return ok({ engine: text.slice(0, 15) })
    case 'persistent': {
      if (value === undefined) return ok({ persistence: PERSISTENCE })
      const persistence = wholeNumber(text, 1, LONGEST)
      return persistence === undefined ? wrong(`invalid timeout value \`${text}' specified`) : ok({ persistence })
    }
    case 'netmask':
      return readNetmask(text, values.family, names)
    case 'real-server': {
      const { service } = values
      const protocol = service?.kind === 'endpoint' ? service.protocol : service === undefined ? undefined : 'TCP'
      const server = await readEndpoint(text, protocol, names)
      return server === undefined ? wrong('illegal real server address[:port] specified') : ok({ server })
    }
    case 'gatewaying':
      return ok({ forwarding: 3 })
    case 'ipip':
      return ok({ forwarding: 2 })
    case 'masquerading':
      return ok({ forwarding: 0 })
    case 'weight':
      return number(text, 0, LARGEST, 'illegal weight specified', (weight) => ({ weight }))
    case 'u-threshold':
      return number(text, 0, LARGEST, 'illegal u_threshold specified', (uthreshold) => ({ uthreshold }))
    case 'l-threshold':
      return number(text, 0, LARGEST, 'illegal l_threshold specified', (lthreshold) => ({ lthreshold }))
    case 'tun-type':
      return text === 'ipip' || text === 'gue' || text === 'gre' ? ok({ tunnelType: text }) : wrong('illegal tunnel type specified')
    case 'tun-port':
      return number(text, 1, 65_535, 'illegal tunnel port specified', (tunnelPort) => ({ tunnelPort }))
    case 'mcast-interface':
      return ok({ daemonInterface: text.slice(0, 15) })
    case 'syncid':
      return number(text, 0, 255, 'illegal syncid specified', (syncId) => ({ syncId }))
    case 'sync-maxlen':
      return number(text, 1, 65_507, 'illegal sync-maxlen specified', (syncMaxLength) => ({ syncMaxLength }))
    case 'mcast-group': {
      const family = text.includes(':') ? 6 : 4
      const group = parseIp(text)
      if (group === undefined || !isMulticast(group)) return wrong(`invalid IPv${family} mcast-group \`${text}'`)
      return ok({ group })
    }
    case 'mcast-port':
      return number(text, 1, 65_535, 'illegal mcast-port specified', (groupPort) => ({ groupPort }))
    case 'mcast-ttl':
      return number(text, 1, 255, 'illegal mcast-ttl specified', (groupTtl) => ({ groupTtl }))
    default:
      // What remains is said by its being there.
      return ok({})
  }
}

async function readService(text: string, protocol: Protocol, names: Names): Promise<Reading> {
  const endpoint = await readEndpoint(text, protocol, names)
  if (endpoint === undefined) return wrong('illegal virtual server address[:port] specified')
  const service = { kind: 'endpoint', protocol, ...endpoint } as const
  // A mask that was given before is one of IPv4.
  return ok(familyOf(endpoint.address) === 4 ? { service } : { service, family: 6, netmask: undefined })
}

async function readNetmask(text: string, family: 4 | 6, names: Names): Promise<Reading> {
  if (family === 6) return number(text, 1, 128, 'illegal ipv6 netmask specified', (netmask) => ({ netmask }))
  const netmask = await readHost(text, names)
  return netmask === undefined ? wrong('illegal virtual server persistent mask specified') : ok({ netmask })
}

function number(text: string, low: number, high: number, complaint: string, to: (value: number) => Partial<Values>): Reading {
  const value = wholeNumber(text, low, high)
  return value === undefined ? wrong(complaint) : ok(to(value))
}

const wrong = (message: string): Reading => fail(refuse(message))

/** What the kernel knows the service by; undefined if none is named. */
export function keyOf({ service, family }: Values): ServiceKey | undefined {
  if (service === undefined) return undefined
  if (service.kind === 'mark') return { kind: 'fwmark', fwmark: service.mark, family }
  return { kind: 'address', protocol: service.protocol, address: service.address, port: service.port ?? 0 }
}
