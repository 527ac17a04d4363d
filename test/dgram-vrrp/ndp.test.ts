import { encodeNeighbourAdvertisement } from 'dgram-vrrp/codec'
import { internetChecksum } from 'linux-syscalls/checksum'
import { expect, test } from 'vitest'
import { hex, toHex } from './bytes.ts'

const address = '2001:db8::10'
const mac = '00:00:5e:00:02:33'

test('V14 GRP-02 an unsolicited neighbour advertisement with the flags R and O', () => {
  expect(toHex(encodeNeighbourAdvertisement({ address, mac, router: true }))).toBe(
    toHex(
      hex(
        ...['333300000001', '00005e000233', '86dd'],
        ...['60000000', '0020', '3a', 'ff'],
        '20010db8000000000000000000000010',
        'ff020000000000000000000000000001',
        ...['88', '00', '1ada', 'a0000000'],
        '20010db8000000000000000000000010',
        ...['02', '01', '00005e000233'],
      ),
    ),
  )
})

test('GRP-02 D14 without forwarding R is 0, and the checksum is right for that', () => {
  const frame = encodeNeighbourAdvertisement({ address, mac, router: false })
  expect(frame[58]).toBe(0x20)
  const pseudoHeader = [...frame.subarray(22, 54), 0, 0, 0, 32, 0, 0, 0, 58]
  expect(internetChecksum(Uint8Array.from(pseudoHeader), frame.subarray(54))).toBe(0)
})

test('an IPv4 address cannot be announced so', () => {
  expect(() => encodeNeighbourAdvertisement({ address: '192.0.2.10', mac, router: true })).toThrow(RangeError)
})
