import { formatPrefix } from '../../base/ip.ts'
import { DEFAULT_FILE, readConfiguration } from '../configuration.ts'
import { dutiesOf } from './duties.ts'
import { HostNetwork, ownAddresses } from './host.ts'
import { type Change, LEDGER_FILE, readLedger, writeLedger } from './ledger.ts'
import { commandOf, type Measure, measuresFor, suffices } from './measures.ts'

const USAGE = `usage: vipkeeper realserver up|check [--conf FILE] [--config-id ID]     FILE: the director's keepalived.conf
       vipkeeper realserver down
Makes this host a real server for LVS-DR and LVS-TUN: the virtual addresses, silence about them, the tunnel's device. What it changed is
kept in ${LEDGER_FILE}, and down undoes that and nothing else.
Status: 0 all is as it should be; 1 it is not, or could not be done; 2 no such command, or a file that cannot be used.
`

export type RealServerStatus = 0 | 1 | 2

export interface Output {
  print(text: string): void
  complain(text: string): void
}

/** `vipkeeper realserver …` */
export function runRealServer(words: readonly string[], { print, complain }: Output, ledgerFile = LEDGER_FILE): RealServerStatus {
  const [command, ...options] = words
  if (command === '--help' || command === '-h') {
    print(USAGE)
    return 0
  }
  const asked = readOptions(options)
  if ((command !== 'up' && command !== 'down' && command !== 'check') || asked === undefined) {
    complain(USAGE)
    return 2
  }
  const changes = readLedger(ledgerFile)
  if (changes === undefined) {
    complain(`${ledgerFile} cannot be read: what was changed here is not known\n`)
    return 1
  }
  const network = new HostNetwork()
  if (command === 'down') return undo(changes, network, { print, complain }, ledgerFile)
  const config = readConfiguration(asked.file, 'another', asked.id)
  if (!config.ok) {
    complain(config.error)
    return 2
  }
  const duties = dutiesOf(config.value, ownAddresses(network))
  if (duties.length === 0) {
    complain(`${asked.file} has no real_server with an address of this host and lvs_method DR or TUN: nothing to do\n`)
    return 1
  }
  const measures = measuresFor(duties, network.setting('net/ipv4/conf/all/rp_filter') === '1')
  return command === 'check' ? check(measures, network, print) : perform(measures, changes, network, { print, complain }, ledgerFile)
}

function readOptions(words: readonly string[]): { readonly file: string; readonly id: string | undefined } | undefined {
  let [file, id]: [string, string | undefined] = [DEFAULT_FILE, undefined]
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1]
    if (value === undefined) return undefined
    if (words[i] === '--conf' || words[i] === '-f') file = value
    else if (words[i] === '--config-id' || words[i] === '-i') id = value
    else return undefined
  }
  return { file, id }
}

function isDone(measure: Measure, network: HostNetwork): boolean {
  switch (measure.kind) {
    case 'setting': {
      const now = network.setting(measure.path)
      return now !== undefined && suffices(measure, now)
    }
    case 'link':
      return network.link(measure.interface)?.up === true
    case 'address':
      return network.has(measure.interface, measure.prefix)
  }
}

function check(measures: readonly Measure[], network: HostNetwork, print: Output['print']): RealServerStatus {
  let status: RealServerStatus = 0
  for (const measure of measures) {
    const done = isDone(measure, network)
    if (!done) status = 1
    print(`${done ? 'ok      ' : 'missing '} ${nameOf(measure)}${done ? '' : `    mend: ${commandOf(measure)}`}\n`)
  }
  return status
}

/** Each change is written down before it is made: what a power cut leaves half done can be undone too. */
function perform(
  measures: readonly Measure[],
  before: readonly Change[],
  network: HostNetwork,
  { print, complain }: Output,
  ledgerFile: string,
): RealServerStatus {
  let changes = before
  let status: RealServerStatus = 0
  for (const measure of measures) {
    if (isDone(measure, network)) continue
    const change = changeFor(measure, network)
    const kept = changes.find((one) => keyOf(one) === keyOf(change))
    // What was there before our first change is what counts.
    if (kept === undefined) changes = [...changes, change]
    writeLedger(ledgerFile, changes)
    const trouble = make(change, network)
    if (trouble === undefined) {
      print(`done     ${nameOf(measure)}\n`)
      continue
    }
    status = 1
    if (kept === undefined) changes = changes.slice(0, -1)
    writeLedger(ledgerFile, changes)
    complain(`failed   ${nameOf(measure)}: ${trouble}\n`)
    // An address without silence about it takes the service away from the director.
    if (measure.kind !== 'address') return status
  }
  if (status === 0) print('this host is ready\n')
  return status
}

function changeFor(measure: Measure, network: HostNetwork): Change {
  if (measure.kind !== 'setting') return measure
  return { kind: 'setting', path: measure.path, before: network.setting(measure.path) ?? '', after: measure.value }
}

function make(change: Change, network: HostNetwork): string | undefined {
  switch (change.kind) {
    case 'setting':
      return network.changeSetting(change.path, change.after)
    case 'link':
      return network.changeLink(change.interface, true)
    case 'address':
      return network.changeAddress('add', change.interface, change.prefix)
  }
}

/** In reverse: the addresses go first. What somebody else has changed since is theirs. */
function undo(changes: readonly Change[], network: HostNetwork, { print, complain }: Output, ledgerFile: string): RealServerStatus {
  const left: Change[] = []
  for (const change of changes.toReversed()) {
    const trouble = unmake(change, network)
    if (trouble === undefined) print(`undone   ${nameOf(change)}\n`)
    else if (trouble === 'changed') print(`left     ${nameOf(change)}: somebody has changed it since\n`)
    else {
      complain(`failed   ${nameOf(change)}: ${trouble}\n`)
      left.unshift(change)
    }
  }
  writeLedger(ledgerFile, left)
  if (changes.length === 0) print('nothing was changed here\n')
  return left.length === 0 ? 0 : 1
}

function unmake(change: Change, network: HostNetwork): string | undefined {
  switch (change.kind) {
    case 'setting':
      return network.setting(change.path) === change.after ? network.changeSetting(change.path, change.before) : 'changed'
    case 'link':
      return network.link(change.interface)?.up === true ? network.changeLink(change.interface, false) : 'changed'
    case 'address':
      return network.has(change.interface, change.prefix) ? network.changeAddress('remove', change.interface, change.prefix) : 'changed'
  }
}

function keyOf(change: Change): string {
  return change.kind === 'setting'
    ? change.path
    : change.kind === 'link'
      ? change.interface
      : `${change.interface} ${change.prefix.address}`
}

function nameOf(one: Measure | Change): string {
  switch (one.kind) {
    case 'setting':
      return `${one.path.replaceAll('/', '.')} = ${'value' in one ? one.value : one.before}`
    case 'link':
      return `${one.interface} up`
    case 'address':
      return `${formatPrefix(one.prefix)} on ${one.interface}`
  }
}
