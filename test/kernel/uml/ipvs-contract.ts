/** ip_vs against a kernel that has it, compared with what `ipvsadm` sees: `node --conditions=source test/kernel/uml/ipvs-contract.ts`. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromSeconds, type Instant, instant, later } from '../../../src/base/units.ts'
import { drive } from '../../../src/core/reconcile/drive.ts'
import { type KernelObject, type Operation, serves } from '../../../src/core/reconcile/kinds.ts'
import { createReconciler } from '../../../src/core/reconcile/reconciler.ts'
import type { ReconcileEvent, ReconcilerState, Report } from '../../../src/core/reconcile/state.ts'
import { NetlinkKernel } from '../../../src/drivers/kernel.ts'
import { wordKernelReport } from '../../../src/process/kernel-wording.ts'
import { programNamed } from '../../lab/program.ts'
import { ipvsContract } from '../../support/kernel-contract.ts'
import { destination, ip, link, service } from '../../support/kernel-objects.ts'
import { type Case, runCases } from '../contract.ts'

const ipvsadm = (...words: readonly string[]): string => execFileSync('ipvsadm', words, { encoding: 'utf8' })
const saved = (): readonly string[] =>
  ipvsadm('-Sn')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
const add = (object: KernelObject): Operation => ({ kind: 'add', object })
const done = (kernel: NetlinkKernel, ...operations: readonly Operation[]): void => {
  for (const { errno, detail } of kernel.apply(operations)) equal(errno, 0, detail)
}

const web = service('192.0.2.1:80')
const one = destination('192.0.2.1:80', '10.0.0.1:80')
const two = destination('192.0.2.1:80', '10.0.0.2:80', { weight: 3 })

const own: readonly Case[] = [
  {
    name: 'use_ipvlan: links of each mode are made, found and removed (here because only this kernel has them)',
    run() {
      const run = (words: string): string => execFileSync('ip', words.split(' '), { encoding: 'utf8' })
      run('link add ipv0 type veth peer name ipv1')
      try {
        for (const mode of ['bridge', 'private', 'vepa'] as const) {
          const kernel = new NetlinkKernel()
          const object = link({ base: 'ipv0', type: { kind: 'ipvlan', mode }, settings: [], reportsBelow: [] })
          done(kernel, add(object))
          ok(run('-d link show vrrp.51').includes(`mode l2 ${mode}`))
          ok(kernel.list('link')?.some((one) => serves(one, object)))
          done(kernel, { kind: 'remove', object })
          deepEqual(kernel.list('link'), [])
        }
      } finally {
        run('link del ipv0')
      }
    },
  },
  {
    name: 'ipvsadm sees the services and servers that we added: rr, persistence, a mark, both families, NAT, DR and TUN',
    run() {
      done(
        new NetlinkKernel(),
        add(web),
        add(one),
        add(destination('192.0.2.1:80', '10.0.0.2:8080', { forwarding: 0, weight: 5, uthreshold: 100, lthreshold: 50 })),
        add(destination('192.0.2.1:80', '10.0.0.3:80', { forwarding: 2, weight: 0 })),
        add(service('192.0.2.2:443', { scheduler: 'wlc', flags: 1, timeout: 50, netmask: ip('255.255.255.0') })),
        add(service('[2001:db8::1]:80', { scheduler: 'wrr' })),
        add(destination('[2001:db8::1]:80', '[2001:db8:1::1]:80')),
        add(service('fwmark 5', { scheduler: 'sh', flags: 8 })),
        add(destination('fwmark 5', '10.0.0.1:0')),
      )
      deepEqual(saved().toSorted(), [
        '-A -f 5 -s sh -b sh-fallback',
        '-A -t 192.0.2.1:80 -s rr',
        '-A -t 192.0.2.2:443 -s wlc -p 50 -M 255.255.255.0',
        '-A -t [2001:db8::1]:80 -s wrr',
        '-a -f 5 -r 10.0.0.1:0 -g -w 1',
        '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1',
        '-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 5',
        '-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 0 --tun-type ipip',
        '-a -t [2001:db8::1]:80 -r [2001:db8:1::1]:80 -g -w 1',
      ])
    },
  },
  {
    name: 'what ipvsadm added we read as it is',
    run() {
      ipvsadm('-A', '-u', '192.0.2.1:53', '-s', 'wlc', '-p', '77', '-o')
      ipvsadm('-a', '-u', '192.0.2.1:53', '-r', '10.0.0.9:5353', '-m', '-w', '12', '-x', '9', '-y', '3')
      const kernel = new NetlinkKernel()
      const key = { kind: 'address', protocol: 'UDP', address: '192.0.2.1', port: 53 }
      const [found] = kernel.list('service') ?? []
      deepEqual(found, {
        kind: 'service',
        key,
        scheduler: 'wlc',
        flags: 7,
        timeout: 77,
        netmask: '255.255.255.255',
        persistenceEngine: undefined,
      })
      const server = { address: '10.0.0.9', port: 5353, forwarding: 0, weight: 12, uthreshold: 9, lthreshold: 3 }
      deepEqual(kernel.list('destination'), [
        { kind: 'destination', service: key, ...server, tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 },
      ])
    },
  },
  {
    name: 'persistence_engine sip is kept',
    run() {
      const sip = {
        ...service('192.0.2.1:5060', { flags: 1, timeout: 30, persistenceEngine: 'sip' }),
        key: { kind: 'address', protocol: 'UDP', address: ip('192.0.2.1'), port: 5060 },
      } as const
      const kernel = new NetlinkKernel()
      done(kernel, add(sip))
      deepEqual(saved(), ['-A -u 192.0.2.1:5060 -s rr -p 30 --pe sip'])
      deepEqual(
        kernel.list('service')?.map((object) => object.kind === 'service' && object.persistenceEngine),
        ['sip'],
      )
    },
  },
  {
    name: 'a scheduler whose module is not loaded yet is loaded by the kernel',
    run: () => done(new NetlinkKernel(), add(service('192.0.2.1:81', { scheduler: 'mh', flags: 8 | 0x10 }))),
  },
  {
    name: 'IP_VS_CONN_F_LOCALNODE: a server that is the director itself is as wanted',
    run() {
      const it = reconciling(web, destination('192.0.2.1:80', '127.0.0.1:80'))
      it.wait(31)
      deepEqual([it.feed({ kind: 'tick' }), it.operations()], [[], 0])
    },
  },
  {
    name: 'version and table size are read',
    run() {
      const info = new NetlinkKernel().ipvs.info()
      ok(info.ok && info.value.version === 0x01_02_01 && info.value.connectionTableSize >= 256, JSON.stringify(info))
    },
  },
  {
    name: 'lvs_timeouts are set; 0 leaves the kernel’s',
    run() {
      const { ipvs } = new NetlinkKernel()
      deepEqual(ipvs.setTimeouts({ tcp: 901, tcpFin: 121, udp: 301 }).errno, 0)
      deepEqual(ipvs.setTimeouts({ tcp: 0, tcpFin: 0, udp: 302 }).errno, 0)
      deepEqual(ipvs.timeouts(), { ok: true, value: { tcp: 901, tcpFin: 121, udp: 302 } })
      ok(ipvsadm('-Ln', '--timeout').includes('901 121 302'))
    },
  },
  {
    name: 'counters are read, of services and of destinations',
    run() {
      const kernel = new NetlinkKernel()
      execFileSync('ip', ['addr', 'replace', '192.0.2.1/32', 'dev', 'lo'])
      done(kernel, add(service('192.0.2.1:9')), add(destination('192.0.2.1:9', '127.0.0.1:9', { forwarding: 0 })))
      // Refused, but counted; the kernel's estimator adds up every two seconds.
      spawnSync('curl', ['-s', '-m', '2', 'http://192.0.2.1:9/'])
      spawnSync('sleep', ['3'])
      const [entry] = kernel.ipvs.serviceEntries() ?? []
      const [server] = kernel.ipvs.destinationEntries() ?? []
      execFileSync('ip', ['addr', 'del', '192.0.2.1/32', 'dev', 'lo'])
      ok(entry !== undefined && entry.statistics.connections >= 1n && entry.statistics.inBytes >= 40n, JSON.stringify(entry, bigintText))
      ok(server !== undefined && server.statistics.connections === entry.statistics.connections, JSON.stringify(server, bigintText))
      ok(server.activeConnections + server.inactiveConnections >= 1)
    },
  },
  {
    name: 'no sync daemon runs',
    run: () => deepEqual(new NetlinkKernel().ipvs.daemons(), []),
  },
  {
    name: 'a scheduler or engine that the kernel lacks: one sentence for each that names the module, and the other services run on',
    run() {
      const it = reconciling()
      const said = it.feed({
        kind: 'desired',
        objects: [
          service('192.0.2.1:81', { scheduler: 'none1' }),
          destination('192.0.2.1:81', '10.0.0.1:80'),
          service('192.0.2.1:82', { scheduler: 'none1' }),
          service('192.0.2.1:83', { scheduler: 'none2' }),
          service('192.0.2.1:84', { flags: 1, timeout: 30, persistenceEngine: 'none3' }),
          web,
          one,
        ],
      })
      deepEqual(
        said.map((what) => wordKernelReport(what)?.text),
        [
          'cannot add service [192.0.2.1]:tcp:81 and 1 more: this kernel has no scheduler none1: load it with `modprobe ip_vs_none1` (errno 2); trying again',
          'cannot add service [192.0.2.1]:tcp:83: this kernel has no scheduler none2: load it with `modprobe ip_vs_none2` (errno 2); trying again',
          'cannot add service [192.0.2.1]:tcp:84: this kernel has no scheduler rr or no persistence engine none3: load them with `modprobe -a ip_vs_rr ip_vs_pe_none3` (errno 2); trying again',
        ],
      )
      deepEqual(saved(), ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1'])
      it.wait(0.2)
      deepEqual(it.feed({ kind: 'tick' }), [])
    },
  },
  {
    name: 'F23 a table flushed with `ipvsadm -C` is whole again at the next audit',
    run() {
      const it = reconciling(web, one, two)
      const before = saved()
      ipvsadm('-C')
      it.wait(31)
      deepEqual(
        it.feed({ kind: 'tick' }).map(({ kind }) => kind),
        ['drift', 'settled'],
      )
      deepEqual(saved(), before)
    },
  },
  {
    name: 'F23 a table flushed behind our back is whole again with the next change, without waiting',
    run() {
      const it = reconciling(web, one, two)
      ipvsadm('-C')
      it.feed({ kind: 'desired', objects: [web, one] })
      deepEqual(saved(), ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1'])
    },
  },
  {
    name: 'F24 what somebody changed of ours is put right, a foreign service stays',
    run() {
      const it = reconciling(web, one, two)
      ipvsadm('-e', '-t', '192.0.2.1:80', '-r', '10.0.0.1:80', '-g', '-w', '99')
      ipvsadm('-d', '-t', '192.0.2.1:80', '-r', '10.0.0.2:80')
      ipvsadm('-E', '-t', '192.0.2.1:80', '-s', 'wlc')
      ipvsadm('-A', '-t', '198.51.100.1:80', '-s', 'rr')
      it.wait(31)
      it.feed({ kind: 'tick' })
      deepEqual(saved().toSorted(), [
        '-A -t 192.0.2.1:80 -s rr',
        '-A -t 198.51.100.1:80 -s rr',
        '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1',
        '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g -w 3',
      ])
      it.feed({ kind: 'desired', objects: [] })
      deepEqual(saved(), ['-A -t 198.51.100.1:80 -s rr'])
    },
  },
  {
    name: 'F23 F24 of a large table, audited part by part, only what somebody changed is put right; flushed in the middle of it, it is whole again',
    run() {
      const services = Array.from({ length: 200 }, (_, n) => service(`192.0.2.${n + 1}:80`))
      const servers = services.flatMap((_, n) => [1, 2, 3].map((last) => destination(`192.0.2.${n + 1}:80`, `10.0.0.${last}:80`)))
      const it = reconciling(...services, ...servers)
      const before = saved().toSorted()
      ipvsadm('-e', '-t', '192.0.2.3:80', '-r', '10.0.0.1:80', '-g', '-w', '99')
      ipvsadm('-a', '-t', '192.0.2.100:80', '-r', '10.0.0.9:80', '-g')
      ipvsadm('-d', '-t', '192.0.2.200:80', '-r', '10.0.0.3:80')
      ipvsadm('-A', '-t', '198.51.100.1:80', '-s', 'rr')
      it.wait(31)
      deepEqual(
        it.audit().flatMap((report) => ('found' in report ? report.found : [])),
        ['differs', 'unwanted', 'missing'],
      )
      deepEqual([saved().toSorted(), it.operations()], [[...before, '-A -t 198.51.100.1:80 -s rr'].toSorted(), 3])
      it.wait(31)
      deepEqual([it.audit(), it.operations()], [[], 3])
      it.wait(31)
      it.feed({ kind: 'tick' })
      ipvsadm('-C')
      it.audit()
      deepEqual(saved().toSorted(), before)
    },
  },
  {
    name: 'a table that was read back is as wanted: nothing is sent at the next audit',
    run() {
      const it = reconciling(
        web,
        one,
        two,
        service('[2001:db8::1]:80'),
        destination('[2001:db8::1]:80', '10.0.0.1:80', { forwarding: 2, tunnelType: 1, tunnelPort: 6080 }),
      )
      it.wait(31)
      deepEqual([it.feed({ kind: 'tick' }), it.operations()], [[], 0])
    },
  },
  {
    name: 'F26 without CAP_NET_ADMIN the error says what is needed',
    run() {
      process.seteuid?.(65_534)
      try {
        const info = new NetlinkKernel().ipvs.info()
        deepEqual(info, { ok: false, error: { errno: 1, detail: 'ip_vs needs root or CAP_NET_ADMIN, in the first user namespace' } })
      } finally {
        process.seteuid?.(0)
      }
    },
  },
  {
    name: 'F25 after the module was unloaded and loaded again its new family number is found',
    run() {
      const kernel = new NetlinkKernel()
      done(kernel, add(web), add(one))
      withoutModule(() => {})
      done(kernel, add(web), add(one))
      equal(kernel.list('destination')?.length, 1)
    },
  },
  {
    name: 'F25 F23 the reconciler sits out a missing module and rebuilds the table when it is back',
    run() {
      const it = reconciling(web, one)
      const before = saved()
      withoutModule(() => {
        it.wait(31)
        deepEqual(
          it.feed({ kind: 'tick' }).map(({ kind }) => kind),
          ['unreadable', 'unreadable'],
        )
      })
      it.wait(1.1)
      deepEqual(
        it.feed({ kind: 'tick' }).map(({ kind }) => kind),
        ['drift', 'settled'],
      )
      deepEqual(saved(), before)
    },
  },
  {
    name: 'without the module the error names the remedy and lists are unknown, not empty',
    run() {
      const kernel = new NetlinkKernel()
      withoutModule(() => {
        const error = { errno: 92, detail: 'this kernel has no ip_vs: load it with `modprobe ip_vs`' }
        deepEqual(kernel.ipvs.info(), { ok: false, error })
        deepEqual(kernel.apply([add(web), add(one)]), [error, error])
        deepEqual([kernel.list('service'), kernel.list('destination')], [undefined, undefined])
      })
    },
  },
  {
    name: 'without the module the daemon ends with 1, as keepalived, and its last words name the remedy',
    run() {
      const folder = mkdtempSync(join(tmpdir(), 'vk-module-'))
      const file = join(folder, 'keepalived.conf')
      const server = 'lvs_method NAT\n real_server 192.0.2.20 80 {\n weight 1\n TCP_CHECK {\n connect_timeout 3\n }\n }'
      writeFileSync(file, `virtual_server 192.0.2.10 80 {\n protocol TCP\n lb_algo rr\n ${server}\n}\n`)
      // The daemon asks for the module itself; here it asks in vain.
      const hidden = ['--mount', 'sh', '-c', 'mount --bind /bin/false "$(readlink -f "$(command -v modprobe)")" && exec "$@"', 'sh']
      const words = [
        ...programNamed('vipkeeper').argv,
        '-n',
        '-l',
        '-f',
        file,
        '-p',
        `${folder}/a`,
        '-r',
        `${folder}/b`,
        '-c',
        `${folder}/c`,
      ]
      withoutModule(() => {
        const { status, stdout, stderr } = spawnSync('unshare', [...hidden, ...words], { encoding: 'utf8', timeout: 20_000 })
        const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('ip_vs'))
        deepEqual([status, said.length], [1, 1], `${stdout}${stderr}`)
        ok(said[0]?.endsWith("IPVS: Can't initialize ipvs: this kernel has no ip_vs: load it with `modprobe ip_vs`"), said[0])
      })
      rmSync(folder, { recursive: true })
    },
  },
]

const bigintText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value)

/** A reconciler over the real table, settled on these. */
function reconciling(...wanted: readonly KernelObject[]) {
  const kernel = new NetlinkKernel()
  const reconciler = createReconciler({ kinds: ['service', 'destination'] })
  let state: ReconcilerState = reconciler.initial
  let now: Instant = instant(0)
  let operations = 0
  const port = {
    apply: (some: readonly Operation[]) => {
      operations += some.length
      return kernel.apply(some)
    },
    list: kernel.list.bind(kernel),
  }
  const feed = (event: ReconcileEvent): readonly Report[] => {
    const driven = drive(reconciler, port, state, event, now)
    state = driven.state
    return driven.reports
  }
  feed({ kind: 'configured', named: wanted })
  const [settled] = feed({ kind: 'desired', objects: wanted })
  deepEqual(settled, { kind: 'settled' })
  operations = 0
  return {
    feed,
    operations: () => operations,
    wait(seconds: number) {
      now = later(now, fromSeconds(seconds))
    },
    /** Ticks as the loop would until the audit that is due, or in its middle, is over. */
    audit() {
      const reports: Report[] = []
      do {
        now = later(now, fromSeconds(0.1))
        reports.push(...feed({ kind: 'tick' }))
      } while (state.walk !== undefined)
      return reports
    },
  }
}

