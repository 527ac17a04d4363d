import { describe, expect, test } from 'vitest'
import { nameLabel, numericLabel } from '../../../src/admin/ipvs/labels.ts'
import { type Listed, listing } from '../../../src/admin/ipvs/listing.ts'
import type { Columns } from '../../../src/admin/ipvs/request.ts'
import { saving } from '../../../src/admin/ipvs/saving.ts'
import { compareServers, compareServices, sortAs } from '../../../src/admin/ipvs/sorting.ts'
import type { Statistics } from '../../../src/netlink/ipvs.ts'
import { destination, ip, service, serviceKey } from '../../support/kernel-objects.ts'
import { names } from './support.ts'

const statistics: Statistics = {
  connections: 1n,
  inPackets: 2n,
  outPackets: 3n,
  inBytes: 4n,
  outBytes: 5n,
  connectionRate: 6n,
  inPacketRate: 7n,
  outPacketRate: 8n,
  inByteRate: 9n,
  outByteRate: 10n,
}
const server = (...parts: Parameters<typeof destination>): Listed['servers'][number] => ({
  destination: destination(...parts),
  activeConnections: 11,
  inactiveConnections: 12,
  persistentConnections: 13,
  statistics,
})
const table: readonly Listed[] = [
  {
    entry: {
      service: service('192.0.2.7:80', { scheduler: 'wlc', flags: 1, timeout: 50, netmask: ip('255.255.255.0'), persistenceEngine: 'sip' }),
      statistics,
    },
    servers: [
      server('192.0.2.7:80', '10.0.0.1:8080', { forwarding: 0, weight: 5, uthreshold: 100, lthreshold: 50 }),
      server('192.0.2.7:80', '10.0.0.2:80', { forwarding: 2, tunnelType: 1, tunnelPort: 6080, tunnelFlags: 2 }),
    ],
  },
  {
    entry: { service: service('fwmark 4294967295', { scheduler: 'sh', flags: 4 | 8 | 0x20 }), statistics },
    servers: [server('fwmark 4294967295', '10.0.0.3:80')],
  },
]
const show = (columns: Columns, numeric = true): Promise<string> =>
  listing(table, { show: columns, exact: false, label: numeric ? numericLabel : nameLabel(names) })

describe('the table as ipvsadm prints it', () => {
  test.each<{ columns: Columns; lines: string }>([
    {
      columns: 'usual',
      lines: `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.7:80 wlc persistent 50 mask 255.255.255.0 pe sip
  -> 10.0.0.1:8080                Masq    5      11         12        
  -> 10.0.0.2:80                  Tunnel  1      11         12        
FWM  -1 sh (sh-fallback) ops
  -> 10.0.0.3:80                  Route   1      11         12        
`,
    },
    {
      columns: 'thresholds',
      lines: `Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn 
  -> RemoteAddress:Port
TCP  192.0.2.7:80 wlc persistent 50 mask 255.255.255.0 pe sip
  -> 10.0.0.1:8080                100        50         11         12        
  -> 10.0.0.2:80                  0          0          11         12        
FWM  -1 sh (sh-fallback) ops
  -> 10.0.0.3:80                  0          0          11         12        
`,
    },
    {
      columns: 'persistent-conn',
      lines: `Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn 
  -> RemoteAddress:Port
TCP  192.0.2.7:80 wlc persistent 50 mask 255.255.255.0 pe sip
  -> 10.0.0.1:8080                5         13          11         12        
  -> 10.0.0.2:80                  1         13          11         12        
FWM  -1 sh (sh-fallback) ops
  -> 10.0.0.3:80                  1         13          11         12        
`,
    },
    {
      columns: 'tun-info',
      lines: `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
TCP  192.0.2.7:80 wlc persistent 50 mask 255.255.255.0 pe sip
  -> 10.0.0.1:8080                Masq    n/a           5      11         12        
  -> 10.0.0.2:80                  Tunnel  gue:6080:r+c  1      11         12        
FWM  -1 sh (sh-fallback) ops
  -> 10.0.0.3:80                  Route   n/a           1      11         12        
`,
    },
    {
      columns: 'stats',
      lines: `Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  192.0.2.7:80                        1        2        3        4        5
  -> 10.0.0.1:8080                       1        2        3        4        5
  -> 10.0.0.2:80                         1        2        3        4        5
FWM  -1                                  1        2        3        4        5
  -> 10.0.0.3:80                         1        2        3        4        5
`,
    },
  ])('$columns', async ({ columns, lines }) => {
    expect(await show(columns)).toBe(lines)
  })

  test('rate shows rates; without -n names stand for addresses and ports, but not behind a mark', async () => {
    expect((await show('rate', false)).split('\n').slice(2)).toEqual([
      'TCP  web:http                            6        7        8        9       10',
      '  -> 10.0.0.1:8080                       6        7        8        9       10',
      '  -> 10.0.0.2:http                       6        7        8        9       10',
      'FWM  -1                                  6        7        8        9       10',
      '  -> 10.0.0.3:80                         6        7        8        9       10',
      '',
    ])
  })

  test('-S prints lines that -R reads', async () => {
    expect(await saving(table, numericLabel)).toBe(`-A -t 192.0.2.7:80 -s wlc -p 50 -M 255.255.255.0 --pe sip
-a -t 192.0.2.7:80 -r 10.0.0.1:8080 -m -w 5
-a -t 192.0.2.7:80 -r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum
-A -f -1 -s sh -o -b sh-fallback
-a -f -1 -r 10.0.0.3:80 -g -w 1
`)
  })

  test('services are sorted by mark (signed), family, protocol, address and port', () => {
    const services = ['fwmark 5', '[2001:db8::1]:80', '100.0.0.1:80', '10.0.0.1:9999', '10.0.0.1:80', 'fwmark 4294967295', 'fwmark 5 v6']
    expect(sortAs(services.map(serviceKey), compareServices)).toEqual(
      ['fwmark 4294967295', '10.0.0.1:80', '10.0.0.1:9999', '100.0.0.1:80', '[2001:db8::1]:80', 'fwmark 5', 'fwmark 5 v6'].map(serviceKey),
    )
  })

  // Seen of ipvsadm 1.31; 12.0.0.1 and 192.168.0.1 are more than 2³¹ apart.
  test.each([
    [['12.0.0.1:80', '192.168.0.1:80'], '192.168.0.1 12.0.0.1'],
    [['[2001:db8::1]:80', '[2001:db8:ffff::1]:80'], '2001:db8:ffff::1 2001:db8::1'],
    [['127.0.0.1:80', '[2001:db8::1]:80', '12.0.0.1:80'], '12.0.0.1 2001:db8::1 127.0.0.1'],
  ])('servers are sorted by what C makes of the difference of their addresses: %j', (servers, order) => {
    const sorted = sortAs(
      servers.map((one) => destination('fwmark 5', one)),
      compareServers,
    )
    expect(sorted.map(({ address }) => address).join(' ')).toBe(order)
  })
})
