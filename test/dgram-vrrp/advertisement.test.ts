import { type Advertisement, type ChecksumForm, decode, type Envelope, encode } from 'dgram-vrrp/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

const multicast4: Envelope = { family: 4, source: '192.0.2.1', destination: '224.0.0.18' }
const unicast4: Envelope = { family: 4, source: '192.0.2.1', destination: '192.0.2.2' }
const multicast6: Envelope = { family: 6, source: 'fe80::1', destination: 'ff02::12' }

const none = new Uint8Array(0)
const v2: Advertisement = {
  version: 2,
  type: 1,
  vrid: 51,
  priority: 100,
  intervalCs: 100,
  authType: 0,
  authData: new Uint8Array(8),
  addresses: ['192.0.2.10'],
}
const v3: Advertisement = { ...v2, version: 3, authData: none }

interface Vector {
  readonly name: string
  readonly advert: Advertisement
  readonly envelope: Envelope
  readonly checksum: ChecksumForm
  readonly bytes: Uint8Array
}

const vectors: readonly Vector[] = [
  {
    name: 'V1 PKT-01 PKT-02 version 2',
    advert: { ...v2, priority: 30, addresses: ['10.0.1.5'] },
    envelope: multicast4,
    checksum: 'message-only',
    bytes: hex('21', '33', '1e', '01', '00', '01', 'b5c5', '0a000105', '0000000000000000'),
  },
  {
    name: 'V2 PKT-01 PKT-02 version 2: type 1, eight zero bytes of authentication, 20 bytes in all',
    advert: v2,
    envelope: multicast4,
    checksum: 'message-only',
    bytes: hex('21', '33', '64', '01', '00', '01', 'b8bf', 'c000020a', '0000000000000000'),
  },
  {
    name: 'V3 CKS-01 version 2 with a password: it is summed',
    advert: { ...v2, authType: 1, authData: hex('7365637265740000') },
    envelope: multicast4,
    checksum: 'message-only',
    bytes: hex('21', '33', '64', '01', '01', '01', '7b73', 'c000020a', '7365637265740000'),
  },
  {
    name: 'V4 PKT-19 version 2 with priority 0',
    advert: { ...v2, priority: 0 },
    envelope: multicast4,
    checksum: 'message-only',
    bytes: hex('21', '33', '00', '01', '00', '01', '1cc0', 'c000020a', '0000000000000000'),
  },
  {
    name: 'V5 CKS-03 v3_checksum_as_v2: version 3 without pseudo header (RFC 9568 §5.2.8)',
    advert: v3,
    envelope: multicast4,
    checksum: 'message-only',
    bytes: hex('31', '33', '64', '01', '0064', 'a85c', 'c000020a'),
  },
  {
    name: 'V6 CKS-02 version 3 with pseudo header',
    advert: v3,
    envelope: multicast4,
    checksum: 'pseudo-header',
    bytes: hex('31', '33', '64', '01', '0064', '05cc', 'c000020a'),
  },
  {
    name: 'V7 CKS-05 version 3 unicast: the real destination in the pseudo header',
    advert: v3,
    envelope: unicast4,
    checksum: 'pseudo-header',
    bytes: hex('31', '33', '64', '01', '0064', '23dc', 'c000020a'),
  },
  {
    name: 'V6 CKS-06 old_unicast_checksum: version 3 unicast with the group in the pseudo header',
    advert: v3,
    envelope: unicast4,
    checksum: 'group-pseudo-header',
    bytes: hex('31', '33', '64', '01', '0064', '05cc', 'c000020a'),
  },
  {
    name: 'V8 CKS-07 PKT-16 version 3 over IPv6, the link-local address first',
    advert: { ...v3, addresses: ['fe80::10', '2001:db8::10'] },
    envelope: multicast6,
    checksum: 'pseudo-header',
    bytes: hex(
      ...['31', '33', '64', '02', '0064', '3fdd'],
      'fe80 0000 0000 0000 0000 0000 0000 0010',
      '2001 0db8 0000 0000 0000 0000 0000 0010',
    ),
  },
]

describe('the vectors', () => {
  test.each(vectors)('$name is encoded', ({ advert, envelope, checksum, bytes }) => {
    expect(toHex(encode(advert, { ...envelope, checksum }))).toBe(toHex(bytes))
  })

  test.each(vectors)('$name is decoded', ({ advert, envelope, checksum, bytes }) => {
    expect(decode(bytes, envelope)).toEqual({ ok: true, value: { advert, validForms: [checksum], strayBytes: 0 } })
  })

  test.each(vectors)('CKS-01 a flip of any bit of $name leaves no valid form', ({ envelope, bytes }) => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7))
      const result = decode(flipped, envelope)
      expect(result.ok ? result.value.validForms : [], `bit ${bit}`).toEqual([])
    }
  })
})

