import { expect, test } from 'vitest'
import { readCheck } from '../support/config-text.ts'

test('two directors of the customer: LVS-DR with HTTP_GET, all settings', () => {
  const read = readCheck(`virtual_server 192.168.88.60 80 {
    delay_loop 6
    lb_algo rr
    lb_kind DR
    persistence_timeout 50
    protocol TCP
    sorry_server 127.0.0.1 80
    real_server 192.168.88.101 80 {
        weight 1
        HTTP_GET {
            url {
                path /
                status_code 200
            }
            connect_timeout 3
            nb_get_retry 3
            delay_before_retry 3
        }
    }
    real_server 192.168.88.102 80 { weight 2 }
}`)
  expect(read.codes).toEqual(['16 deprecated'])
  expect(read.config).toEqual({
    globals: { lvsFlush: false, lvsFlushOnStop: 'no', lvsTimeouts: undefined, checkerLogAllFailures: false },
    virtualServers: [
      {
        name: '[192.168.88.60]:tcp:80',
        services: [{ kind: 'address', protocol: 'TCP', address: '192.168.88.60', port: 80 }],
        scheduler: 'rr',
        flags: 0,
        persistenceTimeout: 50,
        persistenceGranularity: undefined,
        persistenceEngine: undefined,
        quorum: 1,
        hysteresis: 0,
        alpha: false,
        omega: false,
        sorryServer: { address: '127.0.0.1', port: 80, forwarding: { method: 'DR' }, inhibit: false },
        realServers: [
          {
            address: '192.168.88.101',
            port: 80,
            forwarding: { method: 'DR' },
            weight: 1,
            inhibitOnFailure: false,
            uthreshold: 0,
            lthreshold: 0,
            alpha: false,
            checkers: [
              {
                kind: 'HTTP_GET',
                target: {
                  address: '192.168.88.101',
                  port: 80,
                  bindto: undefined,
                  bindPort: undefined,
                  bindIf: undefined,
                  fwmark: 0,
                  connectTimeout: 3_000_000,
                },
                urls: [
                  {
                    path: '/',
                    virtualhost: undefined,
                    statusCodes: [{ low: 200, high: 200 }],
                    digest: undefined,
                    regex: undefined,
                    tlsCompliant: false,
                  },
                ],
                httpProtocol: '1.0',
                virtualhost: undefined,
                enableSni: false,
                delayLoop: 6_000_000,
                warmup: 6_000_000,
                retry: 3,
                delayBeforeRetry: 3_000_000,
                alpha: false,
                logAllFailures: false,
              },
            ],
          },
          {
            address: '192.168.88.102',
            port: 80,
            forwarding: { method: 'DR' },
            weight: 2,
            inhibitOnFailure: false,
            uthreshold: 0,
            lthreshold: 0,
            alpha: false,
            checkers: [],
          },
        ],
      },
    ],
  })
  expect(structuredClone(read.config)).toEqual(read.config)
})

test('lvs_flush, lvs_flush_on_stop, lvs_timeouts and checker_log_all_failures of global_defs', () => {
  const read = readCheck('', ({ global }) => {
    Object.assign(global, {
      lvs_flush: true,
      lvs_flush_on_stop: 'vs',
      lvs_timeouts: { tcp: 900, tcpfin: 120, udp: 300 },
      checker_log_all_failures: true,
    })
  })
  expect(read.config.globals).toEqual({
    lvsFlush: true,
    lvsFlushOnStop: 'vs',
    lvsTimeouts: { tcp: 900, tcpFin: 120, udp: 300 },
    checkerLogAllFailures: true,
  })
})

test('ha_suspend waits for the address of the service; of a group it is never here, and with fwmark it means nothing', () => {
  const waits = (service: string): unknown =>
    readCheck(`virtual_server_group G {\n192.0.2.5 80\n}\nvirtual_server ${service} {\nha_suspend\nreal_server 10.0.0.1 80 {\n}\n}`).config
      .virtualServers[0]?.haSuspend
  expect([waits('192.0.2.1 80'), waits('group G'), waits('fwmark 5')]).toEqual(['192.0.2.1', 'group', undefined])
})

test('rs_init_notifies, lvs_netlink_cmd_rcv_bufs and lvs_netlink_monitor_rcv_bufs of global_defs; 0 leaves the buffer as it is', () => {
  const globals = (words: object) => readCheck('', ({ global }) => void Object.assign(global, words)).config.globals
  expect(globals({ rs_init_notifies: true, lvs_netlink_cmd_rcv_bufs: 65536, lvs_netlink_cmd_rcv_bufs_force: true })).toMatchObject({
    rsInitNotifies: true,
    commandBuffer: { bytes: 65536, force: true },
  })
  expect(globals({ lvs_netlink_monitor_rcv_bufs: 4096 })).toMatchObject({ monitorBuffer: { bytes: 4096, force: false } })
  expect(globals({ lvs_netlink_monitor_rcv_bufs: 0 })).not.toHaveProperty('monitorBuffer')
})

test('a virtual_server of 16000 real_servers costs about 16 times one of 1000', () => {
  const text = (servers: number): string =>
    `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${Array.from({ length: servers }, (_, i) => `real_server 10.0.${i >> 8}.${i & 255} 80 {\nTCP_CHECK {\n}\n}`).join('\n')}\n}`
  const cost = (servers: number): number => {
    const conf = text(servers)
    const before = process.threadCpuUsage()
    expect(readCheck(conf).config.virtualServers[0]?.realServers).toHaveLength(servers)
    const { user, system } = process.threadCpuUsage(before)
    return user + system
  }
  const small = Math.min(cost(1_000), cost(1_000), cost(1_000))
  // A quadratic one would cost 256 times as much.
  expect(cost(16_000) / small).toBeLessThan(80)
})
