import { expect, test } from 'vitest'
import { loadText } from '../../support/config-files.ts'

const instance = (more = '', name = 'VI_1', vrid = 51): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\npriority 100\n${more}\nvirtual_ipaddress {\n192.0.2.1\n}\n}\n`
const service = 'virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 192.0.2.2 80 {\n}\n}\n'
const both = (global: string, more = '') => {
  const { vrrp, check } = loadText(`${global === '' ? '' : `global_defs {\n${global}\n}\n`}${instance(more)}${service}`)
  return { bound: vrrp?.globals.syncDaemon, unbound: check?.globals.syncDaemon }
}
const daemon = { interface: 'eth1', syncId: 51, maxLength: undefined, group: '224.0.0.81', port: 8848, ttl: 1 }

test('lvs_sync_daemon of an instance: its VRID is the id, the rest is the kernel’s', () => {
  expect(both('lvs_sync_daemon eth1 VI_1')).toEqual({ bound: { instance: 'VI_1', daemon }, unbound: undefined })
})

test('lvs_sync_daemon with all its options', () => {
  expect(both('lvs_sync_daemon eth1 inst VI_1 id 9 maxlen 1000 port 9999 ttl 2 group 224.0.0.99').bound?.daemon).toEqual({
    interface: 'eth1',
    syncId: 9,
    maxLength: 1000,
    group: '224.0.0.99',
    port: 9999,
    ttl: 2,
  })
})

test('lvs_sync_daemon without an instance belongs to the checkers; its id is 0', () => {
  expect(both('lvs_sync_daemon eth1')).toEqual({ bound: undefined, unbound: { ...daemon, syncId: 0 } })
})

test('lvs_sync_daemon of an instance that is not there: none', () => {
  expect(both('lvs_sync_daemon eth1 VI_9')).toEqual({ bound: undefined, unbound: undefined })
})

test('lvs_sync_daemon_interface, the old word in an instance, binds to it', () => {
  expect(both('', 'lvs_sync_daemon_interface eth1')).toEqual({ bound: { instance: 'VI_1', daemon }, unbound: undefined })
})
