import type { ServiceKey } from '../../core/check/config.ts'
import type { Operation } from '../../core/reconcile/kinds.ts'
import { serviceKeyText } from '../../core/reconcile/kinds.ts'
import type { IpvsTable } from '../../drivers/ipvs-table.ts'
import { EIO, ENOPROTOOPT, EPERM } from '../../netlink/constants.ts'
import type { DestinationEntry } from '../../netlink/ipvs.ts'
import type { SyncDaemon } from '../../netlink/ipvs-daemon.ts'
import { readCommand } from './command.ts'
import { complaint } from './complaints.ts'
import { connectionListing, readConnections } from './connections.ts'
import { nameLabel, numericLabel } from './labels.ts'
import { type Listed, listing, versionLine } from './listing.ts'
import type { Names } from './names.ts'
import { type IpvsRequest, lost, type Refusal } from './request.ts'
import { saving } from './saving.ts'
import { compareServers, compareServices, sortAs } from './sorting.ts'
import { usage, VERSION_LINE } from './usage.ts'

/** What the command needs of the world. */
export interface IpvsWorld {
  readonly table: IpvsTable
  readonly names: Names
  /** Asks for the module; whether it came is seen afterwards. */
  loadModule(): void
  /** /proc/net/ip_vs_conn; undefined if it cannot be read. */
  connections(): string | undefined
  /** Standard input, for `-R`. */
  input(): string
  print(text: string): void
  complain(text: string): void
}

/** What ipvsadm ends with: 1 what was asked for is not there, 2 it cannot be meant, 255 refused by the kernel or not understood. */
export type IpvsStatus = 0 | 1 | 2 | 255

/** ipvsadm's work, its words and its exit status. `program` is how it calls itself. */
export async function runIpvs(program: string, words: readonly string[], world: IpvsWorld): Promise<IpvsStatus> {
  const errno = isQuestion(words) ? 0 : begin(world)
  if (errno !== 0) {
    world.complain(`Can't initialize ipvs: ${complaint(undefined, errno)}\n`)
    world.complain('Are you sure that IP Virtual Server is built in the kernel or as module?\n')
    return 2
  }
  return runLine(program, words, world)
}

/** Help and version can be had where there is no ip_vs. */
function isQuestion([first = '']: readonly string[]): boolean {
  return ['-h', '--help', '-v', '--version'].includes(first)
}

/** 0, or why the kernel's ip_vs cannot be had. */
function begin({ table, loadModule }: IpvsWorld): number {
  const first = table.info()
  if (first.ok) return 0
  if (first.error.errno === ENOPROTOOPT) loadModule()
  const second = table.info()
  if (second.ok) return 0
  // To others than root the kernel does not say what it has.
  return second.error.errno === ENOPROTOOPT && process.geteuid?.() !== 0 ? EPERM : second.error.errno
}

async function runLine(program: string, words: readonly string[], world: IpvsWorld): Promise<IpvsStatus> {
  const read = await readCommand(words, program, world.names)
  return read.ok ? perform(program, read.value, world) : refused(read.error, world)
}

function refused({ message, status }: Refusal, world: IpvsWorld): IpvsStatus {
  world.complain(`${message}\n`)
  return status
}

async function perform(program: string, request: IpvsRequest, world: IpvsWorld): Promise<IpvsStatus> {
  switch (request.kind) {
    case 'help':
      world.print(usage(program))
      return 0
    case 'version':
      world.print(`${VERSION_LINE}\n`)
      return 0
    case 'restore':
      return restore(program, world)
    case 'list':
    case 'save':
      return show(request, world)
    case 'list-connections':
      return showConnections(request, world)
    case 'list-timeouts':
      return showTimeouts(world)
    case 'list-daemons':
      for (const daemon of world.table.daemons() ?? []) world.print(`${daemonLine(daemon)}\n`)
      return 0
    default: {
      const errno = change(request, world.table)
      if (errno === 0) return 0
      world.complain(`${complaint(request.kind, errno)}\n`)
      return 255
    }
  }
}

type Change = Exclude<
  IpvsRequest,
  { readonly kind: 'help' | 'version' | 'restore' | 'save' | 'list' | 'list-connections' | 'list-timeouts' | 'list-daemons' }
>

