import { expect, test } from 'vitest'
import { nearest } from '../../src/config/nearest.ts'
import { codesOf, instanceText, loadText } from '../support/config-files.ts'

test.each([
  { name: 'ruter_id', candidates: ['router_id', 'priority'], want: 'router_id' },
  { name: 'priorty', candidates: ['router_id', 'priority'], want: 'priority' },
  { name: 'x', candidates: ['router_id'], want: undefined },
  { name: 'something', candidates: ['router_id', 'priority'], want: undefined },
  { name: 'state', candidates: [], want: undefined },
])('the keyword nearest to $name is $want', ({ name, candidates, want }) => {
  expect(nearest(name, candidates)).toBe(want)
})

test.each([
  {
    name: 'each process reads what is its own: a torn vrrp block leaves the virtual servers whole',
    text: `vrrp_instance A {\n bogus {\n }\n interface eth0\n}\nvirtual_server 192.0.2.1 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n real_server 10.0.0.1 80 {\n }\n}\n`,
    servers: 1,
  },
  {
    name: 'a vrrp block without its end swallows what follows, for every process',
    text: `vrrp_instance A {\nvirtual_server 192.0.2.1 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n real_server 10.0.0.1 80 {\n }\n}\n`,
    servers: 0,
  },
])('$name', ({ text, servers }) => {
  expect(loadText(text).check?.virtualServers.length ?? 0).toBe(servers)
})

test('a quote without partner in a block of another process is told too', () => {
  expect(codesOf(loadText('global_defs {\n router_id \\"abc\n}\n'))).toContain('2 unmatched-quote')
})

test('a word block takes the words of all its lines', () => {
  const agent = loadText(
    `vrrp_sync_group G {\n group { VI_1\n  VI_2 VI_3 }\n}\n${instanceText()}${instanceText('', 'VI_2', 52)}${instanceText('', 'VI_3', 53)}`,
  )
  expect(codesOf(agent)).toEqual([])
})
