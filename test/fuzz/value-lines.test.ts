import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Context } from '../../src/config/context.ts'
import { readTrackLine } from '../../src/config/keywords/track-lines.ts'
import { readUnicastPeer } from '../../src/config/keywords/unicast-peer.ts'
import { readAddressLine } from '../../src/config/keywords/virtual-address.ts'
import { readRouteLine } from '../../src/config/keywords/virtual-route.ts'
import { readRuleLine } from '../../src/config/keywords/virtual-rule.ts'
import { readGroupLine } from '../../src/config/keywords/virtual-server-group-line.ts'
import { readCheck, readWords } from '../support/config-text.ts'

const KEYWORDS =
  'dev scope broadcast brd label peer home -nodad no_track use_vmac track_group preferred_lft to via gw or src from table protocol tos metric realms expires pref mtu lock rtt window congctl features encap ip ip6 mpls ila id dst flags nexthop weight onlink as add append vrf inet inet6 not fwmark iif oif uidrange tunnel-id ipproto sport dport preference goto nop blackhole type l3mdev sup_pl sup_group lookup default all any unicast min_ttl max_ttl reverse noreverse forever + - enabled ecn'.split(
    ' ',
  )
const VALUES =
  '0 1 18 254 255 256 65535 65536 4294967295 4294967296 -1 0x10 010 1.5s 300ms 1-2 2-1 5/6 10.0.0.0/8 10.0.0.1 10.0.0.1-9 10.0.0.0/33 2001:db8::1 2001:db8::/64 ::1-ff eth0 nope9 main link tcp constructor __proto__'.split(
    ' ',
  )
const word = fc.oneof(
  fc.constantFrom(...KEYWORDS),
  fc.constantFrom(...VALUES),
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes(' ')),
)

const readers: readonly { readonly name: string; readonly read: (words: readonly string[], context: Context) => unknown }[] = [
  {
    name: 'virtual_ipaddress',
    read: (words, context) => readAddressLine(words, context, { block: 'virtual_ipaddress', hasDefaultInterface: true }),
  },
  {
    name: 'static_ipaddress',
    read: (words, context) => readAddressLine(words, context, { block: 'static_ipaddress', hasDefaultInterface: false }),
  },
  { name: 'virtual_routes', read: (words, context) => readRouteLine(words, context, { block: 'virtual_routes' }) },
  { name: 'static_rules', read: (words, context) => readRuleLine(words, context, { block: 'static_rules' }) },
  { name: 'virtual_server_group', read: (words, context) => readGroupLine(words, context, 'G') },
  {
    name: 'unicast_peer',
    read: (words, context) => readUnicastPeer(words, context, { instance: 'A', family: undefined, peers: new Set() }),
  },
  {
    name: 'track_script',
    read: (words, context) => readTrackLine(words, context, { kind: 'track_script', owner: 'A', exists: () => true, tracked: new Set() }),
  },
]

test.each(readers)('a line of $name is read or dropped with a finding, whatever its words', ({ read }) => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (words) => {
      const line = readWords(words.join(' '), read)
      if (line.value === undefined) expect(line.codes).not.toEqual([])
      else expect(structuredClone(line.value)).toEqual(line.value)
    }),
    { numRuns: 2_000 },
  )
})

const STATEMENTS =
  'virtual_server,virtual_server_group,real_server,TCP_CHECK,HTTP_GET,SSL_GET,url,path /,status_code 200-299,digest ff,regex "a,SMTP_CHECK,host,DNS_CHECK,UDP_CHECK,MISC_CHECK,misc_path "/x,BFD_CHECK,name,SSL,ca /x,lvs_sched sh,lvs_method TUN type gue port 1,lvs_method,protocol TCP,persistence_granularity 24,quorum 9,hysteresis 9,sorry_server 10.0.0.9,weight 0,delay_loop x,alpha off,connect_ip fe80::1,bindto ::1,warmup 1e9'.split(
    ',',
  )
const ARGUMENTS = ['', ' 10.0.0.1 80', ' 192.0.2.1', ' fwmark 5', ' group G', ' G', ' 2001:db8::1 0', ' fwmark', ' {']
const statement = fc
  .tuple(fc.constantFrom(...STATEMENTS), fc.constantFrom(...ARGUMENTS), fc.constantFrom('', ' {', '\n{', '\n}'))
  .map((parts) => parts.join(''))

test('any heap of virtual_server words is read to its end', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(statement, fc.constantFrom('}', '{', '', '192.0.2.1-9 80')), { maxLength: 30 }), (lines) => {
      const { config } = readCheck(lines.join('\n'))
      expect(structuredClone(config)).toEqual(config)
    }),
    { numRuns: 2_000 },
  )
})
