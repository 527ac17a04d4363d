import { decode, decodeAuthenticationHeader, decodeIpv4, type Envelope, isAuthentic, isSigned } from 'dgram-vrrp/codec'
import { assert } from '../../../src/base/assert.ts'

export const name = 'authentication'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const password = new TextEncoder().encode('secret')
const key = Uint8Array.from({ length: 32 }, (_, at) => at)

const MESSAGE = '213364010201b6bf c000020a 0000000000000000'
const SEALED = [
  `45c0004000010000ff3318b6c0000201e0000012 70040000c000020100000001 99d6c8a2f327cb278f5b2c14 ${MESSAGE}`,
  `45c0004000010000ff3336c6c0000201c0000202 70040000c000020100000001 d96ba68f62f0e173d6279a39 ${MESSAGE}`,
].map(hex)
const SIGNED = [
  '3133c80100644402c0000264 010100006800000080000000 1b84bc4e8e43892dc6d98448f8ee2265',
  '3133c8010064a2e9 fe800000000000000000000000000100 010100006800000080000000 c8c56146ebfd66ee10ec4d8186461b78',
].map(hex)

/** V10, V11 and V12. */
export const seeds: readonly Uint8Array[] = [...SEALED, ...SIGNED]

const over4: Envelope = { family: 4, source: '198.51.100.10', destination: '224.0.0.18' }
const over6: Envelope = { family: 6, source: 'fe80::10', destination: 'fe80::20' }

/** Whatever comes off the wire: no exception, and nobody without the password or key finds what passes for authentic. */
export function run(bytes: Uint8Array): void {
  const before = Buffer.from(bytes)
  const sealed = coveredBy(bytes)
  if (sealed !== undefined)
    assert(
      SEALED.some((seed) => equal(coveredBy(seed), sealed)),
      'a forged authentication header',
    )
  for (const envelope of [over4, over6]) {
    const signed = signedBy(bytes, envelope)
    if (signed !== undefined)
      assert(
        SIGNED.some((seed) => equal(signedBy(seed, envelope), signed)),
        'a forged signature',
      )
  }
  assert(before.equals(bytes), 'verifying leaves its input alone')
}

/** Whether anything here is authentic. */
export const passes = (bytes: Uint8Array): boolean =>
  coveredBy(bytes) !== undefined || signedBy(bytes, over4) !== undefined || signedBy(bytes, over6) !== undefined

/** What an authentic header vouches for. */
function coveredBy(bytes: Uint8Array): Uint8Array | undefined {
  const ip = decodeIpv4(bytes)
  const opened = ip.ok ? decodeAuthenticationHeader(bytes, ip.value.header) : undefined
  if (!ip.ok || !opened?.ok) return undefined
  const { header, payload } = opened.value
  assert(header.covered.length === ip.value.header.totalLength, 'all of the datagram is covered')
  assert(payload.length + 24 + ip.value.header.headerLength === ip.value.header.totalLength, 'the payload is what the headers leave')
  return isAuthentic(header, password) ? header.covered : undefined
}

function signedBy(bytes: Uint8Array, envelope: Envelope): Uint8Array | undefined {
  const decoded = decode(bytes, envelope)
  const trailer = decoded.ok ? decoded.value.trailer : undefined
  return trailer !== undefined && isSigned(trailer, key) ? trailer.signed : undefined
}

const equal = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.from(a).equals(b)
