import { describe, expect, test } from 'vitest'
import type { Datagram } from '../../src/netlink/connection.ts'
import { drainNotifications } from '../../src/netlink/notifications.ts'

const EAGAIN = -11
const ENOBUFS = -105
const EBADF = -9

/** A message of some type without a payload, as the kernel sends it. */
function datagram(type: number, more: Partial<Datagram> = {}): Datagram {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 16, true)
  view.setUint16(4, type, true)
  return { bytes, port: 0, truncated: false, ...more }
}

/** What is told of what waits: types of messages, and losses. */
function drained(...waiting: readonly (Datagram | number)[]): { readonly told: readonly (number | 'lost')[]; readonly left: number } {
  const rest = [...waiting]
  const told: (number | 'lost')[] = []
  drainNotifications({ receive: () => rest.shift() ?? EAGAIN }, { message: ({ type }) => told.push(type), lost: () => told.push('lost') })
  return { told, left: rest.length }
}

describe('notifications of the kernel', () => {
  test('are told in order until nothing waits', () => {
    expect(drained(datagram(16), datagram(20), EAGAIN, datagram(24))).toEqual({ told: [16, 20], left: 1 })
  })

  test('ENOBUFS is a loss, and what follows is read all the same', () => {
    expect(drained(datagram(16), ENOBUFS, datagram(20)).told).toEqual([16, 'lost', 20])
  })

  test('one that was cut off is a loss too', () => {
    expect(drained(datagram(16, { truncated: true }), datagram(20)).told).toEqual(['lost', 20])
  })

  test('another error ends it: it would come again at once', () => {
    expect(drained(EBADF, datagram(20))).toEqual({ told: ['lost'], left: 1 })
  })

  test('who is not the kernel tells nothing', () => {
    expect(drained(datagram(16, { port: 4711 })).told).toEqual([])
  })

  test('a flood is read in pieces', () => {
    const { told, left } = drained(...Array.from({ length: 600 }, () => datagram(16)))
    expect([told.length, left]).toEqual([512, 88])
  })
})
