import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { assert } from '../../../src/base/assert.ts'
import { ok } from '../../../src/base/result.ts'
import { globPaths } from '../../../src/config/glob.ts'
import { loadWhole } from '../../../src/config/load.ts'
import { printText } from '../../../src/config/print.ts'
import { host } from '../../support/config-text.ts'
import { configurationSource } from '../config-grammar.ts'

export const name = 'config'

const PATH = '/etc/keepalived/fuzz.conf'
const encoder = new TextEncoder()

/** One of each thing the language has, so that mutants reach every part of it. */
const ownSeeds: readonly Uint8Array[] = [
  `global_defs {\n  router_id "a b" # c\n  lvs_timeouts tcp 1 udp 2\n  include_check +read\n  vrrp_garp_interval .5\n}\n`,
  `vrrp_instance VI_1 {\n  state MASTER\n  interface eth0\n  virtual_router_id 51\n  priority 100\n  advert_int 0.5\n  authentication {\n    auth_type PASS\n    auth_pass 1111\n  }\n  virtual_ipaddress {\n    192.0.2.1/24 dev eth0 label eth0:3 brd +\n  }\n  unicast_peer {\n    192.0.2.9 min_ttl 3\n  }\n}\n`,
  `vrrp_instance V6 { interface eth1\n version 3\n nopreempt\n virtual_router_id 7\n virtual_ipaddress { fe80::1\n 2001:db8::1/64 -nodad }\n virtual_routes { default via 192.0.2.3 dev eth1 metric 5\n 10.0.0.0/8 nexthop via 192.0.2.4 weight 2 }\n virtual_rules { from 10.0.0.0/8 table 5 preference 7 } }`,
  `virtual_server 192.0.2.1 80 {\n  delay_loop 6\n  lb_algo wrr\n  lb_kind DR\n  protocol TCP\n  sorry_server 10.0.0.9 80\n  real_server 10.0.0.1 80 {\n    weight 3\n    HTTP_GET {\n      url { path /\n status_code 200-299\n digest 0123456789abcdef0123456789abcdef }\n      connect_timeout 3\n    }\n  }\n}\nvirtual_server_group G {\n 192.0.2.5-9 80\n fwmark 5\n}\n`,
  `$A=1\n$B= \\\n  192.0.2.1 \\\n  $A\n@main $C=x\n@^main bogus\n~SEQ(I, 1, 3) ~LST({N,M}, {a,b}, {c}) x\${I}\${N} $B\ninclude /etc/keepalived/*.conf\ninclude{a,b} x\n\${_ENV HOME} \${_RANDOM 1 2} \${_HASH}\n`,
  `vrrp_script c { script "/bin/x 'a b'" user\n interval 2\n weight -5 reverse }\nvrrp_sync_group G { group { VI_1 V6 }\n notify_master '/x y' root }\ntrack_file f { file /run/f }\nbfd_instance b { neighbor_ip 192.0.2.3 }\nstatic_ipaddress { 192.0.2.7 dev eth2 }\nbogus { priority 5 }\n}\n`,
].map((text) => encoder.encode(text))

/** With the files of the corpus, so that bytes change in what people write. */
export const seeds: readonly Uint8Array[] = [...ownSeeds, ...corpus()]

function corpus(): readonly Uint8Array[] {
  const folder = fileURLToPath(new URL('../../conformance/keepalived/corpus', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.conf'))
  return files
    .sort()
    .map((file) => readFileSync(`${folder}/${file}`))
    .filter(({ length }) => length < 4_096)
}

export const runs = 200_000
export const source = configurationSource

/** Bytes that the last input had read, by includes again and again, or made by sequences. */
let work = 0

/** 50 ms for each 10 KB. */
export const mostMilliseconds = (): number => 50 * Math.max(1, work / 10_240)

/** Loading never throws, each finding has its place, and text about them can be made. */
export function run(bytes: Uint8Array): void {
  let read = 0
  const reader = {
    ...host,
    absolute: (path: string, folder: string | undefined) => (path.startsWith('/') ? path : `${folder ?? ''}/${path}`),
    readFile: () => {
      read += bytes.length
      return ok(bytes)
    },
    glob: (pattern: string) => globPaths(pattern, { list: () => ['fuzz.conf'], exists: (path) => path === PATH }),
  }
  const { config: agent, lines } = loadWhole(PATH, reader, { configId: 'main', allChecks: false, test: true })
  work = Math.max(
    read,
    lines.all().reduce((sum, { text }) => sum + text.length, 0),
  )
  assert([0, 2, 4, 5, 6, 204].includes(agent.exitStatus), `status ${agent.exitStatus}`)
  // Outside its namespace keepalived judges nothing.
  const judged = agent.fatal?.kind !== 'namespace'
  assert(!judged || agent.exitStatus !== 0 || agent.diagnostics.every(({ severity }) => severity === 'none'), 'status 0 with findings')
  for (const { at } of agent.diagnostics) assert(at.line >= 0 && at.column >= 0, 'a finding without place')
  printText(agent.diagnostics)
}
