import { bitsOf, type IpAddress, ipFromBytes } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import { describeFault, parseCNumber, parseWhole } from '../numbers.ts'
import type { Statement } from '../tree.ts'
import { parseLooseAddress } from './loose-address.ts'
import { UINT32 } from './value-line.ts'
import type { ServiceDraft, VirtualServerDraft } from './virtual-server.ts'

export function readService(statement: Statement, context: Context): ServiceDraft | undefined {
  const first = context.word(statement, 1)
  if (first === 'group' || first === 'fwmark') return readNamedService(statement, context, first)
  if (first === undefined) return undefined
  const address = parseLooseAddress(first)
  const port = readPort(statement.words[2], context, 'port of the service')
  if (address !== undefined && port !== undefined) return { kind: 'address', address, port }
  const message = `Invalid virtual server IP address/port ${statement.words.slice(1, 3).join('/')} - skipping`
  context.report('general', 'service', message, 'a numeric address and a port', address === undefined ? 1 : 2)
  return undefined
}

// keepalived 2.4.3 crashes where the word behind is missing.
function readNamedService({ words }: Statement, context: Context, kind: 'group' | 'fwmark'): ServiceDraft | undefined {
  const word = words[2]
  if (word === undefined) {
    context.report(
      'general',
      'service',
      `virtual_server ${kind} has no ${kind === 'group' ? 'name' : 'number'}; it is skipped`,
      `virtual_server ${kind} ...`,
      1,
    )
    return undefined
  }
  if (kind === 'group') return { kind, group: word }
  const fwmark = parseWhole(word, UINT32)
  if (fwmark.kind === 'number') return { kind, fwmark: fwmark.value }
  context.report(
    'general',
    'service',
    `virtual server fwmark '${word}' ${describeFault(fwmark.fault)}; it is skipped`,
    '0..4294967295, decimal',
    2,
  )
  return undefined
}

/** Zeros and nothing are 0: all ports, or the service's. Undefined after a report. */
export function readPort(word: string | undefined, context: Context, what: string): number | undefined {
  if (word === undefined || /^0+$/.test(word)) return 0
  const port = parseWhole(word, { min: 1, max: 65_535 })
  if (port.kind === 'number') return port.value
  context.report('invalid-number', 'port', `${what}: '${word}' ${describeFault(port.fault)}`, '1..65535', 2)
  return undefined
}

export function readFamily(draft: VirtualServerDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  if (word === undefined) return
  const family = word === 'inet' ? 4 : word === 'inet6' ? 6 : undefined
  if (family === undefined) {
    context.report('general', 'ip-family', `unknown address family ${word}`, 'inet or inet6', 1)
    return
  }
  if (draft.family === undefined || draft.family === family) draft.family = family
  else
    context.report(
      'general',
      'ip-family',
      `Virtual server specified family ${word} conflicts with server family`,
      draft.family === 4 ? 'inet' : 'inet6',
      1,
    )
}

export function readGranularity(draft: VirtualServerDraft, statement: Statement, context: Context): void {
  const word = context.word(statement, 1)
  if (word === undefined) return
  const family = draft.family ?? (word.includes('.') ? 4 : 6)
  const value = family === 4 ? parseNetmask(word) : readPrefix(word)
  if (value === undefined) {
    const expected = family === 4 ? 'an IPv4 netmask' : `1..${bitsOf(6)}`
    context.report('general', 'granularity', `Invalid IPv${family} persistence_granularity specified - ${word}`, expected, 1)
    return
  }
  draft.family = family
  draft.persistence_granularity = value
}

function readPrefix(word: string): number | undefined {
  const length = parseWhole(word, { min: 1, max: bitsOf(6) })
  return length.kind === 'number' ? length.value : undefined
}

// As inet_aton(3): fewer than four parts, and C syntax, so that `24` is 0.0.0.24.
function parseNetmask(word: string): IpAddress | undefined {
  const parts = word.split('.')
  const last = parts.length - 1
  if (last > 3) return undefined
  let value = 0
  for (const [i, part] of parts.entries()) {
    const number = parseCNumber(part, { min: 0, max: i < last ? 255 : 256 ** (4 - last) - 1 })
    if (number.kind === 'fault') return undefined
    value += i < last ? number.value * 256 ** (3 - i) : number.value
  }
  return ipFromBytes(Uint8Array.of(value / 0x100_0000, value / 0x1_0000, value / 0x100, value))
}
