import type { Forwarding } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import { describeFault, parseWhole } from '../numbers.ts'
import type { Statement } from '../tree.ts'

export const FORWARDING_GRAMMAR = 'NAT | DR | TUN [type ipip|gue|gre] [port <uint 1..65535>] [nocsum|csum|remcsum]'

type Tunnel = Extract<Forwarding, { method: 'TUN' }>

/** The words of lvs_method (capitals only) and its tunnel options; undefined after a report, and the line is ignored. */
export function readForwarding(statement: Statement, context: Context): Forwarding | undefined {
  const method = context.word(statement, 1)
  if (method === undefined) return undefined
  if (method !== 'NAT' && method !== 'DR' && method !== 'TUN') {
    context.report(
      'general',
      'forwarding-method',
      `${statement.keyword} '${method}' is unknown; the line is ignored`,
      'NAT, DR or TUN, in capitals',
      1,
    )
    return undefined
  }
  if (method === 'TUN') return readTunnel(statement, context)
  const [extra] = statement.words.slice(2)
  if (extra === undefined) return { method }
  context.report('general', 'tunnel-option', `${statement.keyword} ${method} takes no option '${extra}'`, 'nothing after the method', 2)
  return { method }
}

function readTunnel({ keyword, words }: Statement, context: Context): Forwarding | undefined {
  const tunnel: { type: Tunnel['type']; port: number; checksum: Tunnel['checksum'] } = { type: 'ipip', port: 0, checksum: 'nocsum' }
  for (let i = 2; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === 'nocsum' || word === 'csum' || word === 'remcsum') tunnel.checksum = word
    else if (word === 'type' || word === 'port') {
      const value = words[++i]
      if (value === undefined) {
        context.report('general', 'tunnel-option', `${keyword}: ${word} has no value; the line is ignored`, FORWARDING_GRAMMAR, i - 1)
        return undefined
      }
      if (!(word === 'type' ? readType(tunnel, value, i, context) : readPort(tunnel, value, i, context))) return undefined
    } else {
      context.report('general', 'tunnel-option', `${keyword}: unknown tunnel option '${word}'; the line is ignored`, FORWARDING_GRAMMAR, i)
      return undefined
    }
  }
  if ((tunnel.type === 'gue') === (tunnel.port !== 0)) return { method: 'TUN', ...tunnel }
  context.report(
    'general',
    'tunnel-port',
    `${keyword}: gue tunnels require port, others have none; the line is ignored`,
    FORWARDING_GRAMMAR,
    2,
  )
  return undefined
}

function readType(tunnel: { type: Tunnel['type'] }, word: string, index: number, context: Context): boolean {
  if (word === 'ipip' || word === 'gue' || word === 'gre') {
    tunnel.type = word
    return true
  }
  context.report('general', 'tunnel-type', `unknown tunnel type '${word}'; the line is ignored`, 'ipip, gue or gre', index)
  return false
}

function readPort(tunnel: { port: number }, word: string, index: number, context: Context): boolean {
  const port = parseWhole(word, { min: 1, max: 65_535 })
  if (port.kind === 'number') tunnel.port = port.value
  else
    context.report('general', 'tunnel-port', `tunnel port '${word}' ${describeFault(port.fault)}; the line is ignored`, '1..65535', index)
  return port.kind === 'number'
}
