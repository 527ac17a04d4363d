import { fromSeconds, type Micros } from '../../base/units.ts'
import type { CheckerSchedule } from '../../core/check/config.ts'
import type { CheckerDraft, ScheduleDraft } from '../keywords/checker-options.ts'

/** What a kind of checker does when nobody says otherwise. */
interface BuiltIn {
  readonly retry: number
  /** Undefined is delay_loop. */
  readonly delayBeforeRetry: Micros | undefined
}

export type ScheduledKind = 'TCP_CHECK' | 'HTTP_GET' | 'SSL_GET' | 'SMTP_CHECK' | 'DNS_CHECK' | 'UDP_CHECK' | 'PING_CHECK' | 'MISC_CHECK'

const second = fromSeconds(1)
export const BUILT_IN: Readonly<Record<ScheduledKind, BuiltIn>> = {
  TCP_CHECK: { retry: 1, delayBeforeRetry: second },
  HTTP_GET: { retry: 1, delayBeforeRetry: fromSeconds(3) },
  SSL_GET: { retry: 1, delayBeforeRetry: fromSeconds(3) },
  SMTP_CHECK: { retry: 1, delayBeforeRetry: second },
  DNS_CHECK: { retry: 3, delayBeforeRetry: undefined },
  UDP_CHECK: { retry: 1, delayBeforeRetry: second },
  PING_CHECK: { retry: 1, delayBeforeRetry: second },
  MISC_CHECK: { retry: 0, delayBeforeRetry: second },
}

const DELAY_LOOP = fromSeconds(60)
const CONNECT_TIMEOUT = fromSeconds(5)

/** Who may say it, nearest first: the checker, its real server, its virtual server. */
export type Inheritance = readonly ScheduleDraft[]

function inherited<Key extends keyof ScheduleDraft>(chain: Inheritance, key: Key): ScheduleDraft[Key] | undefined {
  for (const draft of chain) if (draft[key] !== undefined) return draft[key]
  return undefined
}

export function resolveSchedule(kind: ScheduledKind, checker: CheckerDraft, above: Inheritance, logAllFailures: boolean): CheckerSchedule {
  const chain = [checker, ...above]
  const delayLoop = resolveDelayLoop(chain)
  return {
    delayLoop,
    warmup: inherited(chain, 'warmup') ?? delayLoop,
    retry: inherited(chain, 'retry') ?? BUILT_IN[kind].retry,
    delayBeforeRetry: inherited(chain, 'delay_before_retry') ?? BUILT_IN[kind].delayBeforeRetry ?? delayLoop,
    alpha: inherited(chain, 'alpha') ?? false,
    logAllFailures: checker.log_all_failures ?? logAllFailures,
  }
}

export const resolveConnectTimeout = (chain: Inheritance): Micros => inherited(chain, 'connect_timeout') ?? CONNECT_TIMEOUT
export const resolveDelayLoop = (chain: Inheritance): Micros => inherited(chain, 'delay_loop') ?? DELAY_LOOP
