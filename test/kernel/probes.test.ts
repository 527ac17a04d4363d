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

  test('bind_if of an interface that is not there is a failure that names it', () => {
    expect(attempt(tcp({ bindIf: 'none0' }))).toMatchObject({
      result: { kind: 'failed', reason: { kind: 'connect', detail: 'SO_BINDTODEVICE: ENODEV' } },
    })
  })

  test('bind_if with bindto and IPv6', () => {
    const v6 = '::1' as IpAddress
    expect(attempt(tcp({ address: v6, bindto: v6, bindIf: 'lo' }))).toMatchObject({ result: { kind: 'passed' } })
    expect(attempt(tcp({ bindto: '127.0.0.9' as IpAddress, bindPort: 7777, bindIf: 'lo' }))).toMatchObject({ result: { kind: 'passed' } })
    expect(attempt(tcp({ port: 1, fwmark: 7 }))).toMatchObject({ result: { kind: 'failed', reason: { detail: 'connect: ECONNREFUSED' } } })
  })

  test('a link-local server is reached through its bind_if', () => {
    const address = inside('ip', '-6', '-o', 'addr', 'show', 'dev', 'other0', 'scope', 'link').match(/inet6 (fe80[^/]*)/)?.[1] as IpAddress
    expect(attempt(tcp({ address, bindIf: 'other0' }), 3000).result.kind).toBe('passed')
    expect(attempt(tcp({ address, bindIf: 'other0', fwmark: 5 }), 3000).result.kind).toBe('passed')
  })
})
