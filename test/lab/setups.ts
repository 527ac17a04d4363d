import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from './command.ts'
import { Director } from './director.ts'
import type { Host } from './host.ts'
import { Lan } from './lan.ts'
import { ask, askOften, until } from './observe.ts'
import type { Program } from './program.ts'
import type { Finding, Report } from './report.ts'

/** What people put on one director beside the plain service: `npm run demo -- --only NAME`. */
export const setups = ['marks', 'persistence', 'weights', 'schedulers', 'save'] as const
export type SetupName = (typeof setups)[number]

export interface SetupPlan {
  readonly program: Program
  readonly report: Report
  readonly only: readonly SetupName[]
}

/** Addresses of the customer's firewall mark set-up. */
const VIP = '192.168.8.13'
const WEBS = [
  { name: 'web7', address: '192.168.8.7', weight: 1 },
  { name: 'web17', address: '192.168.8.17', weight: 3 },
] as const
const SOURCES = Array.from({ length: 20 }, (_, i) => `192.168.8.${200 + i}`)
const CONNECTIONS = 1_000
const MARK = 10

/** What a thousand connections from twenty addresses are to make of weights 1 and 3, as the first server's share. */
interface Distribution {
  readonly port: number
  readonly scheduler: string
  readonly right: (first: number) => boolean
  readonly promise: string
}

const exactly = (share: number) => (first: number) => first === share
const about = (share: number) => (first: number) => Math.abs(first - share) <= 50
/** An address always meets the same server, and both servers meet some. */
const byAddress = (first: number): boolean => first > 0 && first < CONNECTIONS && first % (CONNECTIONS / SOURCES.length) === 0
const oneOnly = (first: number): boolean => first === 0 || first === CONNECTIONS

const distributions: readonly Distribution[] = [
  { port: 8001, scheduler: 'rr', right: exactly(500), promise: 'half each' },
  { port: 8002, scheduler: 'wrr', right: exactly(250), promise: 'as 1 to 3' },
  { port: 8003, scheduler: 'lc', right: about(500), promise: 'half each' },
  { port: 8004, scheduler: 'wlc', right: about(250), promise: 'as 1 to 3' },
  { port: 8005, scheduler: 'sed', right: about(250), promise: 'as 1 to 3' },
  { port: 8006, scheduler: 'nq', right: about(250), promise: 'as 1 to 3' },
  { port: 8007, scheduler: 'sh', right: byAddress, promise: 'each client to one server' },
  { port: 8008, scheduler: 'mh', right: byAddress, promise: 'each client to one server' },
  { port: 8009, scheduler: 'dh', right: oneOnly, promise: 'one address, one server' },
  { port: 8010, scheduler: 'fo', right: exactly(0), promise: 'all to the heavier' },
  { port: 8011, scheduler: 'ovf', right: about(400), promise: 'what is beyond the 600 of the heavier' },
  {
    port: 8012,
    scheduler: 'lblc',
    right: (first) => Math.max(first, CONNECTIONS - first) > 900,
    promise: 'one address, one server, until that has too much',
  },
  { port: 8013, scheduler: 'lblcr', right: about(250), promise: 'one address, a set of servers, as 1 to 3' },
]

/** ovf compares weights with connections, 500 and 600. */
const weightOf = (weight: number, scheduler: string): number => (scheduler === 'ovf' ? 450 + weight * 50 : weight)

