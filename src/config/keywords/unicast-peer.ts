import { type Family, familyOf, type IpAddress } from '../../base/ip.ts'
import type { UnicastPeer } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import { parseLooseAddress } from './loose-address.ts'
import { type LineReader, readLine, readNumber, UINT8 } from './value-line.ts'

export interface PeerContext {
  readonly instance: string
  /** What an earlier keyword fixed; undefined lets this peer fix it. */
  readonly family: Family | undefined
  readonly peers: { has(address: IpAddress): boolean }
}

/** A line of unicast_peer: `ADDR [min_ttl 0..255] [max_ttl 0..255]`. Undefined: the line is dropped. */
export function readUnicastPeer(
  words: readonly string[],
  context: Context,
  { instance, family, peers }: PeerContext,
): UnicastPeer | undefined {
  const reader = readLine(words, context)
  const word = reader.next()
  const address = word === undefined ? undefined : parseLooseAddress(word.text)
  if (word === undefined || address === undefined) {
    if (word !== undefined) {
      const message = `(${instance}) malformed unicast peer address '${word.text}'; it is skipped`
      reader.report({ code: 'peer-address', at: word, message, expected: 'a numeric address' })
    }
    return undefined
  }
  if (family !== undefined && family !== familyOf(address)) {
    const message = `(${instance}) unicast peer ${address} is not of the instance's family; it is skipped`
    reader.report({ code: 'peer-family', at: word, message, expected: `an IPv${family} address` })
    return undefined
  }
  if (peers.has(address)) {
    reader.report({
      code: 'peer-duplicate',
      at: word,
      message: `(${instance}) ${address} - duplicate unicast_peer`,
      expected: 'each peer once',
    })
    return undefined
  }
  const limits = readLimits(reader, `(${instance}) ${address}`)
  if (limits.minTtl > limits.maxTtl) {
    const message = `(${instance}) min_ttl ${limits.minTtl} > max_ttl ${limits.maxTtl} - all packets will be discarded`
    reader.report({ code: 'peer-ttl', at: word, message, expected: 'min_ttl not above max_ttl' })
  }
  return { address, ...limits }
}

// An option that cannot be read costs the rest of the line, not the peer.
function readLimits(reader: LineReader, name: string): Pick<UnicastPeer, 'minTtl' | 'maxTtl'> {
  const limits = { minTtl: 0, maxTtl: 255 }
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    const value = reader.next()
    if (value === undefined) {
      const message = `${name} - ${option.text} is missing a value`
      reader.report({ code: 'peer-option', at: option, message, expected: '[min_ttl 0..255] [max_ttl 0..255]' })
    } else if (option.text === 'min_ttl') limits.minTtl = readNumber(reader, value, UINT8, 'min_ttl') ?? limits.minTtl
    else if (option.text === 'max_ttl') limits.maxTtl = readNumber(reader, value, UINT8, 'max_ttl') ?? limits.maxTtl
    else {
      const message = `${name} - unknown unicast_peer option ${option.text}; it is ignored`
      reader.report({ code: 'peer-option', at: option, message, expected: 'min_ttl or max_ttl' })
    }
  }
  return limits
}
