import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../lab/command.ts'
import type { Daemon, Host } from '../lab/host.ts'
import { Lan } from '../lab/lan.ts'
import { until } from '../lab/observe.ts'
import { keepalived } from '../lab/program.ts'
import type { Measured } from '../support/checker-alone.ts'
import { proportionalSetSize } from './process.ts'
import { quantile } from './statistics.ts'
import type { Row, Table } from './table.ts'

type Kind = 'TCP_CHECK' | 'HTTP_GET'
type Load = Readonly<Partial<Record<Kind, number>>>

const DELAY_LOOP = 6
const CHECKER = join(import.meta.dirname, '../support/checker-alone.ts')
/** Real servers of one virtual server. */
const EACH = 100
const loads: readonly Load[] = [{ TCP_CHECK: 10_000 }, { HTTP_GET: 5_000 }, { TCP_CHECK: 10_000, HTTP_GET: 5_000 }]
const memoryLoads: readonly Load[] = [{ TCP_CHECK: 1_000 }, { TCP_CHECK: 10_000 }, { HTTP_GET: 1_000 }, { HTTP_GET: 10_000 }]

/**
 * What checks cost. nginx answers for all addresses of 10.2.0.0/15 in a namespace of its own; the checker has one processor, nginx the
 * other. Neither program needs an ip_vs for that: keepalived gets one that says yes to everything, preloaded, and ours is checker-alone.ts.
 */
export async function* checks(seconds: number, chosen: readonly Load[] = loads): AsyncGenerator<Table> {
  using lan = new Lan()
  const director = lan.host({ name: 'director', nics: [{ device: 'eth0', segment: 'a', addresses: ['10.1.0.1/24'] }] })
  const servers = lan.host({ name: 'servers', nics: [{ device: 'eth0', segment: 'a', addresses: ['10.1.0.2/24'] }] })
  director.ip('route add 10.2.0.0/15 via 10.1.0.2')
  servers.ip('route add local 10.2.0.0/15 dev lo')
  director.sysctl({ 'net.ipv4.ip_local_port_range': '"10000 65000"' })
  serve(servers)
  yield await costs(director, chosen, seconds)
  yield await detection(director, servers)
  if (chosen === loads) yield await memoryPerServer(director)
}

async function costs(director: Host, chosen: readonly Load[], seconds: number): Promise<Table> {
  const rows: Row[] = []
  for (const load of chosen) {
    const [theirs, ours] = [await ofKeepalived(director, load, seconds), await ofVipkeeper(director, load, seconds)]
    for (const { name, cpu, megabytes, measured } of [theirs, ours]) {
      const { checks, failed, late } = measured ?? {
        checks: (total(load) * seconds) / DELAY_LOOP,
        failed: 0,
        late: [Number.NaN, Number.NaN],
      }
      const ratio = cpu / checks / (theirs.cpu / ((total(load) * seconds) / DELAY_LOOP))
      rows.push([
        describe(load),
        name,
        checks / seconds,
        failed,
        (cpu / checks) * 1e6,
        ratio,
        (cpu / seconds) * 100,
        late[0],
        late[1],
        megabytes,
      ])
    }
  }
  return {
    title: `Checks with delay_loop ${DELAY_LOOP}, ${seconds} s, one processor for the checker and one for nginx`,
    columns: ['checks', 'program', 'a second', 'failed', 'CPU µs each', 'ratio', 'CPU %', 'late ms', 'p99', 'PSS MB'],
    rows,
    goal: 'none failed; p99 under 200 ms; CPU at most 2 times keepalived’s for TCP_CHECK, 4 times for HTTP_GET',
  }
}