export async function runSetups({ program, report, only }: SetupPlan): Promise<void> {
  using lan = new Lan()
  build(lan)
  const [client, host] = [lan.get('client'), lan.get('director')]
  const configuration = join(host.directory, 'keepalived.conf')
  writeFileSync(configuration, services(only))
  const director = new Director({ host, program, configuration, options: ['-C'] })
  const step = async (title: string, act: () => Finding | Promise<Finding>): Promise<void> => {
    if (await report.step(title, act)) return
    report.detail(`${host.exec(['ipvsadm', '-Ln', '--stats'])}\n${director.log.split('\n').slice(-15).join('\n')}`)
  }
  await startWebs(lan)
  director.start()
  const expected = services(only).match(/real_server/g)?.length ?? 0
  await step('several services on one director are all there', async () => {
    const took = await until(() => saved(host).filter((line) => line.startsWith('-a')).length === expected, 90, 0.3)
    return { ok: took !== undefined, seen: `${saved(host).length} lines` }
  })
  const turn = (...urls: readonly string[]): readonly (string | undefined)[] => urls.map((url) => ask(client, url))
  if (only.includes('marks')) {
    await step('a firewall mark makes one service of ports 80 and 443: they take turns as one', () => {
      const [a, b, c, d] = turn(`http://${VIP}/`, `http://${VIP}:443/`, `http://${VIP}/`, `http://${VIP}:443/`)
      return { ok: a !== undefined && a === c && b === d && a !== b && b !== undefined, seen: [a, b, c, d].join(' ') }
    })
  }
  if (only.includes('persistence')) {
    await step('persistence: a client stays with its server', () => {
      const answers = turn(...Array.from({ length: 6 }, () => `http://${VIP}:8080/`))
      return { ok: answers[0] !== undefined && new Set(answers).size === 1, seen: answers.join(' ') }
    })
    await step('persistence with a mark: on port 80 and on port 443', () => {
      const answers = turn(`http://${VIP}:81/`, `http://${VIP}:444/`, `http://${VIP}:81/`, `http://${VIP}:444/`)
      return { ok: answers[0] !== undefined && new Set(answers).size === 1, seen: answers.join(' ') }
    })
  }
  if (only.includes('weights')) {
    await step('weights 1 and 3: of eight requests two and six', () => {
      const answers = askOften(client, `http://${VIP}:8081/`, 8)
      const [first, second] = WEBS.map(({ name }) => answers.filter((answer) => answer === name).length)
      return { ok: first === 2 && second === 6, seen: `${first} and ${second}` }
    })
  }
  if (only.includes('schedulers')) {
    const ports = distributions.map(({ port }) => port)
    await step(`${CONNECTIONS} connections to each of ${ports.length} schedulers`, () => {
      const argv = [
        process.execPath,
        '--conditions=source',
        `${import.meta.dirname}/connections.ts`,
        VIP,
        ports.join(','),
        `${CONNECTIONS}`,
      ]
      const done = client.attempt([...argv, SOURCES.join(',')], { seconds: 120 })
      return { ok: done.status === 0, seen: done.stderr }
    })
    let counted = connectionsOf(host)
    const shares = (port: number): readonly number[] => WEBS.map(({ address }) => counted.get(`${port} ${address}`) ?? 0)
    // ip_vs adds its counters up every other second, and later on a busy machine.
    await until(
      () => {
        counted = connectionsOf(host)
        return ports.every((port) => shares(port).reduce((sum, share) => sum + share, 0) >= CONNECTIONS)
      },
      30,
      0.5,
    )
    for (const { port, scheduler, right, promise } of distributions) {
      await step(`${scheduler}: ${promise}`, () => {
        const [first = 0, second = 0] = shares(port)
        return { ok: first + second === CONNECTIONS && right(first), seen: `${first} and ${second}` }
      })
    }
  }
  if (only.includes('save')) await saveAndRestore(step, director, client)
  await director.stop()
  await step('SIGTERM: nothing is left', () => ({ ok: saved(host).length === 0, seen: saved(host).join(' ') }))
}

async function saveAndRestore(
  step: (title: string, act: () => Finding | Promise<Finding>) => Promise<void>,
  director: Director,
  client: Host,
): Promise<void> {
  const { host } = director
  const before = saved(host)
  const rules = `${before.join('\n')}\n`
  await step('ipvsadm -S of what the daemon made, after its end ipvsadm -R: the same table serves', async () => {
    await director.stop()
    const empty = saved(host).length === 0
    host.exec(['ipvsadm', '-R'], { input: rules })
    const answer = ask(client, `http://${VIP}:8082/`)
    return { ok: empty && saved(host).join() === before.join() && answer !== undefined, seen: answer ?? 'lost' }
  })
  await step('the daemon takes over what was restored, and changes nothing', async () => {
    director.start()
    await until(() => /Activating healthchecker/.test(director.latestLog), 30, 0.3)
    return { ok: saved(host).join() === before.join(), seen: `${saved(host).length} lines` }
  })
}

