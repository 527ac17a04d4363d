import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import type { DatagramEvent, Listener, Sender } from '../../src/core/bfd/events.ts'
import { BfdSockets, type BfdTrouble } from '../../src/drivers/bfd-sockets.ts'

const HERE = '127.0.0.1' as IpAddress
const data = Uint8Array.of(1, 2, 3)

class Rig {
  readonly heard: DatagramEvent[] = []
  readonly troubles: BfdTrouble[] = []
  readonly sockets = new BfdSockets({
    received: (event) => void this.heard.push(event),
    trouble: (trouble) => void this.troubles.push(trouble),
    random: () => 0.5,
  })

  open(listeners: readonly Listener[], senders: readonly Sender[] = []): void {
    this.sockets.perform({ kind: 'open', listeners, senders })
  }

  /** Until so many datagrams were heard. */
  async hears(count: number): Promise<readonly DatagramEvent[]> {
    await expect.poll(() => this.heard.length, { timeout: 5000 }).toBe(count)
    return this.heard
  }
}

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function rigOf(): Rig {
  const rig = new Rig()
  closing.push(() => rig.sockets.close())
  return rig
}

/** A socket of Node's, and its port. */
async function taken(): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket('udp4')
  socket.bind(0)
  await once(socket, 'listening')
  closing.push(() => socket.close())
  return { socket, port: socket.address().port }
}

/** A port that was free a moment ago. */
async function free(): Promise<number> {
  const { socket, port } = await taken()
  closing.pop()
  socket.close()
  await once(socket, 'close')
  return port
}

const sender = (port: number, more: Partial<Sender> = {}): Sender => ({
  session: 'peer',
  source: HERE,
  destination: HERE,
  port,
  ttl: 255,
  ...more,
})

describe('BFD over UDP', () => {
  test('ttl: what is sent is heard with its TTL, its ends and their ports, the source port from 49152 on (RFC 5881 §4)', async () => {
    const rig = rigOf()
    const port = await free()
    rig.open([{ family: 4, port }], [sender(port, { ttl: 77 })])
    rig.sockets.perform({ kind: 'send', sender: sender(port, { ttl: 77 }), data })
    rig.sockets.perform({ kind: 'send', sender: sender(port, { ttl: 77 }), data })
    const [first, second] = await rig.hears(2)
    expect(first).toMatchObject({ kind: 'datagram', source: HERE, destination: HERE, port, ttl: 77, data })
    expect(first?.sourcePort).toBeGreaterThanOrEqual(49_152)
    expect(second?.sourcePort).toBe(first?.sourcePort)
  })

  test('hoplimit: the same over IPv6', async () => {
    const rig = rigOf()
    const port = await free()
    const six = sender(port, { source: '::1' as IpAddress, destination: '::1' as IpAddress, ttl: 64 })
    rig.open([{ family: 6, port }], [six])
    rig.sockets.perform({ kind: 'send', sender: six, data })
    expect((await rig.hears(1))[0]).toMatchObject({ source: '::1', destination: '::1', ttl: 64 })
  })

  test('each session has a source port of its own; without source_ip the kernel chooses the address', async () => {
    const rig = rigOf()
    const port = await free()
    const senders = [sender(port), sender(port, { session: 'other', source: undefined })]
    rig.open([{ family: 4, port }], senders)
    for (const one of senders) rig.sockets.perform({ kind: 'send', sender: one, data })
    const heard = await rig.hears(2)
    expect(new Set(heard.map(({ sourcePort }) => sourcePort)).size).toBe(2)
    expect(new Set(heard.map(({ source }) => source))).toEqual(new Set([HERE]))
  })

  test('drain reads what waits, before any turn of the event loop', async () => {
    const rig = rigOf()
    const port = await free()
    rig.open([{ family: 4, port }], [sender(port)])
    rig.sockets.perform({ kind: 'send', sender: sender(port), data })
    rig.sockets.drain()
    expect(rig.heard).toHaveLength(1)
  })

  test('a port that somebody else has is said once, and taken when it is free', async () => {
    const rig = rigOf()
    const { socket, port } = await taken()
    rig.open([{ family: 4, port }], [sender(port)])
    rig.sockets.perform({ kind: 'send', sender: sender(port), data })
    expect(rig.troubles).toEqual([{ kind: 'not-listening', family: 4, port, code: 'EADDRINUSE' }])
    closing.splice(closing.length - 1, 1)
    socket.close()
    await once(socket, 'close')
    rig.sockets.perform({ kind: 'send', sender: sender(port), data })
    expect(await rig.hears(1)).toHaveLength(1)
  })

  test('source_ip that is not on this host is said once, and so is the way back', async () => {
    const rig = rigOf()
    const port = await free()
    const absent = sender(port, { source: '203.0.113.1' as IpAddress })
    for (let i = 0; i < 2; i++) rig.sockets.perform({ kind: 'send', sender: absent, data })
    expect(rig.troubles).toEqual([{ kind: 'not-sent', session: 'peer', destination: HERE, code: 'EADDRNOTAVAIL' }])
    rig.sockets.perform({ kind: 'send', sender: sender(port), data })
    expect(rig.troubles.at(-1)).toEqual({ kind: 'sent-again', session: 'peer', destination: HERE })
  })

  test('what a reload does not name is closed', async () => {
    const rig = rigOf()
    const port = await free()
    rig.open([{ family: 4, port }], [sender(port)])
    rig.sockets.perform({ kind: 'send', sender: sender(port), data })
    await rig.hears(1)
    rig.open([])
    const other = rigOf()
    other.open([{ family: 4, port }])
    expect(other.troubles).toEqual([])
  })
})
