import {
  type Advertisement,
  compareStamps,
  type Decoded,
  decode,
  encode,
  isSigned,
  nextStamp,
  type Stamp,
  stampMillis,
} from 'dgram-vrrp/codec'
import { createSegment } from 'dgram-vrrp/testing'
import { describe, expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

const key = Uint8Array.from({ length: 32 }, (_, at) => at)
const stamp: Stamp = { seconds: 0x68000000, fraction: 0x8000, counter: 0 }
const signature = { keyId: 1, key, stamp }
const advert: Advertisement = {
  version: 3,
  type: 1,
  vrid: 51,
  priority: 200,
  intervalCs: 100,
  authType: 0,
  authData: new Uint8Array(0),
  addresses: ['192.0.2.100'],
}
const over4 = { family: 4, source: '198.51.100.10', destination: '224.0.0.18' } as const
const over6 = { family: 6, source: 'fe80::10', destination: 'fe80::20' } as const
const advert6: Advertisement = { ...advert, addresses: ['fe80::100'] }

function decoded(bytes: Uint8Array, envelope: typeof over4 | typeof over6 = over6): Decoded {
  const result = decode(bytes, envelope)
  if (!result.ok) throw new Error(result.error.detail)
  return result.value
}

describe('a signature behind the message (draft-cassen-vrrp-auth-hmac)', () => {
  /** Type, key, reserved, seconds, fraction, counter. */
  const trailer = ['01', '01', '0000', '68000000', '8000', '0000']

  test('V11 CKS-09 over IPv4 the checksum ends before it', () => {
    const bytes = encode(advert, { ...over4, checksum: 'message-only', signature })
    const message = ['31', '33', 'c8', '01', '0064', '4402', 'c0000264']
    expect(toHex(bytes)).toBe(toHex(hex(...message, ...trailer, '1b84bc4e8e43892dc6d98448f8ee2265')))
    expect(decoded(bytes, over4)).toMatchObject({ validForms: ['message-only'], strayBytes: 28, trailer: { keyId: 1, stamp } })
  })

  test('V12 CKS-09 over IPv6 the checksum covers it', () => {
    const bytes = encode(advert6, { ...over6, checksum: 'pseudo-header', signature })
    const message = ['31', '33', 'c8', '01', '0064', 'a2e9', 'fe800000000000000000000000000100']
    expect(toHex(bytes)).toBe(toHex(hex(...message, ...trailer, 'c8c56146ebfd66ee10ec4d8186461b78')))
    expect(decoded(bytes)).toMatchObject({ validForms: ['pseudo-header'], strayBytes: 28 })
  })

  test('version 2 is signed with its authentication data, and all copies of an advert carry the same tag', () => {
    const v2: Advertisement = { ...advert, version: 2, authData: new Uint8Array(8) }
    const [a, b] = ['224.0.0.18', '192.0.2.2'].map((destination) =>
      encode(v2, { ...over4, destination, checksum: 'message-only', signature }),
    )
    expect(toHex(a!)).toBe(toHex(b!))
    expect(a).toHaveLength(20 + 28)
    const opened = decoded(a!, over4)
    expect(opened.trailer && isSigned(opened.trailer, key)).toBe(true)
  })

  const whole = encode(advert6, { ...over6, checksum: 'pseudo-header', signature })

  test.each([
    { field: 'priority', at: 2 },
    { field: 'interval', at: 5 },
    { field: 'reserved bits before the interval', at: 4 },
    { field: 'VIP', at: 23 },
    { field: 'seconds', at: 31 },
    { field: 'fraction', at: 33 },
    { field: 'counter', at: 35 },
    { field: 'tag', at: 36 },
    { field: 'tag', at: 51 },
    { field: 'extension type', at: 24 },
    { field: 'reserved', at: 26 },
    { field: 'key id', at: 25 },
  ])('AUT-15 a bit flipped in the $field (byte $at) breaks the tag', ({ at }) => {
    const { trailer } = decoded(whole.with(at, (whole[at] ?? 0) ^ 1))
    expect(trailer && isSigned(trailer, key)).toBe(false)
  })

  test('AUT-15 the checksum is no part of it', () => {
    const { trailer } = decoded(whole.with(6, 0x55).with(7, 0xaa))
    expect(trailer && isSigned(trailer, key)).toBe(true)
  })

  test('AUT-16 another source or VRID breaks the tag', () => {
    const elsewhere = decode(whole, { ...over6, source: 'fe80::11' })
    expect(elsewhere.ok && elsewhere.value.trailer && isSigned(elsewhere.value.trailer, key)).toBe(false)
    const { trailer } = decoded(whole.with(1, 52))
    expect(trailer && isSigned(trailer, key)).toBe(false)
  })

  test('another key, shorter, longer or of the same length, breaks the tag', () => {
    const { trailer } = decoded(whole)
    if (trailer === undefined) throw new Error('no trailer')
    for (const other of [key.with(31, 0), key.subarray(0, 31), Uint8Array.of(...key, 1)]) expect(isSigned(trailer, other)).toBe(false)
  })

  test.each([27, 29, 1])('%i bytes behind a message are no signature', (count) => {
    expect(decoded(Uint8Array.of(...whole.subarray(0, 24), ...new Uint8Array(count))).trailer).toBeUndefined()
  })

  test('a signed advert crosses a segment, also behind an authentication header', () => {
    const segment = createSegment()
    const heard: Decoded[] = []
    const ports = (['vrrp4', 'vrrp4-ah'] as const).map((type) => {
      const socket = segment.createSocket({ type, address: '192.0.2.2' })
      socket.on('message', (_advert, _rinfo, detail) => void heard.push(detail))
      socket.bind()
      return socket
    })
    const sender = segment.createSocket({ type: 'vrrp4', address: '198.51.100.10' })
    sender.bind()
    sender.send(advert, '192.0.2.2', { signature })
    sender.send(advert, '192.0.2.2', { signature, seal: { password: key, sequence: 1 } })
    for (const port of ports) port.drain()
    expect(heard.map(({ trailer }) => trailer && isSigned(trailer, key))).toEqual([true, true])
  })
})

describe('stamps', () => {
  const wall = 1_744_830_464_500

  test('tell the time of the clock', () => {
    expect(nextStamp(undefined, wall, 5_000)).toEqual(stamp)
    expect(stampMillis(stamp)).toBe(wall)
  })

  test('rise within a millisecond by the counter, and carry over', () => {
    const second = nextStamp(stamp, wall, 5_000)
    expect(second).toEqual({ ...stamp, counter: 1 })
    expect(compareStamps(second, stamp)).toBeGreaterThan(0)
    expect(nextStamp({ ...stamp, counter: 0xffff }, wall, 5_000)).toEqual({ ...stamp, fraction: 0x8001 })
    expect(nextStamp({ ...stamp, fraction: 0xffff, counter: 0xffff }, wall, 5_000)).toEqual({
      seconds: stamp.seconds + 1,
      fraction: 0,
      counter: 0,
    })
  })

  test('AUT-21 go on rising when the clock goes back a little', () => {
    expect(nextStamp(stamp, wall - 4_999, 5_000)).toEqual({ ...stamp, counter: 1 })
  })

  test('AUT-21 begin again from the clock when it goes back by more than the window', () => {
    expect(nextStamp(stamp, wall - 3_600_000, 5_000)).toEqual({ ...stamp, seconds: stamp.seconds - 3_600 })
  })

  test.each([
    [
      { seconds: 1, fraction: 0, counter: 0 },
      { seconds: 0, fraction: 9, counter: 9 },
    ],
    [
      { seconds: 0, fraction: 1, counter: 0 },
      { seconds: 0, fraction: 0, counter: 9 },
    ],
    [
      { seconds: 0, fraction: 0, counter: 1 },
      { seconds: 0, fraction: 0, counter: 0 },
    ],
  ])('are ordered by seconds, fraction, counter: %j is later than %j', (later, earlier) => {
    expect(compareStamps(later, earlier)).toBeGreaterThan(0)
    expect(compareStamps(earlier, later)).toBeLessThan(0)
    expect(compareStamps(later, later)).toBe(0)
  })
})
