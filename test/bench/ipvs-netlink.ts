/**
 * Time to fill an empty ip_vs table: `node --conditions=source test/bench/ipvs-netlink.ts [services] [servers]`, as root in a kernel
 * that has ip_vs. Every run is a process and a network namespace of its own: a daemon starts cold too, and the kernel keeps removed
 * destinations for two minutes in a list that every new one is looked for in. Prints a line of JSON for each run, in milliseconds:
 * `total` from the wish to the last answer, `firstToLast` from the first change sent to its end, while the table is half full.
 */
import { execFileSync } from 'node:child_process'
import { ok, type Result } from '../../src/base/result.ts'
import { instant } from '../../src/base/units.ts'
import { drive } from '../../src/core/reconcile/drive.ts'
import type { KernelObject, KernelPort } from '../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../src/core/reconcile/reconciler.ts'
import { IpvsTable } from '../../src/drivers/ipvs-table.ts'
import { Connection } from '../../src/netlink/connection.ts'
import { openNetlink } from '../../src/netlink/socket.ts'
import { destination, service } from '../support/kernel-objects.ts'

const ways = { reconciler: reconciled, '256 a sendmsg': batched, 'one a sendmsg': oneByOne } as const
type Way = keyof typeof ways
const runs: Readonly<Record<Way, number>> = { reconciler: 5, '256 a sendmsg': 3, 'one a sendmsg': 2 }

const [services = '1000', servers = '10', only] = process.argv.slice(2)
if (only === undefined) runAll()
else if (isWay(only)) measure(only)
else process.stderr.write(`no way '${only}'\n`)

function isWay(text: string): text is Way {
  return Object.hasOwn(ways, text)
}

function runAll(): void {
  execFileSync('modprobe', ['ip_vs'])
  for (const [way, count] of Object.entries(runs)) {
    // Without any route the kernel takes no destination for a unicast address.
    const argv = [
      '-n',
      'sh',
      '-c',
      'ip link set lo up && exec "$@"',
      'sh',
      process.execPath,
      '--conditions=source',
      import.meta.filename,
      services,
      servers,
      way,
    ]
    for (let run = 0; run < count; run++) execFileSync('unshare', argv, { stdio: 'inherit' })
  }
}

function measure(way: Way): void {
  const objects = objectsOf(Number(services), Number(servers))
  const clock = { firstSent: 0, lastReceived: 0 }
  const table = new IpvsTable(timedConnection(clock))
  const start = performance.now()
  ways[way](table, objects, clock)
  const total = performance.now() - start
  const firstToLast = clock.lastReceived - clock.firstSent
  const left = objects.length - (table.services()?.length ?? 0) - (table.destinations()?.length ?? 0)
  if (left !== 0) throw new Error(`${way}: ${left} of ${objects.length} are missing`)
  const tenths = (ms: number): number => Math.round(ms * 10) / 10
  const figures = { total: tenths(total), firstToLast: tenths(firstToLast) }
  const messagesPerSecond = Math.round((objects.length / figures.firstToLast) * 1_000)
  process.stdout.write(`${JSON.stringify({ way, services: Number(services), servers: Number(servers), ...figures, messagesPerSecond })}\n`)
}

function objectsOf(serviceCount: number, serverCount: number): readonly KernelObject[] {
  return Array.from({ length: serviceCount }, (_, s) => {
    const name = `10.1.${s >> 8}.${s & 255}:80`
    return [service(name), ...Array.from({ length: serverCount }, (_, d) => destination(name, `10.2.${d >> 8}.${d & 255}:80`))]
  }).flat()
}

interface Clock {
  firstSent: number
  lastReceived: number
}

/** Survey, diff, plan, apply, and a last look whether anything is left to do. */
function reconciled(table: IpvsTable, objects: readonly KernelObject[], clock: Clock): void {
  const port: KernelPort = {
    apply(operations) {
      clock.firstSent = 0
      return table.apply(operations)
    },
    list: (kind) => (kind === 'service' ? table.services() : table.destinations()),
  }
  const reconciler = createReconciler({ kinds: ['service', 'destination'] })
  const configured = drive(reconciler, port, reconciler.initial, { kind: 'configured', named: objects }, instant(0))
  drive(reconciler, port, configured.state, { kind: 'desired', objects }, instant(0))
}

function batched(table: IpvsTable, objects: readonly KernelObject[], clock: Clock): void {
  table.info()
  clock.firstSent = 0
  table.apply(objects.map((object) => ({ kind: 'add', object })))
}

function oneByOne(table: IpvsTable, objects: readonly KernelObject[], clock: Clock): void {
  table.info()
  clock.firstSent = 0
  for (const object of objects) table.apply([{ kind: 'add', object }])
}

function timedConnection(clock: Clock): () => Result<Connection, number> {
  const opened = openNetlink({ protocol: 'generic' })
  if (!opened.ok) throw new Error(`no netlink: errno ${opened.error}`)
  const socket = opened.value
  const connection = new Connection({
    send(bytes) {
      if (clock.firstSent === 0) clock.firstSent = performance.now()
      return socket.send(bytes)
    },
    receive() {
      const datagram = socket.receive()
      clock.lastReceived = performance.now()
      return datagram
    },
    close: () => socket.close(),
  })
  return () => ok(connection)
}
