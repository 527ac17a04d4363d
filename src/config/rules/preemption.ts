import { fromSeconds } from '../../base/units.ts'
import type { Preemption } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** `nopreempt` and `preempt_delay`: what contradicts the initial state, the priority or the other is dropped. */
export function resolvePreemption(draft: InstanceDraft, priority: number, strict: boolean, context: Context): Preemption {
  const drop = (code: string, message: string, expected: string): void =>
    context.conclude('general', code, `(${draft.name}) ${message}`, draft.line, expected)
  let nopreempt = draft.nopreempt === true
  let delay = draft.preempt_delay ?? 0
  if (nopreempt && priority === 255) {
    drop('nopreempt-owner', `nopreempt is incompatible with priority ${priority}. resetting nopreempt`, 'a priority below 255')
    nopreempt = false
  }
  if (nopreempt && draft.state === 'MASTER') {
    drop('nopreempt-master', 'Warning - nopreempt will not work with initial state MASTER - clearing', 'state BACKUP')
    nopreempt = false
  }
  if (delay > 0 && strict) {
    drop('preempt-delay-strict', 'preempt_delay is incompatible with strict mode - resetting', 'no preempt_delay')
    delay = 0
  }
  if (delay > 0 && nopreempt) {
    drop('preempt-delay-nopreempt', 'preempt_delay is incompatible with nopreempt mode - resetting', 'one of the two')
    delay = 0
  }
  if (delay > 0 && draft.state === 'MASTER') {
    drop('preempt-delay-master', 'Warning - preempt delay will not work with initial state MASTER - clearing', 'state BACKUP')
    delay = 0
  }
  if (draft.timer_expired_backup !== undefined && !nopreempt) {
    drop('timer-expired-preempt', 'timer_expired_backup requires nopreempt - resetting', 'nopreempt')
  }
  return nopreempt ? { kind: 'nopreempt' } : { kind: 'preempt', delay: fromSeconds(delay) }
}
