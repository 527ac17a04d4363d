import { describe, expect, test } from 'vitest'
import type { LinkEvent } from '../../src/core/links.ts'
import { Monitor, readEvent } from '../../src/drivers/monitor.ts'
import { RTM_DELADDR, RTM_DELLINK, RTM_NEWADDR, RTM_NEWLINK, RTM_NEWNEIGH } from '../../src/netlink/constants.ts'
import { readMessages } from '../../src/netlink/message.ts'
import { newAddress } from '../../src/netlink/route/address.ts'
import { address } from '../support/kernel-objects.ts'
import { message } from '../support/scripted-transport.ts'

const link = (type: number) =>
  message(type, 0, (writer) => {
    writer.bytes(new Uint8Array(4))
    writer.u32(7)
    writer.u32(0x1043)
    writer.u32(0)
    writer.attributeText(3, 'eth0')
  })
const told = (type: number, flags: number) => message(type, 0, newAddress(address('192.0.2.1/24', { flags }), 7, 'add').write)
const event = (bytes: Uint8Array): LinkEvent | undefined => readEvent(readMessages(bytes).messages[0]!)

const plain = { index: 7, prefix: { address: '192.0.2.1', length: 24 }, scope: 0, secondary: false, tentative: false }

describe('a notification', () => {
  test.each([
    { name: 'of an address', bytes: told(RTM_NEWADDR, 0x80), is: { kind: 'address-added', address: plain } },
    {
      name: 'of a secondary address',
      bytes: told(RTM_NEWADDR, 0x81),
      is: { kind: 'address-added', address: { ...plain, secondary: true } },
    },
    {
      name: 'of a tentative address',
      bytes: told(RTM_NEWADDR, 0xc0),
      is: { kind: 'address-added', address: { ...plain, tentative: true } },
    },
    {
      name: 'of a duplicate address (DADFAILED)',
      bytes: told(RTM_NEWADDR, 0x88),
      is: { kind: 'address-added', address: { ...plain, tentative: true } },
    },
    { name: 'of a removed address', bytes: told(RTM_DELADDR, 0x80), is: { kind: 'address-removed', address: plain } },
    { name: 'of a removed link', bytes: link(RTM_DELLINK), is: { kind: 'link-removed', index: 7, name: 'eth0' } },
    { name: 'of something else', bytes: told(RTM_NEWNEIGH, 0x80), is: undefined },
    { name: 'of a link, cut off', bytes: message(RTM_NEWLINK, 0), is: undefined },
    { name: 'of an address, cut off', bytes: message(RTM_NEWADDR, 0), is: undefined },
  ])('$name', ({ bytes, is }) => {
    expect(event(bytes)).toEqual(is)
  })

  test('of a link', () => {
    expect(event(link(RTM_NEWLINK))).toMatchObject({ kind: 'link', link: { index: 7, name: 'eth0', up: true, running: true } })
  })
})

test('the monitor begins with links-known, without any privilege, and says nothing before it is started', () => {
  const events: LinkEvent[] = []
  const opened = Monitor.open((one) => events.push(one))
  if (!opened.ok) throw new Error(`errno ${opened.error}`)
  const before = events.length
  opened.value.start()
  opened.value.close()
  expect([before, events[0]?.kind]).toEqual([0, 'links-known'])
  expect(events[0]?.kind === 'links-known' && events[0].links.some(({ loopback }) => loopback)).toBe(true)
})