describe('checksums', () => {
  test('CKS-04 version 3 over IPv4 is recognised in both forms, whatever is sent', () => {
    const forms = (['message-only', 'pseudo-header'] as const).map((checksum) => {
      const result = decode(encode(v3, { ...multicast4, checksum }), multicast4)
      return result.ok && result.value.validForms
    })
    expect(forms).toEqual([['message-only'], ['pseudo-header']])
  })

  test('CKS-04 a version 3 sum over another pair of addresses has no valid form', () => {
    const bytes = encode(v3, { ...multicast4, checksum: 'pseudo-header' })
    expect(decode(bytes, { ...multicast4, source: '192.0.2.3' })).toMatchObject({ value: { validForms: [] } })
  })

  test('CKS-06 the group of the old unicast form is the configured one', () => {
    const envelope: Envelope = { ...unicast4, group: '239.1.2.3' }
    const bytes = encode(v3, { ...envelope, checksum: 'group-pseudo-header' })
    expect(decode(bytes, envelope)).toMatchObject({ value: { validForms: ['group-pseudo-header'] } })
    expect(decode(bytes, unicast4)).toMatchObject({ value: { validForms: [] } })
  })

  test('CKS-08 the sum follows priority, addresses, source and peer', () => {
    const others: readonly (readonly [Advertisement, Envelope])[] = [
      [{ ...v3, priority: 80 }, unicast4],
      [{ ...v3, addresses: ['192.0.2.11'] }, unicast4],
      [v3, { ...unicast4, source: '192.0.2.9' }],
      [v3, { ...unicast4, destination: '192.0.2.3' }],
      [v3, { ...unicast4, destination: '192.0.2.4' }],
    ]
    for (const [advert, envelope] of others) {
      const bytes = encode(advert, { ...envelope, checksum: 'pseudo-header' })
      expect(decode(bytes, envelope)).toMatchObject({ value: { validForms: ['pseudo-header'] } })
      expect(toHex(bytes.subarray(6, 8))).not.toBe('23dc')
    }
  })

  test('CKS-10 a sum of all ones is written as 0000, not as ffff', () => {
    // 2101 0001 0001 0000 c000 020a and the last word chosen so that the sum is ffff.
    const advert: Advertisement = { ...v2, vrid: 1, priority: 0, authData: hex('1cf2 0000 0000 0000') }
    const bytes = encode(advert, { ...multicast4, checksum: 'message-only' })
    expect(toHex(bytes.subarray(6, 8))).toBe('0000')
    expect(decode(bytes, multicast4)).toMatchObject({ value: { validForms: ['message-only'] } })
  })

  test('D04 a sum of 0000 that is not right is not a sign that checking is off', () => {
    const bytes = encode(v3, { ...multicast4, checksum: 'message-only' })
    bytes.fill(0, 6, 8)
    expect(decode(bytes, multicast4)).toMatchObject({ value: { validForms: [] } })
  })

  test.each([
    {
      name: 'version 2 over IPv4 never has a pseudo header',
      advert: v2,
      envelope: multicast4,
      asked: 'pseudo-header',
      got: 'message-only',
    },
    {
      name: 'D12 version 2 over IPv6 always has one',
      advert: { ...v2, authData: none, addresses: ['fe80::10'] },
      envelope: multicast6,
      asked: 'message-only',
      got: 'pseudo-header',
    },
    {
      name: 'version 3 over IPv6 always has one',
      advert: { ...v3, addresses: ['fe80::10'] },
      envelope: multicast6,
      asked: 'message-only',
      got: 'pseudo-header',
    },
  ] as const)('$name, whatever was asked for', ({ advert, envelope, asked, got }) => {
    expect(decode(encode(advert, { ...envelope, checksum: asked }), envelope)).toMatchObject({ value: { advert, validForms: [got] } })
  })

  test('CKS-09 an HMAC trailer is outside the sum over IPv4', () => {
    const bytes = hex('3133c80100644402', 'c0000264', '0101000068000000 80000000', '1b84bc4e8e43892dc6d98448f8ee2265')
    const envelope: Envelope = { family: 4, source: '198.51.100.10', destination: '224.0.0.18' }
    expect(decode(bytes, envelope)).toMatchObject({ value: { validForms: ['message-only'], strayBytes: 28 } })
  })

  test('CKS-09 an HMAC trailer is inside the sum over IPv6', () => {
    const bytes = hex(
      '3133c8010064a2e9',
      'fe800000000000000000000000000100',
      '0101000068000000 80000000',
      'c8c56146ebfd66ee10ec4d8186461b78',
    )
    const envelope: Envelope = { family: 6, source: 'fe80::10', destination: 'fe80::20' }
    expect(decode(bytes, envelope)).toMatchObject({ value: { validForms: ['pseudo-header'], strayBytes: 28 } })
  })
})

