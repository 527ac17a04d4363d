import type { DecodeError, VrrpSocket } from 'dgram-vrrp'
import {
  type Advertisement,
  type AuthenticationHeader,
  type Decoded,
  decodeAuthenticationHeader,
  decodeIpv4,
  encodeSealedIpv4,
  isAuthentic,
} from 'dgram-vrrp/codec'
import { createSegment } from 'dgram-vrrp/testing'
import { describe, expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

const secret = new TextEncoder().encode('secret')
const message = hex('21', '33', '64', '01', '02', '01', 'b6bf', 'c000020a', '0000000000000000')
const way = { source: '192.0.2.1', destination: '224.0.0.18', id: 1 }

function header(datagram: Uint8Array): AuthenticationHeader {
  const ip = decodeIpv4(datagram)
  const decoded = ip.ok ? decodeAuthenticationHeader(datagram, ip.value.header) : undefined
  if (!decoded?.ok) throw new Error(JSON.stringify(decoded))
  return decoded.value.header
}

describe('AUT-07 the authentication header in keepalived’s variant', () => {
  const multicast = ['45', 'c0', '0040', '0001', '0000', 'ff', '33', '18b6', 'c0000201', 'e0000012']
  const unicast = ['45', 'c0', '0040', '0001', '0000', 'ff', '33', '36c6', 'c0000201', 'c0000202']
  /** Next header, payload length, reserved, SPI, sequence. */
  const fields = ['70', '04', '0000', 'c0000201', '00000001']

  test('V10 multicast: the TTL is in the sum', () => {
    const bytes = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    expect(toHex(bytes)).toBe(toHex(hex(...multicast, ...fields, '99d6c8a2f327cb278f5b2c14', toHex(message))))
  })

  test('V10 unicast: it is not', () => {
    const bytes = encodeSealedIpv4({ ...way, destination: '192.0.2.2' }, message, { password: secret, sequence: 1 })
    expect(toHex(bytes)).toBe(toHex(hex(...unicast, ...fields, 'd96ba68f62f0e173d6279a39', toHex(message))))
  })

  test('a router on the way may change TOS, fragment field and header checksum, and in unicast the TTL', () => {
    const sealed = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    for (const at of [1, 6, 7, 10, 11]) expect(isAuthentic(header(sealed.with(at, 0x7f)), secret), `byte ${at}`).toBe(true)
    expect(isAuthentic(header(sealed.with(8, 254)), secret)).toBe(false)
    const direct = encodeSealedIpv4({ ...way, destination: '192.0.2.2' }, message, { password: secret, sequence: 1 })
    expect(isAuthentic(header(direct.with(8, 63)), secret)).toBe(true)
  })

  test('nobody may change any other byte, the id included', () => {
    const sealed = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    const free = new Set([1, 6, 7, 10, 11])
    // Version, lengths, protocol and next header say that it is such a datagram at all.
    const layout = new Set([0, 2, 3, 9, 20, 21])
    for (const at of sealed.keys()) {
      if (free.has(at) || layout.has(at)) continue
      expect(isAuthentic(header(sealed.with(at, (sealed[at] ?? 0) ^ 1)), secret), `byte ${at}`).toBe(false)
    }
  })

  test.each(['secre', 'secret!', 'Secret', ''])('the password %j is not secret', (password) => {
    const sealed = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    expect(isAuthentic(header(sealed), new TextEncoder().encode(password))).toBe(false)
  })

  test('AUT-01 eight bytes of the password count', () => {
    const sealed = encodeSealedIpv4(way, message, { password: new TextEncoder().encode('secretlongpw'), sequence: 1 })
    expect(isAuthentic(header(sealed), new TextEncoder().encode('secretlo'))).toBe(true)
  })

  test('IPv4 options are in the sum, and what the link appended is not', () => {
    const sealed = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    expect(isAuthentic(header(Uint8Array.of(...sealed, 0, 0, 0, 0)), secret)).toBe(true)
    const withOption = Uint8Array.of(...sealed.subarray(0, 20), 1, 1, 1, 0, ...sealed.subarray(20))
      .with(0, 0x46)
      .with(3, 0x44)
    expect(header(withOption)).toMatchObject({ spi: '192.0.2.1', sequence: 1 })
    expect(isAuthentic(header(withOption), secret)).toBe(false)
  })

  test('AUT-10 another next header is of no concern to us', () => {
    const sealed = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    expect(decodeAuthenticationHeader(sealed.with(20, 6), { headerLength: 20, totalLength: sealed.length })).toBeUndefined()
    expect(decodeAuthenticationHeader(sealed, { headerLength: 20, totalLength: 20 })).toBeUndefined()
  })

  test.each([
    { name: 'a header of another length', at: (sealed: Uint8Array) => sealed.with(21, 5), totalLength: 64 },
    { name: 'a datagram that ends inside it', at: (sealed: Uint8Array) => sealed, totalLength: 43 },
  ])('$name is malformed', ({ at, totalLength }) => {
    const sealed = encodeSealedIpv4(way, message, { password: secret, sequence: 1 })
    expect(decodeAuthenticationHeader(at(sealed), { headerLength: 20, totalLength })).toMatchObject({
      ok: false,
      error: { kind: 'length' },
    })
  })
})

describe('sockets', () => {
  const advert: Advertisement = {
    version: 2,
    type: 1,
    vrid: 51,
    priority: 100,
    intervalCs: 100,
    authType: 2,
    authData: new Uint8Array(8),
    addresses: ['192.0.2.10'],
  }

  function host(socket: VrrpSocket): { socket: VrrpSocket; heard: Decoded[]; malformed: DecodeError[]; sizes: number[] } {
    const port = { socket, heard: [] as Decoded[], malformed: [] as DecodeError[], sizes: [] as number[] }
    socket.on('message', (_advert, rinfo, detail) => {
      port.heard.push(detail)
      port.sizes.push(rinfo.size)
    })
    socket.on('malformed', (error) => void port.malformed.push(error))
    socket.bind()
    socket.addMembership('224.0.0.18')
    return port
  }

  test('a sealed advert is for sockets of that type alone, and a plain one is not', () => {
    const segment = createSegment()
    const sender = segment.createSocket({ type: 'vrrp4', address: '192.0.2.1' })
    const sealed = host(segment.createSocket({ type: 'vrrp4-ah', address: '192.0.2.2' }))
    const plain = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.3' }))
    sender.bind()
    sender.send(advert, '224.0.0.18', { checksum: 'message-only', seal: { password: secret, sequence: 7 } })
    expect([sealed.socket.drain(), plain.socket.drain()]).toEqual([1, 0])
    expect(sealed.heard).toMatchObject([{ advert, strayBytes: 0, validForms: ['message-only'], authenticationHeader: { sequence: 7 } }])
    expect(sealed.sizes).toEqual([20])
    const [{ authenticationHeader } = {}] = sealed.heard
    expect(authenticationHeader && isAuthentic(authenticationHeader, secret)).toBe(true)
    sender.send(advert, '224.0.0.18')
    expect([sealed.socket.drain(), plain.socket.drain()]).toEqual([0, 1])
    expect(plain.heard[0]?.authenticationHeader).toBeUndefined()
  })
})