/** From one instant on all servers refuse. The log of keepalived counts seconds, so it is not beside ours here. */
async function detection(director: Host, servers: Host): Promise<Table> {
  const [count, interval, retries, pause] = [500, 1, 2, 0.2]
  const configuration = join(director.directory, 'keepalived.conf')
  const patient = services('TCP_CHECK', count).replaceAll(
    'connect_timeout 3',
    `connect_timeout 3\n retry ${retries}\n delay_before_retry ${pause}`,
  )
  writeFileSync(configuration, patient.replaceAll(`delay_loop ${DELAY_LOOP}`, `delay_loop ${interval}`))
  const daemon = director.spawn([process.execPath, '--conditions=source', CHECKER, configuration, 'say'], { log: 'detection' })
  const removed = (): readonly number[] => [...read(daemon.log).matchAll(/^(\d+) Removing service/gm)].map(([, at]) => Number(at))
  await sleep(5_000)
  servers.exec(['nft', 'add table ip t; add chain ip t in { type filter hook input priority 0; }'])
  const start = Date.now()
  servers.exec(['nft', 'add rule ip t in ip daddr 10.2.0.0/15 reject with tcp reset'])
  await until(() => removed().length === count, 20)
  servers.exec(['nft', 'delete table ip t'])
  await end(daemon)
  const promised = (interval + retries * pause) * 1_000
  const beyond = removed().map((at) => at - start - promised)
  return {
    title: `${count} TCP_CHECKs: from the first refusal to the last word of a server, delay_loop ${interval}, retry ${retries}, delay_before_retry ${pause}`,
    columns: ['program', 'servers', 'promised ms', 'worst beyond ms', 'p99 beyond'],
    rows: [['vipkeeper', beyond.length, promised, quantile(beyond, 1), quantile(beyond, 0.99)]],
    goal: 'worst under 50 ms beyond',
  }
}

async function memoryPerServer(director: Host): Promise<Table> {
  const rows: Row[] = []
  for (const [name, measure] of [
    ['keepalived', ofKeepalived],
    ['vipkeeper', ofVipkeeper],
  ] as const) {
    const sizes: number[] = []
    for (const load of memoryLoads) sizes.push((await measure(director, load, DELAY_LOOP)).megabytes)
    for (const [i, kind] of (['TCP_CHECK', 'HTTP_GET'] as const).entries()) {
      const [few = Number.NaN, many = Number.NaN] = sizes.slice(2 * i)
      rows.push([kind, name, few, many, ((many - few) * 1_024) / 9_000])
    }
  }
  return {
    title: 'Memory of the checker process',
    columns: ['checks', 'program', 'PSS MB of 1,000', 'of 10,000', 'KB a server'],
    rows,
    goal: 'under 6 KB a server beyond 1,000',
  }
}

interface Cost {
  readonly name: string
  /** Seconds of the checker process. */
  readonly cpu: number
  readonly megabytes: number
  readonly measured?: Measured
}

async function ofKeepalived(director: Host, load: Load, seconds: number): Promise<Cost> {
  const configuration = write(director, load)
  const files = ['-p', '-c', '-r'].flatMap((option) => [option, `${director.run}/pid${option}`])
  const argv = [...keepalived.argv, '-C', '-n', '-G', ...files, '-f', configuration]
  rmSync(`${director.run}/pid-c`, { force: true })
  const daemon = director.spawn(['taskset', '-c', '1', ...argv], { environment: { LD_PRELOAD: standIn(director) } })
  try {
    if ((await until(() => existsSync(`${director.run}/pid-c`), 60)) === undefined) throw new Error(`no checker: ${read(daemon.log)}`)
    const pid = Number(read(`${director.run}/pid-c`))
    await settle(load)
    const before = cpuOf(pid)
    await sleep(seconds * 1_000)
    return { name: 'keepalived', cpu: cpuOf(pid) - before, megabytes: proportionalSetSize([pid]) }
  } finally {
    await end(daemon)
  }
}

