import type { Table } from '../schema.ts'
import { type ConnectingDraft, connectOptions, SINCE_2_1, scheduleOptions } from './checker-options.ts'

export interface PingCheckDraft extends ConnectingDraft {
  readonly kind: 'PING_CHECK'
}

/** PING_CHECK { the options of every checker that connects }: up when an echo request is answered. */
export const pingCheck: Table<PingCheckDraft> = {
  ...connectOptions(true, SINCE_2_1),
  ...scheduleOptions(true, SINCE_2_1, { retry: '1', delay: '1' }),
}
