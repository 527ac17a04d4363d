import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../lab/command.ts'
import { Director } from '../../lab/director.ts'
import type { Host } from '../../lab/host.ts'
import { Lan } from '../../lab/lan.ts'
import { until } from '../../lab/observe.ts'
import { keepalived, programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { changed, first, flushing, SUSPENDED } from './equality-conf.ts'

// The same configurations on a director of each program, side by side: `equality.ts PROGRAM`. `ipvsadm -Sn` must be equal after each event.
const LIMIT = 60
const report = new Report((line) => process.stdout.write(`${line}\n`))
using lan = new Lan()
const web = lan.host({ name: 'web', nics: [{ device: 'eth0', segment: 'lan', addresses: ['192.168.9.9/24'] }] })

const readers: ChildProcess[] = []

/** One of the two, with all that it leaves behind. */
class Side {
  readonly host: Host
  readonly director: Director
  readonly configuration: string

  constructor(name: string, address: string, program: ReturnType<typeof programNamed>) {
    this.host = lan.host({ name, nics: [{ device: 'eth0', segment: 'lan', addresses: [address] }] })
    this.configuration = join(this.host.directory, 'keepalived.conf')
    this.director = new Director({ host: this.host, program, configuration: this.configuration })
  }

  path(name: string): string {
    return join(this.host.directory, name)
  }

  configure(text: string): void {
    writeFileSync(this.configuration, text.replaceAll('@DIR@', this.host.directory))
  }

  /** The pipe is read from before it is written to. */
  listen(): void {
    run(['mkfifo', this.path('fifo')])
    // Open for writing too, so that it does not end while a reload has the pipe closed.
    const [pipe, lines] = [openSync(this.path('fifo'), 'r+'), openSync(this.path('lines'), 'a')]
    readers.push(spawn('cat', { stdio: [pipe, lines, 'ignore'] }))
    closeSync(pipe)
    closeSync(lines)
  }

  /** Sorted: the kernel lists servers in the order in which they came, and those of one instant come in any. */
  table(): string {
    return this.host.attempt(['ipvsadm', '-Sn']).stdout.trimEnd().split('\n').toSorted().join('\n')
  }

  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : ''
  }
}

const sides = [
  new Side('one', '192.168.9.1/24', programNamed(process.argv[2] ?? 'vipkeeper')),
  new Side('two', '192.168.9.2/24', keepalived),
] as const
const [ours, theirs] = sides

/** What they check: ports of one host, opened and closed by a word. */
const ports = spawn(
  'nsenter',
  [
    `--net=/run/netns/${web.namespace}`,
    process.execPath,
    '-e',
    `const open = new Map(); require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const [word, port] = line.split(' ')
      if (word === 'open') open.set(port, require('node:net').createServer((socket) => socket.on('error', () => {}).resume()).listen(Number(port)))
      else open.get(port)?.close()
    })`,
  ],
  { stdio: ['pipe', 'inherit', 'inherit'] },
)
const say = (words: string): void => void ports.stdin.write(`${words}\n`)

