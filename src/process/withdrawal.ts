import { fromSeconds, type Instant } from '../base/units.ts'
import type { KernelKind, KernelPort } from '../core/reconcile/kinds.ts'
import { named, type RouterState, router } from '../core/vrrp/router.ts'
import type { Adverts } from '../drivers/adverts.ts'
import { createReconciling } from './reconciling.ts'

export interface WithdrawalOptions {
  readonly adverts: Pick<Adverts, 'perform'>
  readonly kernel: KernelPort
  readonly kinds: readonly KernelKind[]
}

/**
 * The way out after a mistake of ours, from the last whole state: a priority 0 for each mastership, so that the peer need not wait for
 * three intervals, then the removal of what the masters held. Nobody knows what is broken: what fails on the way hinders nothing else,
 * and never throws.
 */
export function withdraw(state: RouterState, now: Instant, { adverts, kernel, kinds }: WithdrawalOptions): void {
  attempt(() => {
    for (const effect of router.step(state, { kind: 'stop', keepAddresses: false }, now).effects)
      if (effect.kind === 'send-advert') attempt(() => adverts.perform(effect))
  })
  attempt(() => {
    // What the next process would do first, with a reconciler that has seen nothing yet. What is static belongs to no master and stays.
    const reconciling = createReconciling({ kinds, kernel, report: () => undefined, period: fromSeconds(30) })
    reconciling.handle({ kind: 'configured', named: named(state) }, now)
    reconciling.follow(state.statics, now)
  })
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // One mistake is being told of already.
  }
}
