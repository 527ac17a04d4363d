/**
 * Time to fill an empty ip_vs table: `node --conditions=source test/bench/ipvs-netlink.ts [services] [servers]`, in any kernel that
 * has ip_vs and holds nothing dear. Prints one line of JSON for each way, times in milliseconds; the first run is a cold start,
 * as a daemon's is.
 */
import { execFileSync } from 'node:child_process'
import { instant } from '../../src/base/units.ts'
import { drive } from '../../src/core/reconcile/drive.ts'
import type { KernelObject } from '../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../src/core/reconcile/reconciler.ts'
import { NetlinkKernel } from '../../src/drivers/kernel.ts'
import { destination, service } from '../support/kernel-objects.ts'

const [services = 1_000, servers = 10] = process.argv.slice(2).map(Number)
const objects: KernelObject[] = []
for (let s = 0; s < services; s++) {
  const name = `10.1.${s >> 8}.${s & 255}:80`
  objects.push(service(name))
  for (let d = 0; d < servers; d++) objects.push(destination(name, `10.2.${d >> 8}.${d & 255}:80`))
}

execFileSync('modprobe', ['ip_vs'])
const kernel = new NetlinkKernel()

function measure(way: string, run: () => void): void {
  kernel.apply([{ kind: 'flush-services' }])
  const start = performance.now()
  run()
  const ms = performance.now() - start
  const left = objects.length - (kernel.list('service')?.length ?? 0) - (kernel.list('destination')?.length ?? 0)
  if (left !== 0) throw new Error(`${way}: ${left} of ${objects.length} are missing`)
  const figures = { way, services, servers, ms: Math.round(ms * 10) / 10, messagesPerSecond: Math.round((objects.length / ms) * 1_000) }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}

const batched = (): void => void kernel.apply(objects.map((object) => ({ kind: 'add', object })))

/** From an empty mirror: survey, diff, plan, apply, and a last look whether anything is left to do. */
function reconciled(): void {
  const reconciler = createReconciler({ kinds: ['service', 'destination'] })
  const configured = drive(reconciler, kernel, reconciler.initial, { kind: 'configured', named: objects }, instant(0))
  drive(reconciler, kernel, configured.state, { kind: 'desired', objects }, instant(0))
}

function oneByOne(): void {
  for (const object of objects) kernel.apply([{ kind: 'add', object }])
}

measure('reconciler, cold', reconciled)
for (let run = 0; run < 5; run++) measure('reconciler', reconciled)
for (let run = 0; run < 5; run++) measure('256 a sendmsg', batched)
for (let run = 0; run < 3; run++) measure('one a sendmsg', oneByOne)
kernel.apply([{ kind: 'flush-services' }])
