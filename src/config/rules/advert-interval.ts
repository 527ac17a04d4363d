import { fromSeconds, type Micros } from '../../base/units.ts'
import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

const LONGEST_V3 = 40.95

/** `advert_int` as the version can carry it: whole seconds in 2, hundredths up to 40.95 s in 3. */
export function resolveAdvertInterval(draft: InstanceDraft, version: 2 | 3, context: Context): Micros {
  const wanted = draft.advert_int ?? 1
  const fitted = version === 2 ? Math.max(1, Math.round(wanted)) : Math.min(LONGEST_V3, Math.max(0.01, Math.round(wanted * 100) / 100))
  if (Math.abs(fitted - wanted) > 1e-9) {
    const expected = version === 2 ? 'whole seconds' : 'hundredths of a second up to 40.95'
    context.conclude(
      'general',
      'advert-interval',
      `(${draft.name}) VRRPv${version} cannot send every ${wanted} s; every ${fitted} s instead`,
      draft.line,
      expected,
    )
  }
  return fromSeconds(fitted)
}
