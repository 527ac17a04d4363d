import { compareStamps, createSocket, isAuthentic, isSigned, type SocketType, type Trailer, type VrrpSocket } from 'dgram-vrrp'
import { ifNameToIndex, monotonicNow } from 'linux-syscalls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import type { MacAddress } from '../../src/base/mac.ts'
import { fromSeconds } from '../../src/base/units.ts'
import type { AnnounceEffect, Endpoint, SendAdvertEffect } from '../../src/core/vrrp/effects.ts'
import type { AdvertEvent } from '../../src/core/vrrp/events.ts'
import { type Adverts, type AdvertTrouble, createAdverts } from '../../src/drivers/adverts.ts'
import { type AnnouncementFailure, createAnnouncements } from '../../src/drivers/announcements.ts'
import { toHex } from '../dgram-vrrp/bytes.ts'
import { type LinkTap, openTap } from '../support/link-tap.ts'
import { enterNamespace, mayMakeNamespaces, type Namespace } from '../support/namespace.ts'

const ip = (text: string): IpAddress => text as IpAddress
const advert = {
  version: 3,
  type: 1,
  vrid: 51,
  priority: 100,
  intervalCs: 100,
  authType: 0,
  authData: new Uint8Array(0),
  addresses: ['192.0.2.10'],
}

