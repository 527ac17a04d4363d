import type { Forwarding } from '../../core/check/config.ts'
import type { Context } from '../context.ts'
import { describeFault, parseWhole } from '../numbers.ts'
import type { Statement } from '../tree.ts'

export const FORWARDING_GRAMMAR = 'NAT | DR | TUN [type ipip|gue|gre] [port <uint 1..65535>] [nocsum|csum|remcsum]'

type Tunnel = Extract<Forwarding, { method: 'TUN' }>

const PLAIN_TUNNEL: Tunnel = { method: 'TUN', type: 'ipip', port: 0, checksum: 'nocsum' }

/** The words of lvs_method (capitals only); undefined after a report. A fault in the tunnel's options leaves a plain tunnel. */
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
  if (method === 'TUN') return readTunnel(statement, context) ?? PLAIN_TUNNEL
  const extra = statement.words[2]
  if (extra !== undefined) {
    context.report('general', 'tunnel-option', `${statement.keyword} ${method} takes no option '${extra}'`, 'nothing after the method', 2)
  }
  return { method }
}

function readTunnel({ keyword, words }: Statement, context: Context): Tunnel | undefined {
  const tunnel: { type: Tunnel['type']; port: number; checksum: Tunnel['checksum'] } = { type: 'ipip', port: 0, checksum: 'nocsum' }
  const refuse = (message: string, index: number): undefined => {
    context.report('general', 'tunnel-option', `${keyword}: ${message}; a plain ipip tunnel is used`, FORWARDING_GRAMMAR, index)
    return undefined
  }
  for (let i = 2; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === 'nocsum' || word === 'csum' || word === 'remcsum') tunnel.checksum = word
    else if (word === 'type' || word === 'port') {
      const value = words[++i]
      if (value === undefined) return refuse(`${word} has no value`, i - 1)
      if (!(word === 'type' ? readType(tunnel, value, i, context) : readPort(tunnel, value, i, context))) return undefined
    } else return refuse(`unknown tunnel option '${word}'`, i)
  }
  if ((tunnel.type === 'gue') !== (tunnel.port !== 0)) return refuse('gue tunnels require port, otherwise cannot have port', 2)
  if (tunnel.type === 'ipip' && tunnel.checksum !== 'nocsum') return refuse('ipip tunnels do not support checksum option', 2)
  if (tunnel.type === 'gre' && tunnel.checksum === 'remcsum') return refuse('gre tunnels do not support remote checksum option', 2)
  return { method: 'TUN', ...tunnel }
}

function readType(tunnel: { type: Tunnel['type'] }, word: string, index: number, context: Context): boolean {
  if (word === 'ipip' || word === 'gue' || word === 'gre') {
    tunnel.type = word
    return true
  }
  context.report('general', 'tunnel-type', `unknown tunnel type '${word}'; a plain ipip tunnel is used`, 'ipip, gue or gre', index)
  return false
}

function readPort(tunnel: { port: number }, word: string, index: number, context: Context): boolean {
  const port = parseWhole(word, { min: 1, max: 65_535 })
  if (port.kind === 'number') tunnel.port = port.value
  else
    context.report(
      'general',
      'tunnel-port',
      `tunnel port '${word}' ${describeFault(port.fault)}; a plain ipip tunnel is used`,
      '1..65535',
      index,
    )
  return port.kind === 'number'
}
