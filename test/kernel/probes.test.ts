import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import { fromMillis } from '../../src/base/units.ts'
import type { CheckAttempt, CheckTarget } from '../../src/core/check/config.ts'
import type { ProbeResult } from '../../src/core/check/probe.ts'
import { httpGet, target } from '../drivers/probes/support.ts'

const namespace = `vk-probes-${process.pid}`
const script = fileURLToPath(new URL('probe-once.ts', import.meta.url))
const inside = (...command: string[]): string => execFileSync('ip', ['netns', 'exec', namespace, ...command], { encoding: 'utf8' })

/** Ports of the namespace: SYNs to the first vanish, to the second only with mark 7 they do not. */
const hole = 7001
const marked = 7002

describe('probes in a network namespace', () => {
  let port = 0
  let server: ReturnType<typeof spawn>

  beforeAll(async () => {
    execFileSync('ip', ['netns', 'add', namespace])
    inside('ip', 'link', 'set', 'lo', 'up')
    inside('ip', 'link', 'add', 'other0', 'type', 'veth', 'peer', 'name', 'other1')
    for (const end of ['other0', 'other1']) inside('ip', 'link', 'set', end, 'up')
    inside('ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'other0')
    inside('nft', 'add table inet t; add chain inet t in { type filter hook input priority 0; }')
    inside('nft', `add rule inet t in tcp dport ${hole} drop; add rule inet t in tcp dport ${marked} meta mark != 7 drop`)
    const program = `const net = require('node:net'); const answer = (s) => s.on('error', () => {}).on('data', () => s.end('HTTP/1.1 200 OK\\r\\n\\r\\n'))
      net.createServer(answer).listen(${marked}, '::', () => net.createServer(answer).listen(0, '::', function () { console.log(this.address().port) }))`
    server = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    if (server.stdout === null) throw new Error('no output of the server')
    const [line] = (await once(createInterface(server.stdout), 'line')) as [string]
    port = Number(line)
  })

  afterAll(() => {
    server.kill()
    execFileSync('ip', ['netns', 'del', namespace])
  })

  function attempt(made: CheckAttempt, limit = 400): { result: ProbeResult; ms: number; leaked: number } {
    return JSON.parse(inside(process.execPath, '--conditions=source', script, JSON.stringify(made), `${limit}`))
  }

  const tcp = (more: Partial<CheckTarget> = {}): CheckAttempt => ({ kind: 'TCP_CHECK', target: target(port, more) })
  const http = (more: Partial<CheckTarget> = {}): CheckAttempt =>
    httpGet(port, { target: target(port, { connectTimeout: fromMillis(2000), ...more }) })

  const to = (address: string, more: Partial<CheckTarget> = {}): CheckTarget =>
    target(9, { address: address as IpAddress, connectTimeout: fromMillis(300), ...more })
  const udp = (there: CheckTarget): CheckAttempt => ({ kind: 'UDP_CHECK', target: there, payload: undefined, reply: undefined })

  test('F29 a SYN that vanishes: connect_timeout ends it, and its socket', () => {
    const one = attempt(tcp({ port: hole }))
    expect(one).toMatchObject({ result: { kind: 'timed-out', stage: 'connect' }, leaked: 0 })
    expect(one.ms).toBeGreaterThan(350)
    const web = attempt(http({ port: hole, connectTimeout: fromMillis(300) }), 10_000)
    expect(web).toMatchObject({ result: { kind: 'timed-out', stage: 'connect' }, leaked: 0 })
    expect(web.ms).toBeLessThan(1000)
  })

  test('F29 a SYN that vanishes from a socket with a mark', () => {
    expect(attempt(tcp({ port: hole, fwmark: 3 }))).toMatchObject({ result: { kind: 'timed-out', stage: 'connect' }, leaked: 0 })
  })

  test('fwmark is on the first packet', () => {
    expect(attempt(tcp({ port: marked }))).toMatchObject({ result: { kind: 'timed-out' } })
    expect(attempt(tcp({ port: marked, fwmark: 8 }))).toMatchObject({ result: { kind: 'timed-out' } })
    expect(attempt(tcp({ port: marked, fwmark: 7 }))).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
    expect(attempt(http({ port: marked, fwmark: 7 }), 4000)).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
  })

  test('bind_if decides by which interface the connection goes', () => {
    expect(attempt(tcp({ bindIf: 'lo' }))).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
    expect(attempt(http({ bindIf: 'lo' }), 4000)).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
    expect(attempt(tcp({ bindIf: 'other0' })).result.kind).not.toBe('passed')
  })

  test('bind_if of an interface that is not there says nothing of the server, and names what is missing', () => {
    expect(attempt(tcp({ bindIf: 'none0' }))).toMatchObject({
      result: { kind: 'not-made', detail: 'SO_BINDTODEVICE: ENODEV' },
    })
    const there = to('127.0.0.1', { bindIf: 'none0' })
    const attempts: CheckAttempt[] = [
      { kind: 'PING_CHECK', target: there },
      { kind: 'DNS_CHECK', target: there, type: 'SOA', name: '.' },
      { kind: 'SMTP_CHECK', target: there, heloName: 'x' },
    ]
    for (const one of attempts) expect(attempt(one, 3000)).toMatchObject({ result: { kind: 'not-made' }, leaked: 0 })
    // As with keepalived.
    expect(attempt(udp(there), 3000)).toMatchObject({ result: { kind: 'failed' }, leaked: 0 })
  })

  test('bind_if with bindto and IPv6', () => {
    const v6 = '::1' as IpAddress
    expect(attempt(tcp({ address: v6, bindto: v6, bindIf: 'lo' }))).toMatchObject({ result: { kind: 'passed' } })
    expect(attempt(tcp({ bindto: '127.0.0.9' as IpAddress, bindPort: 7777, bindIf: 'lo' }))).toMatchObject({ result: { kind: 'passed' } })
    expect(attempt(tcp({ port: 1, fwmark: 7 }))).toMatchObject({ result: { kind: 'failed', reason: { detail: 'connect: ECONNREFUSED' } } })
  })

  test('PING_CHECK is answered, on either kind of socket', () => {
    for (const range of ['1 0', '0 2147483647']) {
      inside('sysctl', '-qw', `net.ipv4.ping_group_range=${range}`)
      for (const address of ['127.0.0.1', '192.0.2.1', '::1']) {
        expect(attempt({ kind: 'PING_CHECK', target: to(address) }, 3000)).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
      }
      expect(attempt({ kind: 'PING_CHECK', target: to('127.0.0.1', { fwmark: 4, bindIf: 'lo' }) }, 3000)).toMatchObject({
        result: { kind: 'passed' },
      })
    }
  })

  test('F29 PING_CHECK of a host that does not answer: connect_timeout ends it', () => {
    inside('ip', 'neigh', 'replace', '192.0.2.66', 'lladdr', '02:00:00:00:00:66', 'dev', 'other0')
    const one = attempt({ kind: 'PING_CHECK', target: to('192.0.2.66') }, 3000)
    expect(one).toMatchObject({ result: { kind: 'timed-out', stage: 'reply' }, leaked: 0 })
    expect(one.ms).toBeGreaterThan(290)
    expect(one.ms).toBeLessThan(1500)
  })

  test('no way to the server: PING_CHECK, UDP_CHECK, DNS_CHECK and SMTP_CHECK fail at once and say so', () => {
    const there = to('203.0.113.1')
    const attempts: CheckAttempt[] = [
      { kind: 'PING_CHECK', target: there },
      udp(there),
      { kind: 'DNS_CHECK', target: there, type: 'SOA', name: '.' },
      { kind: 'SMTP_CHECK', target: there, heloName: 'x' },
    ]
    for (const one of attempts) {
      const { result, leaked, ms } = attempt(one, 3000)
      expect(result).toMatchObject({ kind: 'failed', reason: { kind: 'unreachable', detail: expect.stringContaining('ENETUNREACH') } })
      expect(leaked).toBe(0)
      expect(ms).toBeLessThan(250)
    }
  })

  test('UDP_CHECK: a firewall that says no, and one that says nothing', () => {
    inside('nft', 'add rule inet t in udp dport 7010 reject with icmp type admin-prohibited')
    inside('nft', 'add rule inet t in udp dport 7011 drop')
    expect(attempt(udp(to('127.0.0.1', { port: 7010 })), 3000)).toMatchObject({
      result: { kind: 'failed', reason: { kind: 'reply', detail: 'EHOSTUNREACH' } },
      leaked: 0,
    })
    expect(attempt(udp(to('127.0.0.1', { port: 7011 })), 3000)).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
  })

  test('UDP_CHECK with fwmark: only a datagram that bears it is refused', () => {
    inside('nft', 'add rule inet t in udp dport 7012 meta mark != 7 drop')
    expect(attempt(udp(to('127.0.0.1', { port: 7012 })), 3000).result.kind).toBe('passed')
    expect(attempt(udp(to('127.0.0.1', { port: 7012, fwmark: 7 })), 3000).result).toMatchObject({ reason: { detail: 'ECONNREFUSED' } })
  })

  test('a link-local server is reached through its bind_if', () => {
    const address = inside('ip', '-6', '-o', 'addr', 'show', 'dev', 'other0', 'scope', 'link').match(/inet6 (fe80[^/]*)/)?.[1] as IpAddress
    expect(attempt(tcp({ address, bindIf: 'other0' }), 3000).result.kind).toBe('passed')
    expect(attempt(tcp({ address, bindIf: 'other0', fwmark: 5 }), 3000).result.kind).toBe('passed')
    expect(attempt({ kind: 'PING_CHECK', target: to(address, { bindIf: 'other0' }) }, 3000).result.kind).toBe('passed')
    expect(attempt(udp(to(address, { bindIf: 'other0' })), 3000).result).toMatchObject({ reason: { detail: 'ECONNREFUSED' } })
  })
})