function build(lan: Lan): void {
  const on = (name: string, ...addresses: readonly string[]): Host =>
    lan.host({ name, nics: [{ device: 'eth0', segment: 'lan', addresses }] })
  on('client', '192.168.8.70/24', ...SOURCES.map((source) => `${source}/24`))
  const director = on('director', '192.168.8.14/24', `${VIP}/32`)
  director.sysctl({ 'net.ipv4.conf.all.send_redirects': '0', 'net.ipv4.conf.default.send_redirects': '0' })
  for (const [ports, mark] of [
    ['80,443', MARK],
    ['81,444', MARK + 1],
  ] as const) {
    const rule = [
      '-t',
      'mangle',
      '-A',
      'PREROUTING',
      '-d',
      VIP,
      '-p',
      'tcp',
      '-m',
      'multiport',
      '--dports',
      ports,
      '-j',
      'MARK',
      '--set-mark',
    ]
    const failures = ['iptables-legacy', 'iptables'].map((program) => director.attempt([program, ...rule, `${mark}`]))
    if (failures.every(({ status }) => status !== 0)) throw new Error(`MARK: ${failures.map(({ stderr }) => stderr).join()}`)
  }
  for (const { name, address } of WEBS) {
    const web = on(name, `${address}/24`)
    web.sysctl({
      'net.ipv4.conf.eth0.arp_announce': '2',
      'net.ipv4.conf.eth0.arp_ignore': '1',
      'net.ipv4.conf.all.arp_ignore': '1',
      'net.ipv4.conf.all.arp_announce': '2',
      'net.core.somaxconn': '4096',
      'net.ipv4.tcp_max_syn_backlog': '8192',
      // A thousand connections at once are no attack.
      'net.ipv4.tcp_syncookies': '0',
    })
    web.ip(`addr add ${VIP}/32 dev lo`)
  }
}

async function startWebs(lan: Lan): Promise<void> {
  const ports = distributions.map(({ port }) => port).join()
  await Promise.all(
    WEBS.map(async ({ name, address }) => {
      const web = lan.get(name)
      web.spawn([process.execPath, `${import.meta.dirname}/web.ts`, name, '80', '81', '443', '444', '8080', '8081', '8082'])
      const silent = web.spawn([process.execPath, `${import.meta.dirname}/backlog.ts`, ports], { log: 'backlog' })
      const isUp = (): boolean => readFileSync(silent.log, 'utf8').includes('listening') && ask(web, `http://${address}:8082/`) === name
      if ((await until(isUp, 60, 0.3)) === undefined) throw new Error(`the servers of ${name} do not start`)
    }),
  )
}

/** All set-ups are services of one director. */
function services(only: readonly SetupName[]): string {
  const text: string[] = []
  if (only.includes('marks')) text.push(service(`fwmark ${MARK}`, 'rr', 0))
  if (only.includes('persistence')) {
    text.push(
      service(`${VIP} 8080`, 'rr', 8080, 'persistence_timeout 50'),
      service(`fwmark ${MARK + 1}`, 'rr', 0, 'persistence_timeout 50'),
    )
  }
  if (only.includes('weights')) text.push(service(`${VIP} 8081`, 'wrr', 8081))
  if (only.includes('schedulers')) for (const { port, scheduler } of distributions) text.push(service(`${VIP} ${port}`, scheduler, port))
  if (only.includes('save')) text.push(service(`${VIP} 8082`, 'wlc', 8082, 'persistence_timeout 300'))
  return text.join('')
}

function service(name: string, scheduler: string, port: number, more = ''): string {
  const servers = WEBS.map(
    ({ address, weight }) => ` real_server ${address} ${port} {
  weight ${weightOf(weight, scheduler)}
  TCP_CHECK {
   connect_timeout 3
   connect_port 8082
  }
 }
`,
  )
  return `virtual_server ${name} {\n delay_loop 30\n lb_algo ${scheduler}\n lb_kind DR\n protocol TCP\n ${more}\n${servers.join('')}}\n`
}

/** As ipvsadm would restore it. */
function saved(host: Host): readonly string[] {
  return attempt(['nsenter', `--net=/run/netns/${host.namespace}`, 'ipvsadm', '-Sn'])
    .stdout.split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .toSorted()
}

/** How many connections each destination of an address service got, by "port address". */
function connectionsOf(host: Host): ReadonlyMap<string, number> {
  const counted = new Map<string, number>()
  let port = ''
  for (const line of host.exec(['ipvsadm', '-Ln', '--stats', '--exact']).split('\n')) {
    port = /^TCP +\S+:(\d+) /.exec(line)?.[1] ?? port
    const server = /-> ([\d.]+):\d+ +(\d+)/.exec(line)
    if (server !== null) counted.set(`${port} ${server[1]}`, Number(server[2]))
  }
  return counted
}