/** Unloads ip_vs, schedulers first, and keeps the kernel from loading it again by itself until `run` has returned. */
function withoutModule(run: () => void): void {
  const loader = readFileSync('/proc/sys/kernel/modprobe', 'utf8')
  execFileSync('ipvsadm', ['-C'])
  for (const [, name] of execFileSync('lsmod', { encoding: 'utf8' }).matchAll(/^(ip_vs_\w+)/gm)) execFileSync('rmmod', [name ?? ''])
  execFileSync('rmmod', ['ip_vs'])
  writeFileSync('/proc/sys/kernel/modprobe', '/bin/false\n')
  try {
    run()
  } finally {
    writeFileSync('/proc/sys/kernel/modprobe', loader)
    execFileSync('modprobe', ['ip_vs'])
  }
}

const contract: readonly Case[] = ipvsContract.map(({ name, run }) => ({
  name: `contract: ${name}`,
  run: () => run(new NetlinkKernel(), 'lo'),
}))

export const cases: readonly Case[] = [...contract, ...own].map(({ name, run }) => ({
  name,
  run() {
    ipvsadm('-C')
    return run()
  },
}))

if (import.meta.main) {
  execFileSync('modprobe', ['ip_vs'])
  // Every case empties the table and some unload the module: nothing for a director at work.
  if (ipvsadm('-Sn').trim() === '') await runCases(cases)
  else {
    process.stderr.write('the ip_vs table is not empty: this kernel is in use\n')
    process.exitCode = 2
  }
}