async function ofVipkeeper(director: Host, load: Load, seconds: number): Promise<Cost> {
  const log = `vipkeeper-${performance.now()}`
  const argv = [process.execPath, '--conditions=source', CHECKER, write(director, load)]
  const daemon = director.spawn(['taskset', '-c', '1', ...argv], { log })
  const said = (): string => readFileSync(join(director.directory, log), 'utf8')
  try {
    const pid = await childOf(daemon)
    await settle(load)
    process.kill(pid, 'SIGUSR1')
    const before = cpuOf(pid)
    await sleep(seconds * 1_000)
    const [cpu, megabytes] = [cpuOf(pid) - before, proportionalSetSize([pid])]
    process.kill(pid, 'SIGUSR2')
    if ((await until(() => said().endsWith('\n'), 20)) === undefined) throw new Error(`no measurement: ${said()}`)
    return { name: 'vipkeeper', cpu, megabytes, measured: JSON.parse(said()) }
  } finally {
    await end(daemon)
  }
}

/** The first attempts are over, whatever the warm-up, and the second ones are on their way. */
function settle(load: Load): Promise<void> {
  return sleep((2 * DELAY_LOOP + 3 + total(load) / 5_000) * 1_000)
}

function serve(servers: Host): void {
  const configuration = join(servers.directory, 'nginx.conf')
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; worker_cpu_affinity 01; pid ${servers.run}/nginx.pid; error_log /dev/null;
events { worker_connections 16384; }
http { access_log off; server { listen 80 backlog=16384; location / { return 200 "well\\n"; } } }
`,
  )
  servers.spawn(['nginx', '-c', configuration])
}

function write(director: Host, load: Load): string {
  const configuration = join(director.directory, 'keepalived.conf')
  const kinds = Object.entries(load) as [Kind, number][]
  writeFileSync(configuration, kinds.map(([kind, count]) => services(kind, count)).join(''))
  return configuration
}

function services(kind: Kind, count: number): string {
  const net = kind === 'TCP_CHECK' ? 2 : 3
  const check = kind === 'TCP_CHECK' ? 'TCP_CHECK {\n connect_timeout 3\n }' : 'HTTP_GET {\n connect_timeout 3\n url {\n path /\n }\n }'
  const server = (n: number): string => ` real_server 10.${net}.${n >> 8}.${n & 255} 80 {\n weight 1\n ${check}\n }\n`
  const service = (first: number): string =>
    `virtual_server 10.${net + 10}.${first >> 8}.${first & 255} 80 {\n delay_loop ${DELAY_LOOP}\n lb_algo rr\n lb_kind NAT\n protocol TCP\n${Array.from({ length: Math.min(EACH, count - first) }, (_, i) => server(first + i)).join('')}}\n`
  return Array.from({ length: Math.ceil(count / EACH) }, (_, i) => service(i * EACH)).join('')
}

let built: string | undefined

function standIn(host: Host): string {
  built ??= join(host.directory, 'ipvs-stand-in.so')
  run(['cc', '-shared', '-fPIC', '-O2', '-o', built, `${import.meta.dirname}/ipvs-stand-in.c`])
  return built
}

/** A parent that waits and a child that checks. */
async function childOf(daemon: Daemon): Promise<number> {
  const children = (): number[] => read(`/proc/${daemon.pid}/task/${daemon.pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  if ((await until(() => children().length > 0, 60)) === undefined) throw new Error(`no checker: ${read(daemon.log)}`)
  return children()[0] ?? 0
}

async function end(daemon: Daemon): Promise<void> {
  daemon.child.kill('SIGTERM')
  await daemon.ended
}

/** Seconds on a processor, of all threads. */
function cpuOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}

const total = (load: Load): number => (load.TCP_CHECK ?? 0) + (load.HTTP_GET ?? 0)
const describe = (load: Load): string =>
  Object.entries(load)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')

if (import.meta.main) {
  const { format } = await import('./table.ts')
  const [seconds = '18', ...which] = process.argv.slice(2)
  const chosen = which.length === 0 ? loads : loads.filter((_, i) => which.includes(`${i}`))
  for await (const table of checks(Number(seconds), chosen)) process.stdout.write(`${format(table)}\n\n`)
}
