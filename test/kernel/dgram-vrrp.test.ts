import {
  type Advertisement,
  createSocket,
  type DecodeError,
  decode,
  encode,
  encodeIpv4,
  type RemoteInfo,
  type SocketType,
  type VrrpSocket,
} from 'dgram-vrrp'
import { monotonicNow } from 'linux-syscalls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hex, toHex } from '../dgram-vrrp/bytes.ts'
import { type LinkTap, openTap } from '../support/link-tap.ts'
import { enterNamespace, mayMakeNamespaces, type Namespace } from '../support/namespace.ts'

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
const v3: Advertisement = { ...v2, version: 3, authData: new Uint8Array(0) }
const v3over6: Advertisement = { ...v3, addresses: ['fe80::10', '2001:db8::10'] }

const V2 = ['21336401', '0001b8bf', 'c000020a', '0000000000000000'].join('')

/** One end of a cable, with all that its socket hears. */
interface Port {
  readonly socket: VrrpSocket
  readonly heard: { readonly advert: Advertisement; readonly rinfo: RemoteInfo; readonly forms: readonly string[] }[]
  readonly malformed: { readonly error: DecodeError; readonly rinfo: RemoteInfo }[]
}

// Both ends are in one namespace: each frame really crosses the cable, and the address of one end is no stranger to the other.
describe.skipIf(!mayMakeNamespaces)('VRRP sockets in a network namespace (needs root)', () => {
  let namespace: Namespace
  let tap: LinkTap
  const open: VrrpSocket[] = []

  beforeAll(() => {
    namespace = enterNamespace('dv')
    namespace.run(`
      set -e
      ip link add dvA address 02:00:00:00:00:0a mtu 9500 type veth peer name dvB address 02:00:00:00:00:0b mtu 9500
      ip link add dvC type veth peer name dvD
      for i in all default dvA dvB; do
        echo 1 > /proc/sys/net/ipv4/conf/$i/accept_local; echo 0 > /proc/sys/net/ipv4/conf/$i/rp_filter
        echo 0 > /proc/sys/net/ipv6/conf/$i/accept_dad
      done
      ip addr add 192.0.2.1/24 dev dvA
      ip addr add 192.0.2.2/24 dev dvB
      for i in dvA dvB dvC dvD; do ip link set $i up; done
      ip addr add fe80::1/64 dev dvA nodad
      ip addr add fe80::2/64 dev dvB nodad
      # What one end sends to the other must go over the cable, and not inside.
      ip route del local 192.0.2.1 table local; ip route del local 192.0.2.2 table local
      ip rule add pref 1 iif dvA lookup 100; ip rule add pref 1 iif dvB lookup 100
      ip route add local 192.0.2.1 dev dvA table 100; ip route add local 192.0.2.2 dev dvB table 100
      ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:0b dev dvA; ip neigh add fe80::2 lladdr 02:00:00:00:00:0b dev dvA
    `)
  })
  afterAll(() => namespace?.leave())
  beforeEach(() => {
    tap = openTap('dvB')
  })
  afterEach(() => {
    tap.close()
    for (const socket of open.splice(0)) socket.close()
  })

  function port(device: string, type: SocketType = 'vrrp4', group?: string): Port {
    const socket = createSocket({ type, device })
    open.push(socket)
    const heard: Port['heard'] = []
    const malformed: Port['malformed'] = []
    socket.on('message', (advert, rinfo, { validForms }) => void heard.push({ advert, rinfo, forms: validForms }))
    socket.on('malformed', (error, _bytes, rinfo) => void malformed.push({ error, rinfo }))
    expect(socket.bind()).toBeUndefined()
    if (group !== undefined) expect(socket.addMembership(group)).toBeUndefined()
    return { socket, heard, malformed }
  }

  const vrrpFrames = (): Uint8Array[] => tap.frames().filter((frame) => frame[frame[12] === 0x86 ? 20 : 23] === 112)

  test('kernel_rx_buf_size: the kernel keeps what setRecvBufferSize asks for, doubled', () => {
    const socket = createSocket({ type: 'vrrp4', device: 'dvA' })
    open.push(socket)
    expect(socket.setRecvBufferSize(9000)?.code, 'before it is bound').toBe('EBADF')
    socket.bind()
    expect(socket.setRecvBufferSize(9000)).toBeUndefined()
    expect(socket.getRecvBufferSize()).toBe(18_000)
    expect(socket.setRecvBufferSize(4 << 20, true)).toBeUndefined()
    expect(socket.getRecvBufferSize(), 'beyond net.core.rmem_max').toBe(8 << 20)
  })

  test.each([
    { type: 'vrrp4', group: '224.0.0.18', advert: v2 },
    { type: 'vrrp6', group: 'ff02::12', advert: v3over6 },
  ] as const)(
    'F41 $type: what finds the receive buffer full is counted, and told with the next that finds room',
    ({ type, group, advert }) => {
      const [a, b] = [port('dvA', type), port('dvB', type, group)]
      b.socket.setRecvBufferSize(1)
      for (let n = 0; n < 50; n++) a.socket.send(advert, group)
      const heard = b.socket.drain()
      expect(heard).toBeLessThan(50)
      expect(b.socket.lostDatagrams(), 'those that were kept came before any was lost').toBe(0)
      a.socket.send(advert, group)
      expect(b.socket.drain()).toBe(1)
      expect(b.socket.lostDatagrams()).toBe(50 - heard)
    },
  )

  test('V9 V2 PKT-01 PKT-09 PKT-12 PKT-13 the bytes on the wire are Ethernet, IPv4 header and message', () => {
    expect(port('dvA').socket.send(v2, '224.0.0.18')).toBeUndefined()
    expect(vrrpFrames().map(toHex)).toEqual([
      ['01005e000012', '02000000000a', '0800', '45c00028', '00010000', 'ff701891', 'c0000201', 'e0000012', V2].join(''),
    ])
  })

  test('a multicast advert is heard with its source, group and TTL', () => {
    const b = port('dvB', 'vrrp4', '224.0.0.18')
    port('dvA').socket.send(v3, '224.0.0.18')
    expect(b.socket.drain()).toBe(1)
    expect(b.heard).toEqual([
      {
        advert: v3,
        rinfo: {
          address: '192.0.2.1',
          family: 'IPv4',
          destination: '224.0.0.18',
          ttl: 255,
          device: 'dvB',
          ifindex: b.socket.address().ifindex,
          size: 12,
          truncated: false,
          receivedAt: expect.any(Number),
        },
        forms: ['pseudo-header'],
      },
    ])
  })

  test('it was received when the kernel took it in, not when it is read', async () => {
    const b = port('dvB', 'vrrp4', '224.0.0.18')
    port('dvA').socket.send(v3, '224.0.0.18')
    const until = performance.now() + 30
    while (performance.now() < until);
    b.socket.drain()
    const age = monotonicNow() - (b.heard[0]?.rinfo.receivedAt ?? 0)
    expect(age).toBeGreaterThanOrEqual(29_000)
    expect(age).toBeLessThan(5_000_000)
  })

  test('without drain the message comes by itself', async () => {
    const b = port('dvB', 'vrrp4', '224.0.0.18')
    const heard = new Promise((resolve) => b.socket.once('message', resolve))
    port('dvA').socket.send(v2, '224.0.0.18')
    expect(await heard).toEqual(v2)
  })

  test('PKT-10 the IPv4 id changes with each advert and is never 0, also after 65,535 of them', () => {
    const { socket } = port('dvA')
    for (let i = 0; i < 65_534; i++) socket.send(v2, '192.0.2.2', { source: '192.0.2.1' })
    tap.frames()
    for (let i = 0; i < 3; i++) socket.send(v2, '224.0.0.18', { source: '192.0.2.1' })
    const ids = vrrpFrames().map((frame) => new DataView(frame.buffer).getUint16(18))
    expect(ids).toEqual([65_535, 1, 2])
  })

  test('PKT-11 mcast_src_ip: the source is the one given, even if it is none of ours', () => {
    port('dvA').socket.send(v3, '224.0.0.18', { source: '198.51.100.7' })
    const [frame] = vrrpFrames()
    expect(toHex(frame?.subarray(26, 30) ?? hex(''))).toBe('c6336407')
    const envelope = { family: 4, source: '198.51.100.7', destination: '224.0.0.18' } as const
    expect(decode(frame?.subarray(34) ?? hex(''), envelope)).toMatchObject({ value: { validForms: ['pseudo-header'] } })
  })

  test('PKT-15 CKS-07 over IPv6: hop limit 255, class c0, link-local source, the group; the kernel sums', () => {
    const b = port('dvB', 'vrrp6', 'ff02::12')
    expect(port('dvA', 'vrrp6').socket.send(v3over6, 'ff02::12', { source: 'fe80::1' })).toBeUndefined()
    const [frame = hex('')] = vrrpFrames()
    expect(toHex(frame.subarray(0, 14))).toBe('33330000001202000000000a86dd')
    expect(toHex(frame.subarray(14, 16)).slice(0, 3)).toBe('6c0') // version 6, class c0; a flow label follows
    expect(toHex(frame.subarray(18))).toBe(
      ['0028', '70', 'ff', 'fe800000000000000000000000000001', 'ff020000000000000000000000000012'].join('') +
        ['31336402', '00643fdd', 'fe800000000000000000000000000010', '20010db8000000000000000000000010'].join(''),
    )
    b.socket.drain()
    expect(b.heard).toMatchObject([{ advert: v3over6, rinfo: { address: 'fe80::1', destination: 'ff02::12', ttl: 255, device: 'dvB' } }])
  })

  test('UNI-01 UNI-02 unicast: unicast_ttl, the real destination, no group needed', () => {
    const b = port('dvB')
    expect(port('dvA').socket.send(v3, '192.0.2.2', { source: '192.0.2.1', ttl: 64 })).toBeUndefined()
    b.socket.drain()
    expect(b.heard).toMatchObject([{ rinfo: { address: '192.0.2.1', destination: '192.0.2.2', ttl: 64 }, forms: ['pseudo-header'] }])
    expect(namespace.run('cat /proc/thread-self/net/igmp')).not.toContain('120000E0')
  })

  test('unicast over IPv6: the hop limit is what is asked for, or left to the kernel', () => {
    const b = port('dvB', 'vrrp6')
    const a = port('dvA', 'vrrp6')
    a.socket.send(v3over6, 'fe80::2', { source: 'fe80::1', ttl: 254 })
    a.socket.send(v3over6, 'fe80::2', { source: 'fe80::1', ttl: 'system' })
    b.socket.drain()
    expect(b.heard.map(({ rinfo }) => [rinfo.ttl, rinfo.destination])).toEqual([
      [254, 'fe80::2'],
      [64, 'fe80::2'],
    ])
  })

  test.each([
    ['vrrp4', '224.0.0.18', '239.1.2.3', v2],
    ['vrrp6', 'ff02::12', 'ff02::99', v3over6],
  ] as const)('%s: only groups that the socket joined itself are heard, and only while it is in them', (type, joined, other, advert) => {
    const b = port('dvB', type, joined)
    const neighbour = port('dvB', type, other)
    const stranger = port('dvB', type)
    const a = port('dvA', type)
    a.socket.send(advert, joined)
    a.socket.send(advert, other)
    const hear = (): readonly (readonly string[])[] =>
      [b, neighbour, stranger].map(({ socket, heard }) => {
        socket.drain()
        return heard.splice(0).map(({ rinfo }) => rinfo.destination)
      })
    expect(hear()).toEqual([[joined], [other], []])
    expect(b.socket.dropMembership(joined)).toBeUndefined()
    expect(neighbour.socket.addMembership(joined)).toBeUndefined()
    a.socket.send(advert, joined)
    expect(hear()).toEqual([[], [joined], []])
  })

  test.each(['vrrp4', 'vrrp6'] as const)('PKT-17 %s: our own multicast does not come back, unless asked for', (type) => {
    const group = type === 'vrrp4' ? '224.0.0.18' : 'ff02::12'
    const a = port('dvA', type, group)
    a.socket.send(type === 'vrrp4' ? v2 : v3over6, group)
    expect(a.socket.drain()).toBe(0)
    expect(a.socket.setMulticastLoopback(true)).toBeUndefined()
    a.socket.send(type === 'vrrp4' ? v2 : v3over6, group)
    expect(a.socket.drain()).toBe(1)
  })

  test('VAL-31 an advert on one interface is not heard on another', () => {
    const d = port('dvD', 'vrrp4', '224.0.0.18')
    const b = port('dvB', 'vrrp4', '224.0.0.18')
    port('dvC').socket.send(v2, '224.0.0.18', { source: '198.51.100.1' })
    expect([d.socket.drain(), b.socket.drain()]).toEqual([1, 0])
    port('dvA').socket.send(v2, '224.0.0.18')
    expect([d.socket.drain(), b.socket.drain()]).toEqual([0, 1])
    port('dvA').socket.send(v2, '192.0.2.2')
    expect([d.socket.drain(), b.socket.drain()]).toEqual([0, 1])
  })

  describe('what strangers send', () => {
    const cable = (): LinkTap => openTap('dvA')
    const ethernet = hex('01005e000012', '02000000000a', '0800')
    const frameOf = (datagram: Uint8Array): Uint8Array => Uint8Array.from([...ethernet, ...datagram])
    const header = { source: '192.0.2.1', destination: '224.0.0.18', id: 7 }

    function hear(...frames: readonly Uint8Array[]): Port {
      const b = port('dvB', 'vrrp4', '224.0.0.18')
      const sender = cable()
      for (const frame of frames) sender.send(frame)
      sender.close()
      b.socket.drain()
      return b
    }

    test('VAL-01 a payload of 7 bytes is malformed, and the valid advert behind it is still read', () => {
      const b = hear(frameOf(encodeIpv4(header, hex('21336401000100'))), frameOf(encodeIpv4(header, hex(V2))))
      expect(b.malformed).toMatchObject([{ error: { kind: 'truncated', vrid: 51 }, rinfo: { address: '192.0.2.1', size: 7 } }])
      expect(b.heard).toMatchObject([{ advert: { vrid: 51 } }])
    })

    test('VAL-04 an advert padded by Ethernet is whole', () => {
      const frame = new Uint8Array(60)
      frame.set(frameOf(encodeIpv4(header, encode(v3, { family: 4, ...header, checksum: 'message-only' }))))
      expect(hear(frame).heard).toMatchObject([{ advert: v3, rinfo: { size: 12 }, forms: ['message-only'] }])
    })

    test('VAL-05 IP options are passed over', () => {
      const plain = encodeIpv4(header, hex(V2))
      const options = Uint8Array.from([...plain.subarray(0, 20), 1, 1, 1, 0, ...plain.subarray(20)])
      options.set([0x46, 0xc0, 0, 44], 0)
      // The sum changes by the longer header: IHL 5 to 6, total length 40 to 44, and the words 0101 0100.
      new DataView(options.buffer).setUint16(10, fold(new DataView(plain.buffer).getUint16(10) - 0x0100 - 4 - 0x0101 - 0x0100))
      expect(hear(frameOf(options)).heard).toMatchObject([{ advert: v2, rinfo: { size: 20 } }])
    })

    test('VAL-06 another TTL is told', () => {
      const frames = [254, 1].map((ttl) => frameOf(encodeIpv4({ ...header, ttl }, hex(V2))))
      expect(hear(...frames).heard.map(({ rinfo }) => rinfo.ttl)).toEqual([254, 1])
    })

    test('VAL-24 an advert of 9,000 bytes is malformed and told to be truncated', () => {
      const b = hear(frameOf(encodeIpv4(header, new Uint8Array(8_980).fill(0x21))))
      expect(b.malformed).toMatchObject([{ error: { kind: 'truncated' }, rinfo: { truncated: true, address: '192.0.2.1' } }])
    })

    test('CKS-04 a wrong sum is told by an empty list', () => {
      const wrong = hex(V2)
      wrong[2] = 101
      expect(hear(frameOf(encodeIpv4(header, wrong))).heard).toMatchObject([{ forms: [] }])
    })

    test('CKS-07 over IPv6 the kernel drops a wrong sum', () => {
      const b = port('dvB', 'vrrp6', 'ff02::12')
      const message = encode(v3over6, { family: 6, source: 'fe80::1', destination: 'ff02::12', checksum: 'pseudo-header' })
      const frame = (bytes: Uint8Array): Uint8Array =>
        Uint8Array.from([
          ...hex('333300000012', '02000000000a', '86dd', '6c000000', '0028', '70', 'ff'),
          ...hex('fe800000000000000000000000000001', 'ff020000000000000000000000000012'),
          ...bytes,
        ])
      const sender = cable()
      const wrong = message.slice()
      wrong[2] = 254
      sender.send(frame(wrong))
      sender.send(frame(message))
      sender.close()
      b.socket.drain()
      expect(b.heard).toMatchObject([{ advert: { priority: 100 } }])
    })

    test('VAL-28 a flood is read in bounded pieces, and nothing of it is lost on the way', () => {
      const b = port('dvB', 'vrrp4', '224.0.0.18')
      const sender = cable()
      const frame = frameOf(encodeIpv4(header, hex(V2)))
      for (let i = 0; i < 100; i++) sender.send(frame)
      sender.close()
      expect([b.socket.drain(30), b.socket.drain(30), b.socket.drain(), b.socket.drain()]).toEqual([30, 30, 40, 0])
    })
  })

  describe('PKT-18 what fails is a value', () => {
    test('an interface that is not there', () => {
      const socket = createSocket({ type: 'vrrp4', device: 'nope' })
      expect(socket.bind()?.code).toBe('ENODEV')
      expect(socket.send(v2, '224.0.0.18', { source: '192.0.2.1' })?.code).toBe('EBADF')
      socket.close()
    })

    test('an interface that is down: ENETUNREACH or ENETDOWN, and it works again when it is up', () => {
      const { socket } = port('dvC')
      namespace.run('ip link set dvC down')
      const failed = socket.send(v2, '224.0.0.18', { source: '192.0.2.1' })
      namespace.run('ip link set dvC up')
      expect(['ENETUNREACH', 'ENETDOWN']).toContain(failed?.code)
      expect(socket.send(v2, '224.0.0.18', { source: '192.0.2.1' })).toBeUndefined()
    })

    test('a firewall: EPERM, until its rule goes', () => {
      const { socket } = port('dvA')
      namespace.run("nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; add rule ip t o ip protocol 112 drop'")
      const failed = socket.send(v2, '224.0.0.18')
      namespace.run('nft delete table ip t')
      expect([failed?.code, failed?.errno, socket.send(v2, '224.0.0.18')]).toEqual(['EPERM', -1, undefined])
    })

    test('a source that is not ours over IPv6', () => {
      expect(port('dvA', 'vrrp6').socket.send(v3over6, 'ff02::12', { source: 'fe80::77' })?.code).toBe('EINVAL')
    })

    test('an advert larger than the MTU', () => {
      const addresses = new Array<string>(255).fill('192.0.2.10')
      namespace.run('ip link set dvC mtu 576')
      const { socket } = port('dvC')
      expect(socket.send({ ...v2, addresses }, '224.0.0.18', { source: '192.0.2.1' })?.code).toBe('EMSGSIZE')
    })

    test('a group joined twice', () => {
      expect(port('dvB', 'vrrp4', '224.0.0.18').socket.addMembership('224.0.0.18')?.code).toBe('EADDRINUSE')
    })

    test('the callback gets it too', async () => {
      const { socket } = port('dvA', 'vrrp6')
      const error = new Promise<Error | undefined>((resolve) => socket.send(v3over6, 'ff02::12', { source: 'fe80::77' }, resolve))
      expect(await error).toMatchObject({ code: 'EINVAL' })
    })
  })

  describe('the life of a socket', () => {
    test('a listener may close it in the middle of a drain: nothing more is emitted', () => {
      const b = port('dvB', 'vrrp4', '224.0.0.18')
      b.socket.on('message', () => b.socket.close())
      const a = port('dvA')
      for (let i = 0; i < 5; i++) a.socket.send(v2, '224.0.0.18')
      b.socket.drain()
      expect(b.heard).toHaveLength(1)
    })

    test('an abort closes it, once', async () => {
      const controller = new AbortController()
      const socket = createSocket({ type: 'vrrp4', device: 'dvA', signal: controller.signal })
      socket.bind()
      const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('closed')))
      controller.abort()
      socket.close()
      expect([await closed, socket.drain(), socket.send(v2, '224.0.0.18')?.code]).toEqual(['closed', 0, 'EBADF'])
    })

    test('it says when it listens, and cannot be bound twice', async () => {
      const socket = createSocket({ type: 'vrrp6', device: 'dvA' })
      open.push(socket)
      const listening = new Promise<string>((resolve) => expect(socket.bind(() => resolve('listening'))).toBeUndefined())
      expect([await listening, socket.bind()?.code, socket.address().device]).toEqual(['listening', 'EINVAL', 'dvA'])
    })
  })
})

/** One's complement: a borrow out of the top comes in at the bottom. */
function fold(sum: number): number {
  let folded = sum
  while (folded < 0) folded += 0xffff
  return folded
}
