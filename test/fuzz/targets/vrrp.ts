import { decode, decodeIpv4, encode } from 'dgram-vrrp/codec'
import { assert } from '../../../src/base/assert.ts'

export const name = 'vrrp'

/** Inputs that the mutations start from: an IPv4 datagram with V2, and messages of version 3 over both families. */
export const seeds: readonly Uint8Array[] = [
  '45c0002800010000ff701891c0000201e0000012213364010001b8bfc000020a0000000000000000',
  '45c0002000010000ff7018b9c0000201e000001231336401006405ccc000020a',
  '3133640200643fddfe80000000000000000000000000001020010db8000000000000000000000010',
].map((text) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex')))

/** Whatever comes off the wire: no exception, lengths that add up, and what is valid encodes to the same bytes again. */
export function run(bytes: Uint8Array): void {
  const datagram = decodeIpv4(bytes)
  if (datagram.ok) {
    const { header, payload } = datagram.value
    assert(payload.length + header.headerLength === header.totalLength, 'the payload is what the header says')
    message(payload, { family: 4, source: header.source, destination: header.destination })
  }
  message(bytes, { family: 4, source: '192.0.2.1', destination: '192.0.2.2' })
  message(bytes, { family: 6, source: 'fe80::1', destination: 'ff02::12' })
}

function message(bytes: Uint8Array, envelope: { family: 4 | 6; source: string; destination: string }): void {
  const before = Buffer.from(bytes)
  const result = decode(bytes, envelope)
  assert(before.equals(bytes), 'decoding leaves its input alone')
  if (!result.ok) return
  const { advert, validForms, strayBytes } = result.value
  assert(strayBytes >= 0 && strayBytes <= bytes.length - 8, 'stray bytes are inside the datagram')
  assert(advert.addresses.length <= 255, 'no more addresses than a byte counts')
  for (const form of validForms) {
    if (strayBytes > 0) continue
    const again = encode(advert, { ...envelope, checksum: form })
    const same = again.every((byte, i) => byte === bytes[i] || isFree(i, bytes))
    assert(same && again.length === bytes.length, `encoding again changed ${Buffer.from(bytes).toString('hex')}`)
  }
}

/**
 * Where a message may differ from its second encoding: the reserved bits of version 3 (RFC 9568 §5.2.6) and with them the checksum, of
 * which one's complement has two for zero in any case.
 */
function isFree(at: number, bytes: Uint8Array): boolean {
  const reserved = (bytes[0] ?? 0) >> 4 === 3 && ((bytes[4] ?? 0) & 0xf0) !== 0
  const twoZeros = (bytes[6] === 0xff && bytes[7] === 0xff) || (bytes[6] === 0 && bytes[7] === 0)
  return (at === 4 && reserved) || ((at === 6 || at === 7) && (reserved || twoZeros))
}