/** What the script of MISC_CHECK ends with. */
function misc(side: Side, code: number): void {
  const path = side.path('misc')
  writeFileSync(`${path}.new`, `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 })
  renameSync(`${path}.new`, path)
}

/** Both tables are equal and as they should be; what differs is shown. */
async function equal(isSo: (table: string) => boolean): Promise<{ ok: boolean; took?: number; seen?: string }> {
  const took = await until(() => isSo(ours.table()) && ours.table() === theirs.table(), LIMIT, 1)
  if (took !== undefined) return { ok: true }
  const [left, right] = sides.map((side) => side.table().split('\n'))
  const only = (some: readonly string[] = [], others: readonly string[] = []): string =>
    some.filter((line) => !others.includes(line)).join(' | ')
  return { ok: false, seen: `only ${ours.director.program.name}: ${only(left, right)}; only keepalived: ${only(right, left)}` }
}

const entries = (table: string, pattern: RegExp): readonly string[] => table.split('\n').filter((line) => pattern.test(line))
/** Servers bear the number of the port by which they are checked, and are in the table with a weight, or not. */
const rows = (table: string, port: number): readonly string[] => entries(table, new RegExp(`-r \\S*[.:]${port}\\]?:\\d+ .* -w [1-9]`))
const serves =
  (port: number, isThere: boolean) =>
  (table: string): boolean =>
    rows(table, port).some((row) => !row.includes(SUSPENDED)) === isThere
const suspendedServes =
  (port: number, isThere: boolean) =>
  (table: string): boolean =>
    rows(table, port).some((row) => row.includes(SUSPENDED)) === isThere

for (const port of [81, 82]) say(`open ${port}`)
for (const side of sides) {
  writeFileSync(side.path('number'), '0\n')
  misc(side, 0)
  side.configure(first)
  side.listen()
}
await report.step('start: lvs_flush, services, methods, tunnels, schedulers, flags, persistence, thresholds, marks, groups', async () => {
  for (const side of sides) {
    // For `lvs_flush`.
    side.host.exec(['ipvsadm', '-A', '-t', '10.9.9.9:98', '-s', 'rr'])
    side.director.start()
  }
  return equal((table) => serves(81, true)(table) && serves(82, true)(table) && !table.includes('10.9.9.9'))
})
/** Seconds: TCP, TCP after FIN, UDP. */
function timeoutsAre(wanted: string): { ok: boolean; seen: string } {
  const [left, right] = sides.map((side) => side.host.exec(['ipvsadm', '-Ln', '--timeout']).trim())
  return { ok: left === right && left?.endsWith(` ${wanted}`) === true, seen: `${left} / ${right}` }
}
await report.step('lvs_timeouts are set by both', () => timeoutsAre('700 70 170'))
await report.step('a server fails: absence, weight 0, quorum and sorry server, alike', async () => {
  say('close 81')
  return equal((table) => serves(81, false)(table) && suspendedServes(81, true)(table))
})
await report.step('ha_suspend: with its address the service is checked, without it no more', async () => {
  for (const { host } of sides) host.ip(`addr add ${SUSPENDED}/32 dev eth0`)
  const checked = await equal(suspendedServes(81, false))
  for (const { host } of sides) host.ip(`addr del ${SUSPENDED}/32 dev eth0`)
  const resting = await until(() => sides.every(({ director }) => director.log.includes('Suspending healthchecker')), LIMIT, 1)
  return { ...checked, ok: checked.ok && resting !== undefined }
})
await report.step('the other one fails', async () => {
  say('close 82')
  return equal(serves(82, false))
})
await report.step('one recovers', async () => {
  say('open 82')
  return equal(serves(82, true))
})
await report.step('and the other', async () => {
  say('open 81')
  return equal((table) => serves(81, true)(table) && suspendedServes(81, false)(table))
})
await report.step('FILE_CHECK: a number in a file changes a weight', async () => {
  for (const side of sides) writeFileSync(side.path('number'), '7\n')
  return equal((table) => entries(table, / -w 17$/).length > 0)
})
await report.step('MISC_CHECK with misc_dynamic: 1 takes the server out, 0 brings it back, any other is a weight', async () => {
  for (const [code, row] of [
    [1, undefined],
    [0, / 10\.2\.0\.88:80 .* -w 5$/],
    // Not the other way round: keepalived 2.2.7 forgets at a reload what 0 means, and weighs the server 0.
    [44, / 10\.2\.0\.88:80 .* -w 42$/],
  ] as const) {
    for (const side of sides) misc(side, code)
    const same = await equal((table) => entries(table, row ?? / 10\.2\.0\.88:80 /).length === (row === undefined ? 0 : 1))
    if (!same.ok) return same
  }
  return { ok: true }
})
await report.step('a reload: services and servers come and go, schedulers, weights, methods and timeouts change', async () => {
  for (const side of sides) {
    side.configure(changed)
    side.director.signal('SIGHUP')
  }
  return equal((table) => entries(table, /10\.1\.9\.9/).length > 0 && serves(81, true)(table))
})
// Before the stop: the scripts of omega have a second to end, here as there.
await report.step('notify_up, notify_down, quorum_up, quorum_down have run as often', async () => {
  const ran = (): readonly string[] => sides.map((side) => side.read('events').trim().split('\n').toSorted().join(' '))
  const took = await until(() => ran()[0] === ran()[1] && ran()[0] === 'down down quorum_down quorum_up quorum_up up up', LIMIT, 1)
  return { ok: took !== undefined, seen: ran().join(' --- keepalived: ') }
})
await report.step('a stop takes its services along and leaves what is nobody’s; omega', async () => {
  for (const side of sides) side.host.exec(['ipvsadm', '-A', '-t', '10.9.9.9:99', '-s', 'rr'])
  await Promise.all(sides.map((side) => side.director.stop()))
  return equal((table) => table === '-A -t 10.9.9.9:99 -s rr')
})
await report.step('and lvs_timeouts are again what they were', () => timeoutsAre('900 120 300'))
await report.step('lvs_sync_daemon without an instance: both run; lvs_flush_on_stop: nothing is left', async () => {
  for (const side of sides) {
    side.configure(flushing)
    side.director.start()
  }
  const full = await equal((table) => entries(table, /10\.1\.9\.9/).length > 0 && serves(81, true)(table) && serves(82, true)(table))
  if (!full.ok) return full
  const [left, right] = sides.map((side) => side.host.exec(['ipvsadm', '-Ln', '--daemon']).trim())
  if (left !== right || left?.split('\n').length !== 2) return { ok: false, seen: `${left} --- keepalived: ${right}` }
  await Promise.all(sides.map((side) => side.director.stop()))
  return equal((table) => table === '')
})

/** Of each virtual server by itself: what happens to several at once is told in any order. */
function byService(lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const services: Record<string, string[]> = {}
  for (const line of lines) {
    const service = /(?:\[[^\]]+\]:\w*:?\d+|FWM \d+)(?= UP| DOWN|$)/.exec(line)?.[0]
    if (service === undefined) continue
    services[service] ??= []
    services[service].push(line)
  }
  return services
}

function alike(of: (side: Side) => readonly string[]): { ok: boolean; seen: string } {
  const [left, right] = sides.map((side) => byService(of(side)))
  const names = [...new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])]
  const differing = names.filter((name) => JSON.stringify(left?.[name]) !== JSON.stringify(right?.[name]))
  for (const name of differing) report.detail(`${name}\n${left?.[name]?.join('\n')}\n--- keepalived\n${right?.[name]?.join('\n')}`)
  return { ok: names.length > 5 && differing.length === 0, seen: `${names.length} services, ${differing.length} differ` }
}

const told =
  /^(?:Gained|Lost) quorum|^(?:Adding|Removing|Enabling|Disabling) (?:service|sorry|alive)|^Changing weight|^Shutting down|^Starting with|^(?:Activating|Deactivating|Suspending) healthchecker/
await report.step('lvs_notify_fifo: the same lines in the same order for each service', () =>
  alike((side) => side.read('lines').replaceAll('\0', '').split('\n')),
)
await report.step('the log: the same lines in the same order for each service', () =>
  alike((side) =>
    side.director.log
      .split('\n')
      .map((line) => line.replace(/^.*? \d{4}: /, ''))
      .filter((line) => told.test(line)),
  ),
)
if (report.steps.some((step) => !step.ok)) for (const side of sides) report.detail(side.director.log)
for (const child of [ports, ...readers]) child.kill()
process.exitCode = report.end() ? 0 : 1