describe.skipIf(!mayMakeNamespaces)('the drivers for packets in a network namespace (needs root)', () => {
  let namespace: Namespace
  let ifindex = 0
  const closing: (() => void)[] = []

  beforeAll(() => {
    namespace = enterNamespace('pd')
    namespace.run(`
      set -e
      ip link add pdA address 02:00:00:00:00:0a type veth peer name pdB address 02:00:00:00:00:0b
      for i in pdA pdB; do
        echo 1 > /proc/sys/net/ipv4/conf/$i/accept_local; echo 0 > /proc/sys/net/ipv6/conf/$i/accept_dad; ip link set $i up
      done
      ip addr add 192.0.2.1/24 dev pdA; ip addr add 192.0.2.2/24 dev pdB
      ip addr add fe80::1/64 dev pdA nodad; ip addr add fe80::2/64 dev pdB nodad
    `)
    ifindex = ifNameToIndex('pdB')
  })
  afterAll(() => namespace?.leave())
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  function tapOn(device: string): LinkTap {
    const tap = openTap(device)
    closing.push(() => tap.close())
    return tap
  }

  function start(): { adverts: Adverts; events: AdvertEvent[]; troubles: AdvertTrouble[] } {
    const events: AdvertEvent[] = []
    const troubles: AdvertTrouble[] = []
    const adverts = createAdverts({ received: (event) => void events.push(event), trouble: (trouble) => void troubles.push(trouble) })
    closing.push(() => adverts.close())
    return { adverts, events, troubles }
  }

  function peer(type: SocketType = 'vrrp4'): VrrpSocket {
    const socket = createSocket({ type, device: 'pdA' })
    expect(socket.bind()).toBeUndefined()
    closing.push(() => socket.close())
    return socket
  }

  const endpoint = (groups: readonly string[], family: 4 | 6 = 4): Endpoint => ({
    interface: 'pdB',
    ifindex,
    family,
    groups: groups.map(ip),
  })

  const sending = (plan: Partial<SendAdvertEffect> = {}): SendAdvertEffect => ({
    kind: 'send-advert',
    instance: 'VI_1',
    interface: 'pdB',
    ifindex,
    family: 4,
    advert,
    source: ip('192.0.2.2'),
    destinations: [ip('224.0.0.18')],
    multicast: true,
    ttl: 255,
    checksum: 'pseudo-header',
    group: ip('224.0.0.18'),
    ...plan,
  })

  describe('adverts', () => {
    test('AUT-07 what is sealed leaves as protocol 51, and comes in by the socket for it alone', () => {
      const seal = { password: new TextEncoder().encode('secret'), sequence: 9 }
      const { adverts, events, troubles } = start()
      adverts.perform({ kind: 'listen', endpoints: [endpoint(['224.0.0.18']), { ...endpoint(['224.0.0.18']), protocol: 'ah' }] })
      const heard: number[] = []
      const other = peer('vrrp4-ah')
      other.addMembership('224.0.0.18')
      other.on('message', (_advert, _rinfo, { authenticationHeader: header }) => {
        if (header !== undefined && isAuthentic(header, seal.password)) heard.push(header.sequence)
      })
      adverts.perform(sending({ seal }))
      other.drain()
      expect(heard).toEqual([9])
      other.send({ ...advert, version: 2, authType: 2, authData: new Uint8Array(8) }, '224.0.0.18', {
        source: '192.0.2.1',
        checksum: 'message-only',
        seal,
      })
      adverts.drain()
      expect(events).toMatchObject([{ source: '192.0.2.1', packet: { ok: true, value: { authenticationHeader: { sequence: 9 } } } }])
      expect(troubles).toEqual([])
    })

    test('AUT-21 a signature bears the wall clock, the next one a later stamp, and all copies of an advert the same', () => {
      const { adverts } = start()
      adverts.perform({ kind: 'listen', endpoints: [endpoint([])] })
      const trailers: Trailer[] = []
      const other = peer()
      other.on('message', (_advert, _rinfo, { trailer }) => {
        if (trailer !== undefined) trailers.push(trailer)
      })
      const key = { id: 3, secret: new Uint8Array(32).fill(9) }
      const signed = sending({
        signing: { key, timeWindow: fromSeconds(5) },
        destinations: [ip('192.0.2.1'), ip('192.0.2.1')],
        multicast: false,
      })
      for (let i = 0; i < 3; i++) adverts.perform(signed)
      other.drain()
      expect(trailers.map((trailer) => trailer.keyId === 3 && isSigned(trailer, key.secret))).toEqual(new Array(6).fill(true))
      const [a, again, b, , c] = trailers.map(({ stamp }) => stamp)
      expect(Math.abs((a?.seconds ?? 0) - Date.now() / 1_000)).toBeLessThan(2)
      expect(again).toEqual(a)
      expect(compareStamps(b!, a!)).toBeGreaterThan(0)
      expect(compareStamps(c!, b!)).toBeGreaterThan(0)
    })

    test('what comes in is an event with everything that core judges by', () => {
      const { adverts, events } = start()
      adverts.perform({ kind: 'listen', endpoints: [endpoint(['224.0.0.18'])] })
      peer().send(advert, '224.0.0.18', { source: '192.0.2.1', ttl: 254 })
      adverts.drain()
      expect(events).toEqual([
        {
          kind: 'advert',
          ifindex,
          family: 4,
          source: '192.0.2.1',
          destination: '224.0.0.18',
          ttl: 254,
          truncated: false,
          heardAt: expect.closeTo(monotonicNow(), -7),
          receivedAt: expect.closeTo(Date.now(), -4),
          packet: { ok: true, value: { advert, validForms: ['pseudo-header'], strayBytes: 0 } },
        },
      ])
    })

    test('without drain it comes with the next turn of the event loop', async () => {
      const events: AdvertEvent[] = []
      const adverts = createAdverts({ received: (event) => void events.push(event), trouble: () => {} })
      closing.push(() => adverts.close())
      adverts.perform({ kind: 'listen', endpoints: [endpoint(['224.0.0.18'])] })
      peer().send(advert, '224.0.0.18', { source: '192.0.2.1' })
      await expect.poll(() => events.length).toBe(1)
    })

    test('a change of groups joins and leaves on the socket that is open; an endpoint not named is closed', () => {
      const { adverts, events, troubles } = start()
      const other = '239.1.2.3'
      const heard = (): readonly string[] => {
        for (const group of ['224.0.0.18', other]) peer().send(advert, group, { source: '192.0.2.1' })
        adverts.drain()
        return events.splice(0).map(({ destination }) => destination)
      }
      const rounds = [['224.0.0.18'], ['224.0.0.18', other], [other], []].map((groups) => {
        adverts.perform({ kind: 'listen', endpoints: [endpoint(groups)] })
        return heard()
      })
      expect(rounds).toEqual([['224.0.0.18'], ['224.0.0.18', other], [other], []])
      const rawSockets = (): number => namespace.run('cat /proc/thread-self/net/raw').trim().split('\n').length - 1
      const before = rawSockets()
      adverts.perform({ kind: 'listen', endpoints: [] })
      expect(rawSockets()).toBe(before - 1)
      adverts.perform(sending())
      expect(troubles).toMatchObject([{ kind: 'not-sent', error: { code: 'ENOTCONN' } }])
    })

    test('UNI-01 one advert goes to each destination, CKS-08 summed for each', () => {
      const { adverts, troubles } = start()
      adverts.perform({ kind: 'listen', endpoints: [endpoint([])] })
      namespace.run('for i in 7 8 9; do ip neigh replace 192.0.2.$i lladdr 02:00:00:00:00:0a dev pdB; done')
      const tap = tapOn('pdA')
      adverts.perform(sending({ destinations: ['192.0.2.7', '192.0.2.8', '192.0.2.9'].map(ip), multicast: false, ttl: 64 }))
      const sent = tap
        .frames()
        .map((frame) => ({ ttl: frame[22], to: frame.subarray(30, 34).join('.'), sum: toHex(frame.subarray(40, 42)) }))
      expect(sent.map(({ to, ttl }) => [to, ttl])).toEqual([
        ['192.0.2.7', 64],
        ['192.0.2.8', 64],
        ['192.0.2.9', 64],
      ])
      expect(new Set(sent.map(({ sum }) => sum)).size).toBe(3)
      expect(troubles).toEqual([])
    })

    test('IPv6 has a socket of its own beside IPv4 on the same interface', () => {
      const { adverts, events, troubles } = start()
      adverts.perform({ kind: 'listen', endpoints: [endpoint(['224.0.0.18']), endpoint(['ff02::12'], 6)] })
      const over6 = { ...advert, addresses: ['fe80::10'] }
      peer('vrrp6').send(over6, 'ff02::12', { source: 'fe80::1' })
      peer().send(advert, '224.0.0.18', { source: '192.0.2.1' })
      adverts.drain()
      expect(events.map(({ family, source }) => [family, source]).sort()).toEqual([
        [4, '192.0.2.1'],
        [6, 'fe80::1'],
      ])
      const tap = tapOn('pdA')
      adverts.perform(sending({ family: 6, advert: over6, source: ip('fe80::2'), destinations: [ip('ff02::12')] }))
      expect(tap.frames().filter((frame) => frame[12] === 0x86 && frame[20] === 112)).toHaveLength(1)
      expect(troubles).toEqual([])
    })

    test('PKT-18 a firewall is said once, and once that it is over', () => {
      const { adverts, troubles } = start()
      adverts.perform({ kind: 'listen', endpoints: [endpoint(['224.0.0.18'])] })
      namespace.run("nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; add rule ip t o ip protocol 112 drop'")
      for (let i = 0; i < 3; i++) adverts.perform(sending())
      namespace.run('nft delete table ip t')
      for (let i = 0; i < 3; i++) adverts.perform(sending())
      expect(troubles.map(({ kind }) => kind)).toEqual(['not-sent', 'sent-again'])
    })

    test('an interface of the name but with another index is not listened on', () => {
      const { adverts, troubles } = start()
      adverts.perform({ kind: 'listen', endpoints: [{ ...endpoint(['224.0.0.18']), ifindex: ifindex + 1_000 }] })
      expect(troubles).toMatchObject([{ kind: 'not-listening', error: { code: 'ENODEV' } }])
    })

    test('an endpoint that could not be opened is tried again after a second', async () => {
      const { adverts, events } = start()
      namespace.run('ip link add pdX type veth peer name pdY; ip link set pdX up; ip link set pdY up; ip link set pdX name pdZ')
      const index = ifNameToIndex('pdZ')
      adverts.perform({ kind: 'listen', endpoints: [{ interface: 'pdX', ifindex: index, family: 4, groups: [ip('224.0.0.18')] }] })
      namespace.run('ip link set pdZ name pdX')
      const sender = createSocket({ type: 'vrrp4', device: 'pdY' })
      closing.push(() => sender.close())
      sender.bind()
      await expect
        .poll(
          () => {
            sender.send(advert, '224.0.0.18', { source: '198.51.100.1' })
            adverts.drain()
            return events.length
          },
          { timeout: 5_000 },
        )
        .toBeGreaterThan(0)
      namespace.run('ip link delete pdX')
    })
  })

  describe('announcements', () => {
    const announce: AnnounceEffect = {
      kind: 'announce',
      instance: 'VI_1',
      interface: 'pdB',
      ifindex: 0,
      family: 4,
      mac: '02:00:00:00:00:0b' as MacAddress,
      addresses: [ip('192.0.2.10'), ip('192.0.2.11')],
      repeat: 2,
    }

    function perform(effect: Partial<AnnounceEffect>, forwards?: (device: string) => boolean): readonly string[] {
      const failures: AnnouncementFailure[] = []
      const announcements = createAnnouncements({ failed: (failure) => void failures.push(failure), ...(forwards && { forwards }) })
      const tap = tapOn('pdA')
      announcements.perform({ ...announce, ifindex, ...effect })
      announcements.close()
      expect(failures).toEqual([])
      return tap.frames().map(toHex)
    }

    test('GRP-01 V13 gratuitous ARP goes out for each address, and again for each round', () => {
      const frame = (last: string): string =>
        ['ffffffffffff', '02000000000b', '0806', '0001080006040001', '02000000000b', `c00002${last}`, 'ffffffffffff', `c00002${last}`].join(
          '',
        )
      expect(perform({})).toEqual([frame('0a'), frame('0b'), frame('0a'), frame('0b')])
    })

    test('GRP-03 200 addresses in five rounds are a thousand frames, none lost', () => {
      const addresses = Array.from({ length: 200 }, (_, i) => ip(`192.0.2.${i + 1}`))
      const announcements = createAnnouncements({
        failed: ({ code }) => {
          throw new Error(code)
        },
      })
      const before = sentBy('pdB')
      announcements.perform({ ...announce, ifindex, addresses, repeat: 5 })
      announcements.close()
      expect(sentBy('pdB') - before).toBe(1_000)
    })

    test('GRP-03 none is lost either on a device that cannot send them at once', () => {
      const addresses = Array.from({ length: 200 }, (_, i) => ip(`192.0.2.${i + 1}`))
      const failures: AnnouncementFailure[] = []
      const announcements = createAnnouncements({ failed: (failure) => void failures.push(failure) })
      namespace.run('tc qdisc add dev pdB root tbf rate 2mbit burst 2000 limit 10000000')
      announcements.perform({ ...announce, ifindex, addresses, repeat: 5 })
      namespace.run('tc qdisc del dev pdB root')
      announcements.close()
      expect(failures).toEqual([])
    })

    const sentBy = (device: string): number =>
      Number(namespace.run(`ip -s -j link show ${device} | sed 's/.*"tx":{[^}]*"packets":\\([0-9]*\\).*/\\1/'`))

    test.each([
      { forwarding: 0, flags: '20000000' },
      { forwarding: 1, flags: 'a0000000' },
    ])('GRP-02 V14 the R flag of an unsolicited NA follows forwarding=$forwarding', ({ forwarding, flags }) => {
      namespace.run(`echo ${forwarding} > /proc/sys/net/ipv6/conf/pdB/forwarding`)
      const [frame = ''] = perform({ family: 6, addresses: [ip('2001:db8::10')], repeat: 1 }).filter((text) =>
        text.includes('3aff20010db8'),
      )
      expect(frame.slice(0, 28)).toBe('33330000000102000000000b86dd')
      expect(frame.slice(116, 124)).toBe(flags)
      expect(frame).toHaveLength(172)
    })

    test('D14 forwarding is asked for at most every five seconds', () => {
      const announcements = createAnnouncements({ failed: () => {} })
      const tap = tapOn('pdA')
      const effect: AnnounceEffect = { ...announce, ifindex, family: 6, addresses: [ip('2001:db8::10')], repeat: 1 }
      namespace.run('echo 1 > /proc/sys/net/ipv6/conf/pdB/forwarding')
      announcements.perform(effect)
      namespace.run('echo 0 > /proc/sys/net/ipv6/conf/pdB/forwarding')
      announcements.perform(effect)
      const flags = tap
        .frames()
        .filter((frame) => frame[54] === 136)
        .map((frame) => frame[58])
      expect(flags).toEqual([0xa0, 0xa0])
      announcements.close()
    })
  })
})
