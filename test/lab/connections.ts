import { setTimeout as sleep } from 'node:timers/promises'
import { AF_INET, bind, close, connect, SOCK_STREAM, sockaddrIn, socket } from 'linux-syscalls'
import { type IpAddress, ipToBytes } from '../../src/base/ip.ts'

/**
 * A client that opens many TCP connections, as fast as a slow machine can: `connections.ts ADDRESS PORTS COUNT SOURCES`, the lists
 * separated by commas. To each port COUNT connections from its sources in turn, all open at the same time; then the next port.
 */
const EINPROGRESS = -115
const EALREADY = -114
/**
 * So many are opened before their handshakes are waited for: lblc and lblcr count connections that stand, and what is opened meanwhile goes
 * wherever the last one went.
 */
const BURST = 25

const [address = '', ports = '', count = '', sources = ''] = process.argv.slice(2)
const local = sources.split(',').map((source) => sockaddrIn(ipToBytes(source as IpAddress), 0))
let failed = 0
for (const port of ports.split(',').map(Number)) {
  const to = sockaddrIn(ipToBytes(address as IpAddress), port)
  const open: number[] = []
  for (let i = 0; i < Number(count); i++) {
    const fd = socket(AF_INET, SOCK_STREAM, 0)
    open.push(fd)
    const from = local[i % local.length]
    if (from !== undefined && bind(fd, from) !== 0) failed++
    const connected = connect(fd, to)
    if (connected !== 0 && connected !== EINPROGRESS) failed++
    if (i % BURST === 0) while (connect(fd, to) === EALREADY) await sleep(1)
  }
  await sleep(100)
  for (const fd of open) close(fd)
}
process.exitCode = failed === 0 ? 0 : 1
