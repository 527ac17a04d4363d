import { encodeGratuitousArp } from 'dgram-vrrp/codec'
import { expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

test('V13 GRP-01 a gratuitous ARP request, its target hardware address broadcast', () => {
  expect(toHex(encodeGratuitousArp({ address: '192.0.2.10', mac: '00:00:5e:00:01:33' }))).toBe(
    toHex(
      hex(
        ...['ffffffffffff', '00005e000133', '0806'],
        ...['0001', '0800', '06', '04', '0001'],
        ...['00005e000133', 'c000020a'],
        ...['ffffffffffff', 'c000020a'],
      ),
    ),
  )
})

test.each(['00:00:5e:00:01', '00-00-5e-00-01-33', '00:00:5e:00:01:3g', ''])('"%s" is no Ethernet address', (mac) => {
  expect(() => encodeGratuitousArp({ address: '192.0.2.10', mac })).toThrow(RangeError)
})

test('an IPv6 address cannot be announced by ARP', () => {
  expect(() => encodeGratuitousArp({ address: 'fe80::1', mac: '00:00:5e:00:01:33' })).toThrow(RangeError)
})
