import { expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

const ports = (service: string, method: string, servers: string, before = '') =>
  readCheck(
    `${before}virtual_server ${service} {\n${service.startsWith('fwmark') ? '' : 'protocol TCP\n'}lvs_sched rr\nlvs_method ${method}\n${servers}\n}`,
  )
const resolved = (read: ReturnType<typeof readCheck>) => read.config.virtualServers[0]?.realServers.map(({ port }) => port)

test.each([
  { name: 'lvs_method NAT translates ports', method: 'NAT', servers: 'real_server 10.0.0.1 81 { }', codes: [], expected: [81] },
  {
    name: 'lvs_method DR resets the port to the service’s',
    method: 'DR',
    servers: 'real_server 10.0.0.1 81 { }',
    codes: ['port-mismatch'],
    expected: [80],
  },
  { name: 'lvs_method TUN too', method: 'TUN', servers: 'real_server 10.0.0.1 81 { }', codes: ['port-mismatch'], expected: [80] },
  { name: 'port 0 takes the service’s without a word', method: 'DR', servers: 'real_server 10.0.0.1 0 { }', codes: [], expected: [80] },
  {
    name: 'twins by the reset survive',
    method: 'DR',
    servers: 'real_server 10.0.0.1 81 { }\nreal_server 10.0.0.1 80 { }',
    codes: ['port-mismatch'],
    expected: [80, 80],
  },
  {
    name: 'the method of the server counts',
    method: 'NAT',
    servers: 'real_server 10.0.0.1 81 {\nlvs_method DR\n}',
    codes: ['port-mismatch'],
    expected: [80],
  },
  {
    name: 'sorry_server too',
    method: 'DR',
    servers: 'real_server 10.0.0.1 80 { }\nsorry_server 10.0.0.2 82',
    codes: ['port-mismatch'],
    expected: [80],
  },
])('$name', ({ method, servers, codes, expected }) => {
  const read = ports('192.0.2.1 80', method, servers)
  expect(read.codes).toEqual(codes)
  expect(resolved(read)).toEqual(expected)
})

test('behind a fwmark DR clears the port', () => {
  const read = ports('fwmark 5', 'DR', 'real_server 10.0.0.1 80 { }\nreal_server 10.0.0.2 { }\nsorry_server 10.0.0.3 23')
  expect(read.codes).toEqual(['port-fwmark', 'port-fwmark'])
  expect(resolved(read)).toEqual([0, 0])
})

test('behind a fwmark NAT keeps it', () => {
  expect(resolved(ports('fwmark 5', 'NAT', 'real_server 10.0.0.1 80 { }'))).toEqual([80])
})

test('in a virtual_server_group differing ports are only told, for each address', () => {
  const read = ports('group G', 'DR', 'real_server 10.0.0.1 81 { }', 'virtual_server_group G {\n192.0.2.1 80\n192.0.2.2 81\nfwmark 5\n}\n')
  expect(read.codes).toEqual(['port-mismatch', 'port-fwmark'])
  expect(resolved(read)).toEqual([81])
})

test('a check goes to the port that was written', () => {
  const read = ports('192.0.2.1 80', 'DR', 'real_server 10.0.0.1 81 {\nTCP_CHECK { }\n}')
  expect(read.config.virtualServers[0]?.realServers[0]?.checkers[0]).toMatchObject({ target: { port: 81 } })
})

test('a sorry_server without a method of its own needs the default too', () => {
  const read = (more: string) =>
    readCheck(
      `virtual_server 192.0.2.1 80 {\nprotocol TCP\nlvs_sched rr\nreal_server 10.0.0.1 80 {\nlvs_method DR\n}\nsorry_server 10.0.0.2 80\n${more}\n}`,
    )
  expect(read('').codes).toEqual(['no-forwarding'])
  expect(read('sorry_server_lvs_method NAT').codes).toEqual([])
})

test('marks of a virtual_server_group are told once', () => {
  const read = ports('group G', 'DR', 'real_server 10.0.0.1 81 { }', 'virtual_server_group G {\nfwmark 5\nfwmark 6\n}\n')
  expect(read.codes).toEqual(['protocol-fwmark', 'port-fwmark'])
})

test('no report where each server has its own lvs_method', () => {
  expect(
    readCheck('virtual_server 192.0.2.1 80 {\nprotocol TCP\nlvs_sched rr\nreal_server 10.0.0.1 80 {\nlvs_method DR\n}\n}').codes,
  ).toEqual([])
})
