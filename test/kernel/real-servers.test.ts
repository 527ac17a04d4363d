import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IpAddress } from '../../src/base/ip.ts'
import { fromSeconds } from '../../src/base/units.ts'
import type { CheckAttempt, CheckTarget, DnsType, HttpUrl } from '../../src/core/check/config.ts'
import { httpGet, target, url } from '../drivers/probes/support.ts'
import { run } from '../lab/command.ts'
import type { Host } from '../lab/host.ts'
import { Lan } from '../lab/lan.ts'
import { until } from '../lab/observe.ts'
import type { ProbeOutcome } from './probe-once.ts'

const CHECKER = join(import.meta.dirname, '../support/checker-alone.ts')
/** Real servers in 10.2.1.0/24, and as many in 10.2.2.0/24. */
const EACH = 20
const realServer = (net: number, last: number): string =>
  ` real_server 10.2.${net}.${last} 80 {\n weight 1\n TCP_CHECK {\n connect_timeout 1\n retry 2\n delay_before_retry 0.3\n }\n }\n`
const realServers = [1, 2].flatMap((net) => Array.from({ length: EACH }, (_, i) => realServer(net, i + 1)))
const virtualServer = `virtual_server 198.51.100.1 80 {\n delay_loop 1\n lb_algo rr\n lb_kind NAT\n protocol TCP\n${realServers.join('')}}\n`

