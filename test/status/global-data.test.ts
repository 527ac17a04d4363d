import { expect, test } from 'vitest'
import { globalData } from '../../src/status/global-data.ts'
import { loadText } from '../support/config-files.ts'

const instance = 'vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.1\n}\n}\n'
const service = 'virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 192.0.2.2 80 {\n}\n}\n'
const linesOf = (global: string): string[] => {
  const { vrrp, check } = loadText(`global_defs {\n${global}\n}\n${instance}${service}`)
  if (vrrp === undefined || check === undefined) throw new Error('nothing to dump')
  return globalData({ routerId: 'R', vrrp: vrrp.globals, check: check.globals })
    .split('\n')
    .filter((line) => line.startsWith(' LVS'))
}

test('lvs_sync_daemon in keepalived’s words', () => {
  expect(linesOf('lvs_sync_daemon eth1 VI_1 id 9 maxlen 1000 port 9999 ttl 2')).toEqual([
    ' LVS syncd vrrp instance = VI_1',
    ' LVS syncd interface = eth1',
    ' LVS syncd syncid = 9',
    ' LVS syncd maxlen = 1000',
    ' LVS syncd mcast group = 224.0.0.81',
    ' LVS syncd mcast port = 9999',
    ' LVS syncd mcast ttl = 2',
    ' LVS flush = false',
    ' LVS flush on stop = disabled',
  ])
  expect(linesOf('lvs_sync_daemon eth1').slice(0, 2)).toEqual([' LVS syncd interface = eth1', ' LVS syncd syncid = 0'])
})

test('lvs_flush, lvs_flush_on_stop and lvs_timeouts; of no sync daemon nothing is said', () => {
  expect(linesOf('lvs_flush\nlvs_flush_on_stop VS\nlvs_timeouts tcp 700 tcpfin 70 udp 170')).toEqual([
    ' LVS flush = true',
    ' LVS flush on stop = VS',
    ' LVS timeouts: TCP 700, TCP FIN 70, UDP 170',
  ])
})
