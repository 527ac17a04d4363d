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
    const read = readCheck(group('10.0.0.0/8 80') + USER)
    expect(read.codes).toEqual(['group-too-large'])
    expect(read.config.virtualServers[0]?.services).toHaveLength(65_536)
  })

  test.each([
    { name: 'addresses', lines: '192.0.2.1 80\n2001:db8::1 80\nfwmark 5' },
    { name: 'an address and a mark', lines: '192.0.2.1 80\nfwmark 6 inet6\nfwmark 5' },
    { name: 'marks', lines: 'fwmark 4 inet\nfwmark 6 inet6\nfwmark 5' },
  ])('with both families in $name and a fwmark of none it is removed', ({ lines }) => {
    const read = readCheck(group(lines) + USER)
    expect(read.codes).toEqual(['5 group-mark-family', 'group-missing'])
    expect(read.config.virtualServers).toEqual([])
  })

  test('of another family than its servers ignores the virtual_server without an effect on the exit status', () => {
    const read = readCheck(group('2001:db8::1') + USER)
    expect(read.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['group-family none'])
    expect(read.config.virtualServers).toEqual([])
  })

  test('of both families serves tunnels', () => {
    const read = readCheck(
      `${group('192.0.2.1 80\n2001:db8::1 80')}virtual_server group G {\nlvs_sched rr\nlvs_method TUN\nprotocol TCP\nreal_server 10.0.0.1 80 { }\n}`,
    )
    expect(read.codes).toEqual([])
    expect(read.config.virtualServers[0]?.services).toHaveLength(2)
  })

  test('of marks alone has no protocol', () => {
    const read = readCheck(group('fwmark 5\nfwmark 6 inet') + USER)
    expect(read.codes).toEqual(['protocol-fwmark'])
    expect(read.config.virtualServers[0]?.services).toEqual([
      { kind: 'fwmark', fwmark: 5, family: 4 },
      { kind: 'fwmark', fwmark: 6, family: 4 },
    ])
  })

  test('status 2 without a name, or with two', () => {
    expect(readCheck('virtual_server_group {\n}').stopped).toBe(true)
    expect(readCheck('virtual_server_group G H {\n}').stopped).toBe(true)
  })
})
