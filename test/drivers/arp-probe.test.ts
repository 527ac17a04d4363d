import { describe, expect, test } from 'vitest'
import { readReply } from '../../src/drivers/arp-probe.ts'

const frame = (operation: number, more: readonly number[] = []): Uint8Array =>
  Uint8Array.from([
    ...[2, 0, 0, 0, 0, 1],
    ...[2, 0, 0, 0, 0, 0x11],
    ...[8, 6],
    ...[0, 1, 8, 0, 6, 4, 0, operation],
    ...[2, 0, 0, 0, 0, 0x11],
    ...[192, 0, 2, 100],
    ...[2, 0, 0, 0, 0, 1],
    ...[0, 0, 0, 0],
    ...more,
  ])

describe('the answer to an ARP probe', () => {
  test('names who answers, whatever padding follows', () => {
    expect(readReply(frame(2, new Array<number>(18).fill(0)))).toEqual({ mac: '02:00:00:00:00:11', address: '192.0.2.100' })
  })

  test.each([
    { name: 'a request', bytes: frame(1) },
    { name: 'a frame that is cut off', bytes: frame(2).subarray(0, 41) },
    { name: 'another protocol', bytes: frame(2).with(12, 0x86) },
    { name: 'nothing', bytes: new Uint8Array(0) },
  ])('$name is none', ({ bytes }) => {
    expect(readReply(bytes)).toBeUndefined()
  })
})