/** Debian's nginx, dnsmasq and aiosmtpd on one host, our checks on another. */
describe('checks of real servers', () => {
  let lan: Lan
  let director: Host
  let servers: Host

  beforeAll(async () => {
    lan = new Lan()
    director = lan.host({ name: 'director', nics: [{ device: 'eth0', segment: 'a', addresses: ['192.0.2.1/24'] }] })
    servers = lan.host({ name: 'servers', nics: [{ device: 'eth0', segment: 'a', addresses: ['192.0.2.2/24'] }] })
    director.ip('route add 10.2.0.0/16 via 192.0.2.2')
    servers.ip('route add local 10.2.0.0/16 dev lo')
    startNginx(servers)
    const records = ['--address=/www.example.test/192.0.2.80', '--mx-host=example.test,mail.example.test', '--txt-record=example.test,well']
    servers.spawn(['dnsmasq', '-k', '-C', '/dev/null', '-u', 'root', '--no-resolv', '--no-hosts', '--no-daemon', ...records], {
      log: 'dns',
    })
    servers.spawn(['aiosmtpd', '-n', '-l', '192.0.2.2:25'], { log: 'mail' })
    const listening = (): string => servers.exec(['ss', '-Hltnu'])
    const isUp = (): boolean => [80, 443, 25, 53].every((port) => new RegExp(`[:\\]]${port} `).test(listening()))
    if ((await until(isUp, 20, 0.05)) === undefined) throw new Error(`the servers do not start: ${listening()}`)
  })

  afterAll(() => lan.close())

  function attempt(made: readonly CheckAttempt[]): readonly ProbeOutcome[] {
    const argv = [process.execPath, '--conditions=source', join(import.meta.dirname, 'probe-once.ts'), JSON.stringify(made), '20000']
    return JSON.parse(director.exec(argv, { seconds: 60 }))
  }

  const to = (port: number): CheckTarget => target(port, { address: '192.0.2.2' as IpAddress, connectTimeout: fromSeconds(5) })
  const web = (kind: 'HTTP_GET' | 'SSL_GET', more: Partial<HttpUrl>, about: object = {}): CheckAttempt =>
    httpGet(80, { kind, target: to(kind === 'HTTP_GET' ? 80 : 443), urls: [url(more)], ...about })
  const dns = (type: DnsType, name: string): CheckAttempt => ({ kind: 'DNS_CHECK', target: to(53), type, name })
  const kinds = (outcomes: readonly ProbeOutcome[]): readonly string[] => outcomes.map(({ result }) => result.kind)
  const page = 'well\n'
  const digest = createHash('md5').update(page).digest('hex')
  const missing = [{ low: 404, high: 404 }]

  test.each(['HTTP_GET', 'SSL_GET'] as const)('%s of nginx: status_code, digest, regex, virtualhost and every http_protocol', (kind) => {
    const regex = { pattern: '^w.l+', options: [], noMatch: false, minOffset: 0, maxOffset: 100 }
    const passing = [
      web(kind, { path: '/' }),
      web(kind, { path: '/', digest }),
      web(kind, { path: '/', regex } as Partial<HttpUrl>),
      web(kind, { path: '/nowhere', statusCodes: missing }),
      web(kind, { path: '/', virtualhost: 'other.example.test', statusCodes: [{ low: 204, high: 204 }] }),
      web(kind, { path: '/' }, { httpProtocol: '1.0C' }),
      web(kind, { path: '/' }, { httpProtocol: '1.1' }),
      web(kind, { path: '/' }, { httpProtocol: '1.1', enableSni: true, virtualhost: 'other.example.test' }),
    ]
    const failing = [
      web(kind, { path: '/nowhere' }),
      web(kind, { path: '/', digest: '0'.repeat(32) }),
      web(kind, { path: '/', virtualhost: 'other.example.test', digest }),
    ]
    const outcomes = attempt([...passing, ...failing])
    expect(kinds(outcomes), JSON.stringify(outcomes)).toEqual([...passing.map(() => 'passed'), ...failing.map(() => 'failed')])
    expect(outcomes.map(({ leaked }) => leaked)).toEqual(outcomes.map(() => 0))
  })

  test('HTTP_GET of a port that speaks TLS and SSL_GET of one that does not fail', () => {
    const outcomes = attempt([httpGet(443, { target: to(443) }), httpGet(80, { kind: 'SSL_GET', target: to(80) })])
    expect(outcomes).toMatchObject([
      { result: { kind: 'failed', reason: { kind: 'status-code', code: 400 } }, leaked: 0 },
      { result: { kind: 'failed', reason: { kind: 'tls' } }, leaked: 0 },
    ])
  })

  test('SMTP_CHECK of aiosmtpd passes; of nginx, which says nothing that is SMTP, it does not', () => {
    const [mail, other] = attempt(
      [25, 80].map((port) => ({
        kind: 'SMTP_CHECK',
        target: { ...to(port), connectTimeout: fromSeconds(1) },
        heloName: 'director.example.test',
      })),
    )
    expect(mail).toMatchObject({ result: { kind: 'passed' }, leaked: 0 })
    expect(other).toMatchObject({ result: { kind: expect.not.stringMatching('passed') }, leaked: 0 })
  })

  test('DNS_CHECK of dnsmasq: names that it has pass, whatever type; one that it refuses fails with its code', () => {
    const outcomes = attempt([
      dns('A', 'www.example.test'),
      dns('MX', 'example.test'),
      dns('TXT', 'example.test'),
      dns('A', 'other.example'),
    ])
    expect(outcomes).toMatchObject([
      { result: { kind: 'passed' } },
      { result: { kind: 'passed' } },
      { result: { kind: 'passed' } },
      { result: { kind: 'failed', reason: { kind: 'dns-code', code: 5 } } },
    ])
  })

  test('a stopped server leaves within delay_loop and its retries: one that refuses, and one that is silent by connect_timeout more each', async () => {
    const configuration = join(director.directory, 'keepalived.conf')
    writeFileSync(configuration, virtualServer)
    const checker = director.spawn([process.execPath, '--conditions=source', CHECKER, configuration, 'say'], { log: 'checker' })
    try {
      const said = (what: string): readonly RegExpMatchArray[] => [
        ...readFileSync(checker.log, 'utf8').matchAll(new RegExp(`^(\\d+) ${what}`, 'gm')),
      ]
      expect(await until(() => said('TCP connection to .* success').length === 2 * EACH, 20, 0.05)).toBeDefined()
      servers.exec(['nft', 'add table ip t; add chain ip t in { type filter hook input priority 0; }'])
      const start = Date.now()
      servers.exec(['nft', `add rule ip t in ip daddr 10.2.1.0/24 reject with tcp reset; add rule ip t in ip daddr 10.2.2.0/24 drop`])
      expect(await until(() => said('Removing service').length === 2 * EACH, 30, 0.05)).toBeDefined()
      const timesOf = (net: number): readonly number[] => said(`Removing service \\[10\\.2\\.${net}\\.`).map(([, at]) => Number(at) - start)
      // Generous above: the machine has other things to do. The benchmark `checks` has the figure.
      expect(Math.max(...timesOf(1))).toBeLessThan(1_000 + 2 * 300 + 5_000)
      expect(Math.min(...timesOf(1))).toBeGreaterThan(2 * 300 - 50)
      expect(Math.max(...timesOf(2))).toBeLessThan(1_000 + 2 * 300 + 3 * 1_000 + 5_000)
      expect(Math.min(...timesOf(2))).toBeGreaterThan(2 * 300 + 3 * 1_000 - 50)
    } finally {
      checker.child.kill('SIGTERM')
      await checker.ended
    }
  })

  test('F30 a name service that is a black hole delays no check: nothing is ever looked up', () => {
    const dead = join(director.directory, 'resolv.conf')
    writeFileSync(dead, 'nameserver 192.0.2.66\noptions timeout:10 attempts:5\n')
    const made = [web('HTTP_GET', { path: '/', virtualhost: 'www.example.test' }), { kind: 'TCP_CHECK', target: to(25) } as const]
    const once = join(import.meta.dirname, 'probe-once.ts')
    const script = 'mount --make-rprivate / && mount --bind "$0" /etc/resolv.conf && exec "$@"'
    const argv = [
      'unshare',
      '--mount',
      'sh',
      '-ec',
      script,
      dead,
      process.execPath,
      '--conditions=source',
      once,
      JSON.stringify(made),
      '20000',
    ]
    const outcomes = JSON.parse(director.exec(argv, { seconds: 60 })) as readonly ProbeOutcome[]
    expect(kinds(outcomes)).toEqual(['passed', 'passed'])
    for (const { ms } of outcomes) expect(ms).toBeLessThan(4_000)
  })
})

function startNginx(servers: Host): void {
  const file = (name: string): string => join(servers.directory, name)
  const certificate = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=nobody.example.test']
  run(['openssl', 'req', ...certificate, '-keyout', file('key.pem'), '-out', file('certificate.pem')])
  const listen = (more = ''): string => `listen 80 ${more}; listen 443 ssl ${more};`
  writeFileSync(
    file('nginx.conf'),
    `daemon off; worker_processes 1; user root; pid ${file('nginx.pid')}; error_log ${file('nginx.log')};
events { worker_connections 256; }
http {
  access_log off; ssl_certificate ${file('certificate.pem')}; ssl_certificate_key ${file('key.pem')};
  server { ${listen('default_server')} server_name _; location = / { return 200 "well\\n"; } location / { return 404; } }
  server { ${listen()} server_name other.example.test; location / { return 204; } }
}
`,
  )
  servers.spawn(['nginx', '-c', file('nginx.conf')], { log: 'web' })
}
