import { describe, expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

const USER = 'virtual_server group G {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.1 80 { }\n}'
const group = (lines: string) => `virtual_server_group G {\n${lines}\n}\n`

describe('virtual_server_group', () => {
  test('gives its services to the virtual_server, before or behind it', () => {
    for (const text of [group('192.0.2.1 80\n192.0.2.2 443') + USER, `${USER}\n${group('192.0.2.1 80\n192.0.2.2 443')}`]) {
      const read = readCheck(text)
      expect(read.codes).toEqual([])
      expect(read.config.virtualServers[0]).toMatchObject({
        name: '[G]:0',
        services: [
          { address: '192.0.2.1', port: 80, protocol: 'TCP' },
          { address: '192.0.2.2', port: 443 },
        ],
      })
    }
  })

  test('a second group of the name is skipped in silence', () => {
    const read = readCheck(group('192.0.2.1 80') + group('bogus\n192.0.2.2 80') + USER)
    expect(read.codes).toEqual([])
    expect(read.config.virtualServers[0]?.services).toHaveLength(1)
  })

  test('an empty one is removed, and its virtual_server ignored', () => {
    const read = readCheck(`virtual_server_group G {\n}\n${USER}`)
    expect(read.codes).toEqual(['2 group-empty', 'group-missing'])
    expect(read.findings.at(-1)?.severity).toBe('none')
    expect(read.config.virtualServers).toEqual([])
  })

  test('a range becomes one service for each address, and an address once', () => {
    const read = readCheck(group('192.0.2.1-3 80\n192.0.2.3 80\n192.0.2.4/31 80') + USER)
    expect(read.config.virtualServers[0]?.services.map((key) => key.kind === 'address' && key.address)).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
      '192.0.2.4',
      '192.0.2.5',
    ])
  })

  test('a range of more than 65536 addresses is cut, and told', () => {
    const read = readCheck(group('2001:db8::/64 80') + USER)
    expect(read.codes).toEqual(['group-too-large'])
    expect(read.config.virtualServers[0]?.services).toHaveLength(65_536)
  })

  test('fwmark without family is removed beside both families', () => {
    const read = readCheck(group('192.0.2.1 80\n2001:db8::1 80\nfwmark 5\nfwmark 6 inet6') + USER)
    expect(read.codes).toEqual(['6 group-mark-family'])
    expect(read.config.virtualServers[0]?.services).toMatchObject([{ kind: 'address' }, { kind: 'address' }, { fwmark: 6, family: 6 }])
  })

  test('fwmark without family is removed where other marks are of both families', () => {
    expect(readCheck(group('fwmark 4 inet\nfwmark 5 inet6\nfwmark 6') + USER).codes[0]).toBe('5 group-mark-family')
  })

  test('status 2 without a name, or with two', () => {
    expect(readCheck('virtual_server_group {\n}').stopped).toBe(true)
    expect(readCheck('virtual_server_group G H {\n}').stopped).toBe(true)
  })
})