/** 0, or the errno. */
function change(request: Change, table: IpvsTable): number {
  const apply = (operation: Operation): number => table.apply([operation])[0]?.errno ?? EIO
  switch (request.kind) {
    case 'add-service':
      return apply({ kind: 'add', object: request.service })
    case 'edit-service':
      return apply({ kind: 'replace', object: request.service })
    case 'delete-service':
      return table.deleteService(request.key).errno
    case 'add-server':
      return apply({ kind: 'add', object: request.destination })
    case 'edit-server':
      return apply({ kind: 'replace', object: request.destination })
    case 'delete-server':
      return apply({ kind: 'remove', object: request.destination })
    case 'flush':
      return apply({ kind: 'flush-services' })
    case 'zero':
      return table.zero(request.key).errno
    case 'set':
      return table.setTimeouts(request.timeouts).errno
    case 'start-daemon':
      return table.startDaemon(request.daemon).errno
    case 'stop-daemon':
      return table.stopDaemon(request.state).errno
  }
}

/** Line by line: what the kernel refuses is said and the rest is done; a line that is not understood is the last. */
async function restore(program: string, world: IpvsWorld): Promise<IpvsStatus> {
  let status: IpvsStatus = 0
  for (const line of world.input().split('\n')) {
    const words = line.split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) continue
    const read = await readCommand(words, program, world.names)
    if (!read.ok) return refused(read.error, world)
    if (read.value.kind === 'restore') return refused(lost(program), world)
    status = await perform(program, read.value, world)
    if (read.value.kind === 'help' || read.value.kind === 'version') return status
  }
  return status
}

async function show(request: Extract<IpvsRequest, { readonly kind: 'list' | 'save' }>, world: IpvsWorld): Promise<IpvsStatus> {
  const { table } = world
  const key = request.kind === 'list' ? request.key : undefined
  const style = request.kind === 'list' ? request.style : { numeric: request.numeric, sorted: true, exact: false }
  const label = style.numeric ? numericLabel : nameLabel(world.names)
  const read = readTable(table, key, style.sorted)
  if (typeof read === 'number') {
    world.complain(`${complaint('list', read)}\n`)
    return 1
  }
  if (request.kind === 'save') {
    world.print(await saving(read, label))
    return 0
  }
  const info = table.info()
  if (key === undefined && info.ok) world.print(versionLine(info.value))
  world.print(await listing(read, { show: request.show, exact: style.exact, label }))
  return 0
}

/** One service or all, with their servers; a number is an errno. */
function readTable(table: IpvsTable, key: ServiceKey | undefined, sorted: boolean): readonly Listed[] | number {
  const one = key === undefined ? undefined : table.serviceEntry(key)
  if (one?.ok === false) return one.error.errno
  const entries = one === undefined ? table.serviceEntries() : [one.value]
  const servers = table.destinationEntries()
  if (entries === undefined || servers === undefined) return EIO
  const of = new Map<string, DestinationEntry[]>(entries.map(({ service }) => [serviceKeyText(service.key), []]))
  for (const server of servers) of.get(serviceKeyText(server.destination.service))?.push(server)
  const listed = entries.map((entry) => {
    const some = of.get(serviceKeyText(entry.service.key)) ?? []
    return { entry, servers: sorted ? sortAs(some, (a, b) => compareServers(a.destination, b.destination)) : some }
  })
  return sorted ? sortAs(listed, (a, b) => compareServices(a.entry.service.key, b.entry.service.key)) : listed
}

async function showConnections(
  { style, engine }: Extract<IpvsRequest, { readonly kind: 'list-connections' }>,
  world: IpvsWorld,
): Promise<IpvsStatus> {
  const text = world.connections()
  if (text === undefined) {
    world.complain('cannot open file /proc/net/ip_vs_conn\n')
    return 1
  }
  const label = style.numeric ? numericLabel : nameLabel(world.names)
  world.print(await connectionListing(readConnections(text), label, engine))
  return 0
}

function showTimeouts({ table, print, complain }: IpvsWorld): IpvsStatus {
  const timeouts = table.timeouts()
  if (!timeouts.ok) {
    complain(`${complaint('list-timeouts', timeouts.error.errno)}\n`)
    return 1
  }
  const { tcp, tcpFin, udp } = timeouts.value
  print(`Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`)
  return 0
}

function daemonLine(daemon: SyncDaemon): string {
  const { state, syncId, maxLength, group, port, ttl } = daemon
  const facts = { mcast: daemon.interface, syncid: syncId, maxlen: maxLength, group, port, ttl }
  const said = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  return `${state} sync daemon (${said.join(', ')})`
}