describe('the interval', () => {
  test.each([
    { name: 'PKT-03 advert_int 3 in version 2 is 3 seconds in byte 5', advert: { ...v2, intervalCs: 300 }, field: '0003' },
    { name: 'PKT-03 1.4 s in version 2 is rounded to 1', advert: { ...v2, intervalCs: 140 }, field: '0001' },
    { name: 'PKT-03 1.5 s in version 2 is rounded to 2', advert: { ...v2, intervalCs: 150 }, field: '0002' },
    { name: 'PKT-04 advert_int 1 in version 3 is 0064', advert: { ...v3, intervalCs: 100 }, field: '0064' },
    { name: 'PKT-04 advert_int 0.01 is 0001', advert: { ...v3, intervalCs: 1 }, field: '0001' },
    { name: 'PKT-04 advert_int 40.95 is 0fff, the reserved bits 0', advert: { ...v3, intervalCs: 4095 }, field: '0fff' },
  ])('$name', ({ advert, field }) => {
    expect(toHex(encode(advert, { ...multicast4, checksum: 'message-only' }).subarray(4, 6))).toBe(field)
  })

  test('VAL-17 the reserved bits of version 3 are ignored: f064 is 0064', () => {
    expect(decode(hex('31336401', 'f064', '0000', 'c000020a'), multicast4)).toMatchObject({ value: { advert: { intervalCs: 100 } } })
  })

  test('VAL-16 an interval of 0 is read, for its reader to reject', () => {
    expect(decode(hex('3133fe01', '0000', '0000', 'c000020a'), multicast4)).toMatchObject({ value: { advert: { intervalCs: 0 } } })
  })
})

describe('lengths', () => {
  test.each([
    { name: 'VAL-01 nothing', bytes: hex(''), error: { kind: 'truncated' } },
    { name: 'VAL-01 one byte', bytes: hex('21'), error: { kind: 'truncated' } },
    { name: 'VAL-01 seven bytes: the VRID is known', bytes: hex('21336401000100'), error: { kind: 'truncated', vrid: 51 } },
    {
      name: 'VAL-02 V2 with count 2',
      bytes: hex('21336402', '0001b8bf', 'c000020a', '0000000000000000'),
      error: { kind: 'length', vrid: 51 },
    },
    { name: 'VAL-02 count 255 with one address', bytes: hex('313364ff', '0064a85c', 'c000020a'), error: { kind: 'length', vrid: 51 } },
    {
      name: 'version 2 without its authentication bytes',
      bytes: hex('21336401', '0001b8bf', 'c000020a'),
      error: { kind: 'length', vrid: 51 },
    },
    { name: 'half an address', bytes: hex('31336401', '0064a85c', 'c000'), error: { kind: 'length', vrid: 51 } },
  ])('$name is an error', ({ bytes, error }) => {
    expect(decode(bytes, multicast4)).toMatchObject({ ok: false, error })
  })

  test('an IPv4 address where 16 bytes are wanted is an error', () => {
    expect(decode(hex('31336401', '0064a85c', 'c000020a'), multicast6)).toMatchObject({ ok: false, error: { kind: 'length' } })
  })

  test.each([2, 4, 6, 28])('VAL-03 %i bytes after the message are counted', (stray) => {
    const bytes = new Uint8Array([...hex('21336401', '0001b8bf', 'c000020a', '0000000000000000'), ...new Uint8Array(stray)])
    expect(decode(bytes, multicast4)).toMatchObject({ ok: true, value: { validForms: ['message-only'], strayBytes: stray } })
  })

  test('VAL-18 a count of 0 is read, for its reader to reject', () => {
    expect(decode(hex('31336400', '00640000'), multicast4)).toMatchObject({ value: { advert: { addresses: [] }, strayBytes: 0 } })
  })
})

