import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepalived, type Program, programNamed } from '../lab/program.ts'
import { enterNamespace } from '../support/namespace.ts'
import { median } from './statistics.ts'
import type { Table } from './table.ts'

/** VRIDs of one link. */
const ROUTERS_OF_A_LINK = 250
const SIZES = { services: [100, 1_000, 10_000, 40_000], servers: [1_000, 10_000, 40_000], instances: [250, 1_000, 4_000] } as const

const address = (first: number, n: number): string => `${first}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`

const realServer = (n: number): string =>
  `    real_server ${address(11, n)} 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
`

/** `count` virtual servers of `each` real servers, with nothing wrong in it. */
export function servicesText(count: number, each: number): string {
  const services = Array.from({ length: count }, (_, i) => {
    const servers = Array.from({ length: each }, (_, j) => realServer(i * each + j)).join('')
    return `virtual_server ${address(10, i)} 80 {
    delay_loop 6
    lvs_sched rr
    lvs_method NAT
    protocol TCP
${servers}}
`
  })
  return services.join('')
}

export function instancesText(count: number): string {
  const one = (i: number): string => `vrrp_instance VI_${i} {
    interface bench${Math.floor(i / ROUTERS_OF_A_LINK)}
    virtual_router_id ${(i % ROUTERS_OF_A_LINK) + 1}
    state BACKUP
    priority 100
    advert_int 1
    virtual_ipaddress {
        ${address(10, i + 1)}/24
    }
}
`
  return Array.from({ length: count }, (_, i) => one(i)).join('')
}

interface Cost {
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakMB: number
}

/** What `-t` costs beside keepalived's: the smallest file first, which is what starting the process costs. */
export function configurations(program: Program, runs: number): readonly Table[] {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: apt-get install time`)
  const folder = mkdtempSync(join(tmpdir(), 'vipkeeper-bench-'))
  const namespace = enterNamespace('bench-config')
  try {
    for (let i = 0; i * ROUTERS_OF_A_LINK < SIZES.instances[2]; i++)
      namespace.run(`ip link add bench${i} type veth peer name peer${i} && ip link set bench${i} up`)
    const programs = [keepalived, program, { ...programNamed('source'), name: 'from the checkout' }]
    const measure = (title: string, goal: string, cases: readonly (readonly [name: string, text: string])[]): Table => ({
      title,
      columns: ['file', 'program', 'wall ms', 'CPU ms', 'peak MB', 'wall, times keepalived'],
      rows: cases.flatMap(([name, text]) => rowsOf(name, text, programs, folder, runs)),
      goal,
    })
    return [
      measure('Configuration test: starting the process (an empty block)', 'none', [['empty', 'global_defs {\n}\n']]),
      measure(
        'Configuration test: virtual servers of 4 real servers with TCP_CHECK',
        '10,000: at most 2 times keepalived, under 250 MB; linear',
        SIZES.services.map((count) => [`${count} x 4`, servicesText(count, 4)] as const),
      ),
      measure(
        'Configuration test: one virtual server',
        '40,000: at most 0.1 times keepalived; linear',
        SIZES.servers.map((count) => [`1 x ${count}`, servicesText(1, count)] as const),
      ),
      measure(
        'Configuration test: vrrp instances',
        '4,000: under 1,000 ms; linear',
        SIZES.instances.map((count) => [`${count}`, instancesText(count)] as const),
      ),
    ]
  } finally {
    namespace.leave()
    rmSync(folder, { recursive: true })
  }
}

function rowsOf(name: string, text: string, programs: readonly Program[], folder: string, runs: number): Table['rows'] {
  const file = join(folder, 'keepalived.conf')
  writeFileSync(file, text)
  const costs = programs.map((): Cost[] => [])
  // In turns, so that what else the machine does meets all of them.
  for (let run = 0; run < runs; run++) for (const [i, program] of programs.entries()) costs[i]?.push(costOf(program, file, folder))
  const middle = (i: number, key: keyof Cost): number => median(costs[i]?.map((cost) => cost[key]) ?? [])
  return programs.map(({ name: who }, i) => {
    const wall = middle(i, 'wallMs')
    return [name, who, wall, middle(i, 'cpuMs'), middle(i, 'peakMB'), i === 0 ? '' : wall / middle(0, 'wallMs')]
  })
}

const TIME = '/usr/bin/time'

function costOf({ argv }: Program, file: string, folder: string): Cost {
  const out = join(folder, 'time')
  const start = performance.now()
  const { status, stderr } = spawnSync(TIME, ['-o', out, '-f', '%U %S %M', ...argv, '-t', '-f', file], { encoding: 'utf8' })
  const wallMs = performance.now() - start
  if (status !== 0) throw new Error(`${argv[0]} -t ended with ${status}: ${stderr.slice(0, 500)}`)
  const [user = 0, system = 0, kilobytes = 0] = readNumbers(out)
  return { wallMs, cpuMs: (user + system) * 1_000, peakMB: kilobytes / 1_024 }
}

const readNumbers = (file: string): readonly number[] => readFileSync(file, 'utf8').trim().split(' ').map(Number)
