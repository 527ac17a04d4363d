import { readdirSync, readFileSync } from 'node:fs'
import {
  type Advertisement,
  AH_PROTOCOL,
  type ChecksumForm,
  decode,
  decodeAuthenticationHeader,
  decodeIpv4,
  type Envelope,
  encode,
  encodeGratuitousArp,
  encodeIpv4,
  encodeNeighbourAdvertisement,
  encodeSealedIpv4,
  isAuthentic,
} from 'dgram-vrrp/codec'
import { describe, expect, test } from 'vitest'
import { hex, toHex } from '../../dgram-vrrp/bytes.ts'

/** What stands below the dashes of a .hex file. */
type Expected =
  | {
      readonly kind: 'advert'
      readonly source: string
      readonly destination: string
      readonly ttl: number
      readonly id?: number
      /** An authentication header in front of the message. */
      readonly seal?: { readonly password: string; readonly sequence: number }
      readonly advert: Omit<Advertisement, 'authData'> & { readonly authData: string }
      readonly validForms: readonly ChecksumForm[]
      readonly strayBytes: number
    }
  | { readonly kind: 'gratuitous-arp'; readonly address: string; readonly mac: string }
  | { readonly kind: 'neighbour-advertisement'; readonly address: string; readonly mac: string; readonly router: boolean }

interface Capture {
  readonly file: string
  readonly title: string
  readonly frame: Uint8Array
  readonly expected: Expected
}

/** A line is the bytes of a field, blanks, its name. */
function read(file: string): Capture {
  const [packet = '', value = ''] = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n---\n')
  const [title = '', ...lines] = packet.split('\n')
  const frame = hex(...lines.map((line) => line.split(/\s{2,}/)[0] ?? ''))
  return { file, title: title.replace('# ', ''), frame, expected: JSON.parse(value) as Expected }
}

const captures = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.hex'))
  .map(read)

const adverts = captures.flatMap(({ expected, ...rest }) => (expected.kind === 'advert' ? [{ ...rest, expected }] : []))

test('there are captures of every kind', () => {
  expect(adverts.map(({ expected }) => `v${expected.advert.version}/${expected.id === undefined ? 6 : 4}`)).toEqual(
    expect.arrayContaining(['v2/4', 'v2/6', 'v3/4', 'v3/6']),
  )
  expect(new Set(captures.map(({ expected }) => expected.kind)).size).toBe(3)
})

const utf8 = (text = ''): Uint8Array => new TextEncoder().encode(text)

describe('adverts of the real keepalived', () => {
  const ethernet = 14
  const header6 = 40

  test.each(adverts)('$file is decoded: $title', ({ frame, expected }) => {
    const datagram = frame.subarray(ethernet)
    const over6 = expected.id === undefined
    const envelope: Envelope = { family: over6 ? 6 : 4, source: expected.source, destination: expected.destination }
    if (!over6) {
      const ip = decodeIpv4(datagram)
      expect(ip).toMatchObject({
        ok: true,
        value: {
          header: {
            source: expected.source,
            destination: expected.destination,
            ttl: expected.ttl,
            id: expected.id,
            tos: 0xc0,
            protocol: expected.seal === undefined ? 112 : AH_PROTOCOL,
          },
        },
      })
    }
    const message = datagram.subarray(over6 ? header6 : 20 + (expected.seal === undefined ? 0 : 24))
    expect(decode(message, envelope)).toEqual({
      ok: true,
      value: {
        advert: { ...expected.advert, authData: hex(expected.advert.authData) },
        validForms: expected.validForms,
        strayBytes: expected.strayBytes,
      },
    })
  })

  test.each(adverts.filter(({ expected }) => expected.seal !== undefined))('AUT-07 $file is authentic', ({ frame, expected }) => {
    const datagram = frame.subarray(ethernet)
    const opened = decodeAuthenticationHeader(datagram, { headerLength: 20, totalLength: datagram.length })
    if (!opened?.ok) throw new Error('no authentication header')
    expect(opened.value.header).toMatchObject({ spi: expected.source, sequence: expected.seal?.sequence })
    expect(isAuthentic(opened.value.header, utf8(expected.seal?.password))).toBe(true)
    expect(isAuthentic(opened.value.header, utf8('public'))).toBe(false)
  })

  test.each(adverts)('$file: we send the same bytes', ({ frame, expected }) => {
    const { source, destination, ttl, id, seal } = expected
    const advert: Advertisement = { ...expected.advert, authData: hex(expected.advert.authData) }
    const [checksum = 'message-only'] = expected.validForms
    const message = encode(advert, { family: id === undefined ? 6 : 4, source, destination, checksum })
    const datagram = (id: number): Uint8Array => {
      const header = { source, destination, ttl, id }
      return seal ? encodeSealedIpv4(header, message, { ...seal, password: utf8(seal.password) }) : encodeIpv4(header, message)
    }
    const sent = id === undefined ? message : datagram(id)
    expect(toHex(sent)).toBe(toHex(frame.subarray(id === undefined ? ethernet + header6 : ethernet)))
  })
})

test.each(captures.filter(({ expected }) => expected.kind !== 'advert'))(
  'GRP-01 GRP-02 $file: we send the same frame',
  ({ frame, expected }) => {
    if (expected.kind === 'advert') throw new Error('an advert is no announcement')
    const sent = expected.kind === 'gratuitous-arp' ? encodeGratuitousArp(expected) : encodeNeighbourAdvertisement(expected)
    expect(toHex(sent)).toBe(toHex(frame))
  },
)
