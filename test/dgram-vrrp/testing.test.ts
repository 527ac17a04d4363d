import type { Advertisement, DecodeError, RemoteInfo, VrrpSocket } from 'dgram-vrrp'
import { createSegment } from 'dgram-vrrp/testing'
import { expect, test } from 'vitest'

const advert: Advertisement = {
  version: 3,
  type: 1,
  vrid: 51,
  priority: 100,
  intervalCs: 100,
  authType: 0,
  authData: new Uint8Array(0),
  addresses: ['192.0.2.10'],
}

function host(socket: VrrpSocket, group?: string): { socket: VrrpSocket; heard: RemoteInfo[]; malformed: DecodeError[] } {
  const heard: RemoteInfo[] = []
  const malformed: DecodeError[] = []
  socket.on('message', (_advert, rinfo) => void heard.push(rinfo))
  socket.on('malformed', (error) => void malformed.push(error))
  expect(socket.bind()).toBeUndefined()
  if (group !== undefined) expect(socket.addMembership(group)).toBeUndefined()
  return { socket, heard, malformed }
}

test('what is sent to a group reaches its members, not the sender and not strangers', () => {
  const segment = createSegment()
  const [a, b, c] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => segment.createSocket({ type: 'vrrp4', address }))
  const hosts = [host(a!, '224.0.0.18'), host(b!, '224.0.0.18'), host(c!)]
  expect(a!.send(advert, '224.0.0.18')).toBeUndefined()
  expect(hosts.map(({ socket }) => socket.drain())).toEqual([0, 1, 0])
  expect(hosts[1]?.heard).toEqual([
    {
      address: '192.0.2.1',
      family: 'IPv4',
      destination: '224.0.0.18',
      ttl: 255,
      device: 'segment',
      ifindex: 1,
      size: 12,
      truncated: false,
      receivedAt: expect.any(Number),
    },
  ])
})

test('unicast reaches one, with the TTL it was sent with', () => {
  const segment = createSegment()
  const a = host(segment.createSocket({ type: 'vrrp6', address: 'fe80::1' }))
  const b = host(segment.createSocket({ type: 'vrrp6', address: 'fe80::2' }))
  a.socket.send({ ...advert, addresses: ['fe80::10'] }, 'fe80::2', { ttl: 7 })
  b.socket.drain()
  expect(b.heard).toMatchObject([{ address: 'fe80::1', destination: 'fe80::2', ttl: 7, family: 'IPv6' }])
})

test('an id is counted by the socket, or told', () => {
  const ids: number[] = []
  const segment = createSegment({ loses: ({ bytes }) => ids.push((bytes[4] ?? 0) * 256 + (bytes[5] ?? 0)) > 0 })
  const a = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.1' }))
  host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.2' }))
  for (const id of [undefined, 700, undefined]) a.socket.send(advert, '192.0.2.2', id === undefined ? {} : { id })
  expect(ids).toEqual([1, 700, 2])
})

test('nobody has to drain: messages come with the next turn', async () => {
  const segment = createSegment()
  const a = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.1' }), '224.0.0.18')
  const b = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.2' }), '224.0.0.18')
  const heard = new Promise((resolve) => b.socket.once('message', resolve))
  a.socket.send(advert, '224.0.0.18')
  expect(await heard).toEqual(advert)
})

test('loopback is off until asked for', () => {
  const a = host(createSegment().createSocket({ type: 'vrrp4', address: '192.0.2.1' }), '224.0.0.18')
  a.socket.send(advert, '224.0.0.18')
  expect(a.socket.drain()).toBe(0)
  a.socket.setMulticastLoopback(true)
  a.socket.send(advert, '224.0.0.18')
  expect(a.socket.drain()).toBe(1)
})

test('the hook loses what it wants, for each receiver', () => {
  const segment = createSegment({ loses: ({ to }) => to === '192.0.2.2' })
  const [a, b, c] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) =>
    host(segment.createSocket({ type: 'vrrp4', address }), '224.0.0.18'),
  )
  a?.socket.send(advert, '224.0.0.18')
  expect([b?.socket.drain(), c?.socket.drain()]).toEqual([0, 1])
})

test('drain keeps to its limit', () => {
  const segment = createSegment()
  const a = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.1' }))
  const b = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.2' }), '224.0.0.18')
  for (let i = 0; i < 5; i++) a.socket.send(advert, '224.0.0.18')
  expect([b.socket.drain(2), b.socket.drain(2), b.socket.drain(2)]).toEqual([2, 2, 1])
})

test('a closed socket neither hears nor sends, and says so as a value', async () => {
  const segment = createSegment()
  const a = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.1' }))
  const b = host(segment.createSocket({ type: 'vrrp4', address: '192.0.2.2' }), '224.0.0.18')
  await b.socket[Symbol.asyncDispose]()
  await b.socket[Symbol.asyncDispose]()
  a.socket.send(advert, '224.0.0.18')
  expect([b.socket.drain(), b.socket.send(advert, '224.0.0.18')?.code, b.socket.bind()?.code]).toEqual([0, 'EBADF', 'EINVAL'])
})
