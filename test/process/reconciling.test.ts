import { expect, test } from 'vitest'
import { fromSeconds, type Instant, instant } from '../../src/base/units.ts'
import type { KernelObject, Operation } from '../../src/core/reconcile/kinds.ts'
import { createReconciling } from '../../src/process/reconciling.ts'
import { destination, service } from '../support/kernel-objects.ts'

const web = service('192.0.2.1:80')
const servers = [1, 2, 3].map((last) => destination('192.0.2.1:80', `10.0.0.${last}:80`))

/** A kernel that answers yes and shows nothing, a clock that stands still but for the time that each batch takes, and what was sent when. */
function rig(withClock: boolean, batchMs = 10) {
  let now = instant(0)
  const sent: string[] = []
  const apply = (operations: readonly Operation[]) => {
    sent.push(`${now / 1_000}: ${operations.length}`)
    now = instant(now + batchMs * 1_000)
    return operations.map(() => ({ errno: 0, detail: '' }))
  }
  const reconciling = createReconciling({
    kinds: ['service', 'destination'],
    kernel: { apply, list: () => [] },
    period: fromSeconds(30),
    report: () => {},
    ...(withClock ? { clock: () => now } : {}),
  })
  const machine = reconciling.sharing<undefined, never, never>({
    initial: undefined,
    step: () => ({ state: undefined, effects: [] }),
    deadline: () => undefined,
  })
  const want = (at: number, ...objects: readonly KernelObject[]): Instant | undefined => {
    now = instant(at * 1_000)
    reconciling.follow(objects, now)
    return machine.deadline(undefined)
  }
  return { reconciling, sent, want }
}

test('a comparison that took 10 ms rests for 20: what changes meanwhile is sent at once afterwards, and the loop is woken for it', () => {
  const { sent, want } = rig(true)
  want(0, web)
  const [one, two, three] = servers
  if (one === undefined || two === undefined || three === undefined) throw new Error('three servers')
  expect(want(12, web, one)).toBe(30_000)
  expect(want(20, web, one, two)).toBe(30_000)
  want(30, web, one, two, three)
  expect(sent).toEqual(['0: 1', '30: 3'])
})

test('without a clock, as in the vrrp process, and in a hurry, as at a stop, there is no rest', () => {
  const vrrp = rig(false)
  vrrp.want(0, web)
  vrrp.want(12, web, ...servers)
  expect(vrrp.sent).toEqual(['0: 1', '12: 3'])
  const checker = rig(true)
  checker.want(0, web)
  checker.reconciling.hurry()
  checker.want(12)
  expect(checker.sent).toEqual(['0: 1', '12: 1'])
})

test('what is left as it is is neither followed nor audited, and wakes nobody', () => {
  const { reconciling, sent, want } = rig(false)
  expect(want(0, web)).toBeDefined()
  reconciling.leave()
  expect([want(10, web, ...servers), want(60_000), sent]).toEqual([undefined, undefined, ['0: 1']])
})

test('an audit that is due while it rests is made, so that the loop does not spin', () => {
  const { sent, want } = rig(true, 20_000)
  want(0, web)
  expect(want(31_000, ...servers)).toBe(60_000_000)
  // What the kernel does not show, put back as it was wished for last.
  expect(sent).toEqual(['0: 1', '31000: 1'])
})
