import { lineOption, type OptionTable } from '../line-option.ts'

const rule = (word: string, grammar: string, summary: string, row: { readonly default?: string; readonly aliasOf?: string } = {}) =>
  lineOption(grammar, summary, { ...row, example: `from 192.0.2.0/24 table 100 preference 1000 ${word}` })
const action = (word: string, grammar: string, summary: string, row: { readonly aliasOf?: string } = {}) =>
  lineOption(grammar, summary, { ...row, example: `from 192.0.2.0/24 preference 1000 ${word}` })

/** Words of `virtual_rules` and `static_rules`; the reader is virtual-rule.ts. */
export const ruleOptions: OptionTable = {
  not: lineOption('', 'for packets that do not fit', { default: 'off', example: 'not from 192.0.2.0/24 table 100 preference 1000' }),
  from: lineOption('<ip>[/<length>] | all', 'for packets from there', {
    default: 'all',
    example: 'from 192.0.2.0/24 table 100 preference 1000',
  }),
  to: lineOption('<ip>[/<length>] | all', 'for packets to there', { default: 'all', example: 'to 192.0.2.0/24 table 100 preference 1000' }),
  tos: rule('tos 0x10', '<name or uint 0..255>', 'for packets with this type of service'),
  dsfield: rule('dsfield 0x10', '<name or uint 0..255>', 'tos', { aliasOf: 'tos' }),
  fwmark: rule('fwmark 1/0xff', '<uint>[/<mask>]', 'for packets with this mark'),
  dev: rule('dev eth0', '<ifname>', 'iif', { aliasOf: 'iif' }),
  iif: rule('iif eth0', '<ifname>', 'for packets that came in here'),
  oif: rule('oif eth0', '<ifname>', 'for packets of sockets bound to this link'),
  uidrange: rule('uidrange 1000-1999', '<uint>-<uint>', 'for packets of these users'),
  'tunnel-id': rule('tunnel-id 7', '<uint 0..18446744073709551615>', 'for packets of this tunnel'),
  ipproto: rule('ipproto tcp', '<name or uint 0..254>', 'for packets of this protocol'),
  sport: rule('sport 1024-2047', '<uint>-<uint>', 'for packets from these ports'),
  dport: rule('dport 80-443', '<uint>-<uint>', 'for packets to these ports'),
  preference: lineOption('<uint 0..4294967295>', 'place among the rules, the lowest first', {
    default: '16384 and down, with a report',
    example: 'from 192.0.2.0/24 table 100 preference 1000',
  }),
  order: lineOption('<uint 0..4294967295>', 'preference', { aliasOf: 'preference', example: 'from 192.0.2.0/24 table 100 order 1000' }),
  priority: lineOption('<uint 0..4294967295>', 'preference', {
    aliasOf: 'preference',
    example: 'from 192.0.2.0/24 table 100 priority 1000',
  }),
  protocol: rule('protocol 18', '<uint 0..255>', 'who says it made the rule', { default: '18' }),
  no_track: rule('no_track', '', 'losing this rule is not a fault', { default: 'off' }),
  realms: rule('realms 1/2', '[<from>/]<to>', 'realms of IPv4 accounting'),
  suppress_prefixlength: rule('suppress_prefixlength 0', '<uint 0..2147483647>', 'pass over routes that are no longer than this'),
  sup_pl: rule('sup_pl 0', '<uint 0..2147483647>', 'suppress_prefixlength, in short', { aliasOf: 'suppress_prefixlength' }),
  suppress_ifgroup: rule('suppress_ifgroup 1', '<name or uint>', 'pass over routes to links of this group'),
  sup_group: rule('sup_group 1', '<name or uint>', 'suppress_ifgroup, in short', { aliasOf: 'suppress_ifgroup' }),
  table: lineOption('<name or uint 1..4294967295>', 'look there', { example: 'from 192.0.2.0/24 table 100 preference 1000' }),
  lookup: lineOption('<name or uint 1..4294967295>', 'table', {
    aliasOf: 'table',
    example: 'from 192.0.2.0/24 lookup 100 preference 1000',
  }),
  l3mdev: action('l3mdev', '', 'look in the table of the routing domain of the link'),
  goto: action('goto 2000', '<uint 0..4294967295>', 'go on with a later rule'),
  nop: action('nop', '', 'do nothing'),
  blackhole: action('blackhole', '', 'drop the packet in silence'),
  unreachable: action('unreachable', '', 'answer with network unreachable'),
  prohibit: action('prohibit', '', 'answer with forbidden'),
  type: action('type blackhole', 'blackhole | unreachable | prohibit | goto | nop', 'an action follows; the word itself may be left out'),
  inet: rule('inet word', '', 'an IPv4 rule; the next word is lost'),
  inet6: lineOption('', 'an IPv6 rule; the next word is lost', { example: 'from 2001:db8::/64 table 100 preference 1000 inet6 word' }),
  track_group: lineOption('<name>', 'instances at fault when the rule cannot be put back', {
    only: 'static',
    example: 'from 192.0.2.0/24 table 100 preference 1000 iif eth0 track_group edge',
  }),
}
