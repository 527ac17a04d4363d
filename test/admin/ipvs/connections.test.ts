import { describe, expect, test } from 'vitest'
import { connectionListing, readConnections } from '../../../src/admin/ipvs/connections.ts'
import { nameLabel, numericLabel } from '../../../src/admin/ipvs/labels.ts'
import { names } from './support.ts'

const file = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP C0000201 A696 C0000207 0050 0A000002 1F90 ESTABLISHED     899
UDP C0000201 0035 C0000207 0035 0A000002 0035 UDP             300 sip call-1
TCP 2001:0db8:0000:0000:0000:0000:0000:0001 1000 2001:0db8:0000:0000:0000:0000:0000:0002 0050 2001:0db8:0000:0000:0000:0000:0000:0003 0050 FIN_WAIT         5
`

describe('ipvsadm -c', () => {
  test('-n shows numbers, minutes and seconds', async () => {
    expect(await connectionListing(readConnections(file), numericLabel, false)).toBe(`IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:59  ESTABLISHED 192.0.2.1:42646    192.0.2.7:80       10.0.0.2:8080
UDP 05:00  UDP         192.0.2.1:53       192.0.2.7:53       10.0.0.2:53
TCP 00:05  FIN_WAIT    [2001:db8::1]:4096 [2001:db8::2]:80   [2001:db8::3]:80
`)
  })

  test('--persistent-conn adds what persistence goes by, names stand for numbers', async () => {
    const [, , udp] = (await connectionListing(readConnections(file), nameLabel(names), true)).split('\n').slice(1)
    expect(udp).toBe('UDP 05:00  UDP         192.0.2.1:domain   web:domain         10.0.0.2:domain    sip              call-1')
  })

  test.each(['', 'Pro FromIP\n', 'Pro\nnonsense\nTCP xyz 1 2 3 4 5 6 7\n'])('a file without connections, %j, is an empty table', (text) => {
    expect(readConnections(text)).toEqual([])
  })
})
