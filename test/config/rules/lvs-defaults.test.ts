import { expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

const vs = (service: string, lines: string, port = '80') =>
  readCheck(`virtual_server ${service} {\n${lines}\nreal_server 10.0.0.1 ${port} { }\n}`)

test.each([
  { name: 'no protocol is UDP', lines: 'lvs_sched rr\nlvs_method NAT', codes: ['no-protocol'], value: { name: '[192.0.2.1]:udp:80' } },
  { name: 'no lvs_sched is wlc', lines: 'protocol TCP\nlvs_method NAT', codes: ['no-scheduler'], value: { scheduler: 'wlc' } },
  {
    name: 'no lvs_method is NAT',
    lines: 'protocol TCP\nlvs_sched rr',
    codes: ['no-forwarding'],
    value: { realServers: [{ forwarding: { method: 'NAT' } }] },
  },
  { name: 'ops with TCP is cleared', lines: 'protocol TCP\nlvs_sched rr\nlvs_method NAT\nops', codes: ['ops'], value: { flags: 0 } },
  { name: 'ops with SCTP is cleared', lines: 'protocol SCTP\nlvs_sched rr\nlvs_method NAT\nops', codes: ['ops'], value: { flags: 0 } },
])('$name', ({ lines, codes, value }) => {
  const read = vs('192.0.2.1 80', lines)
  expect(read.codes).toEqual(codes)
  expect(read.findings.every(({ scope, severity }) => scope === 'whole' && severity === 'general')).toBe(true)
  expect(read.config.virtualServers[0]).toMatchObject(value)
})

test.each([
  { name: 'protocol of fwmark is ignored', lines: 'lvs_sched rr\nlvs_method NAT\nprotocol TCP', codes: ['protocol-fwmark'], flags: 0 },
  { name: 'ha_suspend of fwmark is cleared', lines: 'lvs_sched rr\nlvs_method NAT\nha_suspend', codes: ['ha-suspend-fwmark'], flags: 0 },
  { name: 'ops of fwmark stays', lines: 'lvs_sched rr\nlvs_method NAT\nops', codes: [], flags: 4 },
])('$name', ({ lines, codes, flags }) => {
  const read = vs('fwmark 5', lines)
  expect(read.codes).toEqual(codes)
  expect(read.config.virtualServers[0]).toMatchObject({ name: 'FWM 5', flags })
})

test('port 0 needs persistence: 360 s, told', () => {
  const read = vs('192.0.2.1 0', 'protocol TCP\nlvs_sched rr\nlvs_method NAT', '0')
  expect(read.codes).toEqual(['zero-port'])
  expect(read.config.virtualServers[0]?.persistenceTimeout).toBe(360)
})

test('port 0 with persistence_timeout is well', () => {
  const read = vs('192.0.2.1', 'protocol TCP\nlvs_sched rr\nlvs_method NAT\npersistence_timeout 100', '')
  expect(read.codes).toEqual([])
  expect(read.config.virtualServers[0]).toMatchObject({ persistenceTimeout: 100, services: [{ port: 0 }], realServers: [{ port: 0 }] })
})

test('a virtual_server_group with an address of any port needs persistence too', () => {
  const read = readCheck(
    'virtual_server_group G {\n192.0.2.1\n}\nvirtual_server group G {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.1 80 { }\n}',
  )
  expect(read.codes).toEqual(['zero-port'])
})
