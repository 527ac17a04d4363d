import { describe, expect, test } from 'vitest'
import { dutiesOf } from '../../../src/admin/realserver/duties.ts'
import { commandOf, measuresFor, suffices } from '../../../src/admin/realserver/measures.ts'
import { loadText } from '../../support/config-files.ts'
import { ip } from '../../support/kernel-objects.ts'

const server = (services: string, method: string, ...servers: readonly string[]): string =>
  `virtual_server ${services} {\n protocol TCP\n lvs_method ${method}\n${servers.map((one) => ` real_server ${one} 80 {\n weight 1\n }\n`).join('')}}\n`
const vrrp = 'vrrp_instance V {\n interface eth0\n virtual_router_id 51\n virtual_ipaddress {\n 192.0.2.60/24\n 192.0.2.61\n }\n}\n'
const of = (text: string, ...own: readonly string[]): readonly string[] =>
  dutiesOf(loadText(text), new Set(own.map(ip))).map(({ address, method }) => `${address} ${method}`)

describe('what the director asks of a real server', () => {
  test.each([
    { name: 'lvs_method DR', text: server('192.0.2.60 80', 'DR', '10.0.0.1', '10.0.0.2'), is: ['192.0.2.60 DR'] },
    { name: 'lvs_method TUN', text: server('192.0.2.60 80', 'TUN', '10.0.0.1'), is: ['192.0.2.60 TUN'] },
    { name: 'lvs_method NAT asks nothing', text: server('192.0.2.60 80', 'NAT', '10.0.0.1'), is: [] },
    { name: 'servers that are others ask nothing of us', text: server('192.0.2.60 80', 'DR', '10.0.0.2'), is: [] },
    {
      name: 'one address for several ports',
      text: server('192.0.2.60 80', 'DR', '10.0.0.1') + server('192.0.2.60 443', 'DR', '10.0.0.1'),
      is: ['192.0.2.60 DR'],
    },
    {
      name: 'a fwmark: every virtual_ipaddress',
      text: vrrp + server('fwmark 10', 'DR', '10.0.0.1'),
      is: ['192.0.2.60 DR', '192.0.2.61 DR'],
    },
    { name: 'IPv6', text: server('2001:db8::60 80', 'DR', '2001:db8::1'), own: '2001:db8::1', is: ['2001:db8::60 DR'] },
  ])('$name', ({ text, is, own = '10.0.0.1' }) => {
    expect(of(text, own)).toEqual(is)
  })

  test('DR: silence about the address comes before the address, which is /32 on lo', () => {
    expect(measuresFor([{ address: ip('192.0.2.60'), method: 'DR' }], false).map(commandOf)).toEqual([
      'sysctl -w net.ipv4.conf.all.arp_ignore=1',
      'sysctl -w net.ipv4.conf.all.arp_announce=2',
      'ip address add 192.0.2.60/32 dev lo',
    ])
  })

  test('TUN: the device is up and rp_filter does not drop what comes out of it', () => {
    expect(
      measuresFor([{ address: ip('192.0.2.60'), method: 'TUN' }], false)
        .map(commandOf)
        .slice(2),
    ).toEqual([
      'modprobe ipip && ip link set tunl0 up',
      'sysctl -w net.ipv4.conf.tunl0.rp_filter=0',
      'ip address add 192.0.2.60/32 dev tunl0',
    ])
    expect(measuresFor([{ address: ip('192.0.2.60'), method: 'TUN' }], true).map(commandOf)[3]).toBe(
      'sysctl -w net.ipv4.conf.tunl0.rp_filter=2',
    )
  })

  test('IPv6 is /128 and needs no silence: the kernel answers for addresses of lo on no other interface', () => {
    expect(measuresFor([{ address: ip('2001:db8::60'), method: 'DR' }], false).map(commandOf)).toEqual([
      'ip address add 2001:db8::60/128 dev lo',
    ])
  })

  test.each([
    ['arp_ignore', '0', false],
    ['arp_ignore', '1', true],
    ['arp_ignore', '2', true],
    ['arp_announce', '1', false],
    ['rp_filter', '1', false],
    ['rp_filter', '2', true],
  ])('%s that reads %s will do: %s', (name, now, will) => {
    const value = name === 'arp_announce' ? 2 : name === 'rp_filter' ? 0 : 1
    expect(suffices({ kind: 'setting', path: `net/ipv4/conf/all/${name}`, value: `${value}`, least: value }, now)).toBe(will)
  })
})