describe('other versions and types', () => {
  test.each([0, 1, 4, 15])('VAL-10 version %i: the header is read, no checksum form is right', (version) => {
    const bytes = hex('00336401', '00640000', 'c000020a')
    bytes[0] = (version << 4) | 1
    expect(decode(bytes, multicast4)).toMatchObject({
      ok: true,
      value: { advert: { version, type: 1, vrid: 51, priority: 100, addresses: [] }, validForms: [] },
    })
  })

  test.each([0, 2, 15])('VAL-11 type %i is read, for its reader to reject', (type) => {
    expect(decode(encode({ ...v2, type }, { ...multicast4, checksum: 'message-only' }), multicast4)).toMatchObject({
      value: { advert: { type }, validForms: ['message-only'] },
    })
  })

  test('VAL-13 VRID 0 is read, for its reader to ignore', () => {
    expect(decode(encode({ ...v2, vrid: 0 }, { ...multicast4, checksum: 'message-only' }), multicast4)).toMatchObject({
      value: { advert: { vrid: 0 } },
    })
  })
})

describe('what cannot be sent is our own mistake', () => {
  test.each([
    { name: 'version 1', advert: { ...v2, version: 1 } },
    { name: 'type 16', advert: { ...v2, type: 16 } },
    { name: 'VRID 256', advert: { ...v2, vrid: 256 } },
    { name: 'priority -1', advert: { ...v2, priority: -1 } },
    { name: 'priority 1.5', advert: { ...v2, priority: 1.5 } },
    { name: 'PKT-04 41 s in version 3', advert: { ...v3, intervalCs: 4100 } },
    { name: '256 s in version 2', advert: { ...v2, intervalCs: 25_600 } },
    { name: 'PKT-06 256 addresses', advert: { ...v2, addresses: new Array<string>(256).fill('192.0.2.10') } },
    { name: 'nine bytes of authentication', advert: { ...v2, authData: new Uint8Array(9) } },
    { name: 'an IPv6 address over IPv4', advert: { ...v2, addresses: ['fe80::10'] } },
    { name: 'an address that is none', advert: { ...v2, addresses: ['192.0.2.256'] } },
  ])('$name', ({ advert }) => {
    expect(() => encode(advert, { ...multicast4, checksum: 'message-only' })).toThrow(RangeError)
  })
})

const byte = fc.integer({ min: 0, max: 255 })
const address4 = fc.ipV4()
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0))
  return groups.map((group) => group.toString(16)).join(':')
})

function anyAdvert(version: 2 | 3, family: 4 | 6): fc.Arbitrary<Advertisement> {
  const withAuth = version === 2 && family === 4
  return fc.record({
    version: fc.constant(version),
    type: fc.integer({ min: 0, max: 15 }),
    vrid: byte,
    priority: byte,
    intervalCs: version === 2 ? byte.map((seconds) => seconds * 100) : fc.integer({ min: 0, max: 4095 }),
    authType: version === 2 ? byte : fc.constant(0),
    authData: withAuth ? fc.uint8Array({ minLength: 8, maxLength: 8 }) : fc.constant(none),
    addresses: fc.array(family === 4 ? address4 : address6, { maxLength: 255 }),
  })
}

describe.each([
  [2, 4],
  [3, 4],
  [2, 6],
  [3, 6],
] as const)('version %i over IPv%i', (version, family) => {
  const forms: fc.Arbitrary<ChecksumForm> = fc.constantFrom('message-only', 'pseudo-header', 'group-pseudo-header')
  const host = family === 4 ? address4 : address6

  test('decode gives back what encode got, PKT-05 in its order', () => {
    fc.assert(
      fc.property(anyAdvert(version, family), host, host, forms, (advert, source, destination, checksum) => {
        const envelope: Envelope = { family, source, destination }
        const bytes = encode(advert, { ...envelope, checksum })
        const result = decode(bytes, envelope)
        if (!result.ok) throw new Error(result.error.detail)
        expect(result.value.strayBytes).toBe(0)
        expect(result.value.validForms.length).toBeGreaterThan(0)
        // Encoding what was decoded is the same bytes again; texts of addresses may differ, the canonical one came out.
        expect(toHex(encode(result.value.advert, { ...envelope, checksum }))).toBe(toHex(bytes))
        expect({ ...result.value.advert, addresses: [] }).toEqual({ ...advert, addresses: [] })
        expect(result.value.advert.addresses).toHaveLength(advert.addresses.length)
        if (family === 4) expect(result.value.advert.addresses).toEqual(advert.addresses)
      }),
    )
  })
})
