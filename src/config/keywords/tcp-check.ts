import type { Table } from '../schema.ts'
import { type ConnectingDraft, type ConnectSince, connectOptions, SINCE_1_3, scheduleOptions } from './checker-options.ts'

export interface TcpCheckDraft extends ConnectingDraft {
  readonly kind: 'TCP_CHECK'
}

const since: ConnectSince = { ...SINCE_1_3, retry: '1.2.20', delay_before_retry: '1.2.20' }

/** TCP_CHECK { the options of every checker that connects }: up when a connection is made. */
export const tcpCheck: Table<TcpCheckDraft> = {
  ...connectOptions(true, since),
  ...scheduleOptions(true, since, { retry: '1', delay: '1' }),
}
