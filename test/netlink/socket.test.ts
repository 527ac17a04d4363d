import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openNetlink, type ReceiveBuffer } from '../../src/netlink/socket.ts'

const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))

/** Bytes; the kernel doubles what it is asked for, for its own book-keeping. */
function given(receiveBuffer?: ReceiveBuffer): number {
  const opened = openNetlink({ protocol: 'route', ...(receiveBuffer !== undefined && { receiveBuffer }) })
  if (!opened.ok) throw new Error(`errno ${opened.error}`)
  const size = opened.value.receiveBuffer()
  opened.value.close()
  return size / 2
}

test('lvs_netlink_cmd_rcv_bufs and lvs_netlink_monitor_rcv_bufs: the buffer is as large as asked for, up to net.core.rmem_max', () => {
  expect(given({ bytes: 64 * 1024, force: false })).toBe(64 * 1024)
  expect(given({ bytes: limit * 2, force: false })).toBe(limit)
})

test.skipIf(process.getuid?.() !== 0)(
  'lvs_netlink_cmd_rcv_bufs_force and lvs_netlink_monitor_rcv_bufs_force: beyond net.core.rmem_max too',
  () => expect(given({ bytes: limit * 2, force: true })).toBe(limit * 2),
)
