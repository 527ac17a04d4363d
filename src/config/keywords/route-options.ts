import { lineOption, type OptionTable } from '../line-option.ts'

const metric = (word: string, summary: string, grammar = '<uint 0..4294967295>') =>
  lineOption(grammar, summary, { example: `198.51.100.0/24 via 192.0.2.1 ${word}` })

/** Words of `virtual_routes` and `static_routes`, in any order where not said otherwise; the reader is virtual-route.ts. */
export const routeOptions: OptionTable = {
  to: lineOption('<ip>[/<length>] | default | any | all | default6', 'destination; the word itself may be left out', {
    example: 'to 198.51.100.0/24 via 192.0.2.1',
  }),
  unicast: lineOption('<destination>', 'ordinary route, the default', { example: 'unicast 198.51.100.0/24 via 192.0.2.1' }),
  local: lineOption('<destination>', 'packets are for this host', { example: 'local 198.51.100.0/24 dev eth0' }),
  broadcast: lineOption('<destination>', 'packets are link broadcasts', { example: 'broadcast 198.51.100.255 dev eth0' }),
  brd: lineOption('<destination>', 'broadcast, in short', { aliasOf: 'broadcast', example: 'brd 198.51.100.255 dev eth0' }),
  anycast: lineOption('<destination>', 'an address of many hosts', { example: 'anycast 198.51.100.1 dev eth0' }),
  multicast: lineOption('<destination>', 'a multicast destination', { example: 'multicast 239.1.1.0/24 dev eth0' }),
  nat: lineOption('<destination>', 'a relic of the kernel', { example: 'nat 198.51.100.0/24 dev eth0' }),
  xresolve: lineOption('<destination>', 'a relic of the kernel', { example: 'xresolve 198.51.100.0/24 dev eth0' }),
  blackhole: lineOption('<destination>', 'packets are dropped in silence', { example: 'blackhole 198.51.100.0/24' }),
  unreachable: lineOption('<destination>', 'packets are answered with host unreachable', { example: 'unreachable 198.51.100.0/24' }),
  prohibit: lineOption('<destination>', 'packets are answered with forbidden', { example: 'prohibit 198.51.100.0/24' }),
  throw: lineOption('<destination>', 'the search in this table ends', { example: 'throw 198.51.100.0/24 table 100' }),
  via: lineOption('[inet|inet6] <ip>', 'gateway', { example: '198.51.100.0/24 via 192.0.2.1' }),
  gw: lineOption('[inet|inet6] <ip>', 'old word for via', { aliasOf: 'via', deprecated: 'via', example: '198.51.100.0/24 gw 192.0.2.1' }),
  or: lineOption('<ip>', 'old way to name a second gateway', {
    deprecated: 'nexthop',
    example: '198.51.100.0/24 via 192.0.2.1 or 192.0.2.2',
  }),
  src: lineOption('<ip>', 'source address that is preferred', { example: '198.51.100.0/24 via 192.0.2.1 src 192.0.2.9' }),
  from: lineOption('<ipv6>[/<length>]', 'for packets from there only', { example: '2001:db8:1::/64 from 2001:db8:2::/64 dev eth0' }),
  dev: lineOption('<ifname>', 'link to send on', { example: '198.51.100.0/24 dev eth0' }),
  oif: lineOption('<ifname>', 'dev', { aliasOf: 'dev', example: '198.51.100.0/24 oif eth0' }),
  onlink: lineOption('', 'take the gateway for a neighbour', {
    default: 'off',
    example: '198.51.100.0/24 via 203.0.113.1 dev eth0 onlink',
  }),
  table: lineOption('<name or uint 0..4294967295>', 'routing table', {
    default: 'main',
    example: '198.51.100.0/24 via 192.0.2.1 table 100',
  }),
  vrf: lineOption('<ifname>', 'the table of this routing domain', { example: '198.51.100.0/24 dev eth0 vrf eth1' }),
  protocol: lineOption('<name or uint 0..255>', 'who says it made the route', {
    default: '18',
    example: '198.51.100.0/24 dev eth0 protocol 18',
  }),
  scope: lineOption('<name or uint 0..255>', 'how far the destination is', {
    default: 'global',
    example: '198.51.100.0/24 dev eth0 scope link',
  }),
  tos: lineOption('<name or uint 0..255>', 'for packets with this type of service', {
    default: '0',
    example: '198.51.100.0/24 dev eth0 tos 0x10',
  }),
  dsfield: lineOption('<name or uint 0..255>', 'tos', { aliasOf: 'tos', example: '198.51.100.0/24 dev eth0 dsfield 0x10' }),
  metric: lineOption('<uint 0..4294967295>', 'the lowest wins', { example: '198.51.100.0/24 dev eth0 metric 10' }),
  priority: lineOption('<uint 0..4294967295>', 'metric', { aliasOf: 'metric', example: '198.51.100.0/24 dev eth0 priority 10' }),
  preference: lineOption('<uint 0..4294967295>', 'metric', { aliasOf: 'metric', example: '198.51.100.0/24 dev eth0 preference 10' }),
  realms: lineOption('[<from>/]<to>', 'realms of IPv4 accounting', { example: '198.51.100.0/24 dev eth0 realms 1/2' }),
  expires: lineOption('<uint 0..4294967295>', 'seconds an IPv6 route lives', { example: '2001:db8:1::/64 dev eth0 expires 600' }),
  pref: lineOption('low | medium | high | <uint 0..255>', 'router preference of IPv6', { example: '2001:db8:1::/64 dev eth0 pref high' }),
  mtu: metric('mtu lock 1400', 'largest packet on the path', '[lock] <uint 0..4294967295>'),
  advmss: metric('advmss 1360', 'segment size told to the other end', '[lock] <uint 0..4294967295>'),
  reordering: metric('reordering 5', 'segments out of order that are no loss', '[lock] <uint 0..4294967295>'),
  cwnd: metric('cwnd lock 20', 'bound of the congestion window', '[lock] <uint 0..4294967295>'),
  ssthresh: metric('ssthresh 20', 'where slow start ends', '[lock] <uint 0..4294967295>'),
  window: metric('window 65535', 'bound of the window told to the other end'),
  initcwnd: metric('initcwnd 10', 'congestion window to begin with'),
  initrwnd: metric('initrwnd 10', 'receive window to begin with'),
  hoplimit: metric('hoplimit 64', 'hop limit of packets', '<uint 0..255>'),
  quickack: metric('quickack 1', 'acknowledge at once', '<uint 0..1>'),
  fastopen_no_cookie: metric('fastopen_no_cookie 1', 'TCP fast open without a cookie', '<uint 0..1>'),
  rtt: metric('rtt 200ms', 'round trip time to begin with', '[lock] <number>[s|ms]'),
  rttvar: metric('rttvar 300ms', 'its variance to begin with', '[lock] <number>[s|ms]'),
  rto_min: metric('rto_min 200ms', 'shortest wait before a segment is sent again', '[lock] <number>[s|ms]'),
  congctl: metric('congctl reno', 'congestion control', '[lock] <name>'),
  features: metric('features ecn', 'features of connections', 'ecn'),
  'ttl-propagate': lineOption('enabled | disabled', 'carry the hop limit into an MPLS tunnel and back', {
    example: '198.51.100.0/24 via 192.0.2.1 ttl-propagate enabled',
  }),
  encap: lineOption('ip|ip6 <option> ... | mpls <label>[/<label>]... | ila <locator>', 'packets are wrapped', {
    example: '198.51.100.0/24 encap mpls 100/200 via 192.0.2.1',
  }),
  add: lineOption('', 'a route that is there already is an error', { example: 'add 198.51.100.0/24 dev eth0' }),
  prepend: lineOption('', 'goes before routes like it, the default', { example: 'prepend 198.51.100.0/24 dev eth0' }),
  append: lineOption('', 'goes after routes like it', { example: 'append 198.51.100.0/24 dev eth0' }),
  no_track: lineOption('', 'losing this route is not a fault', { default: 'off', example: '198.51.100.0/24 dev eth0 no_track' }),
  nexthop: lineOption(
    'via <ip> [dev <ifname>] [weight <uint 1..256>] [onlink] [encap ...] [realms ...]',
    'one of several hops; ends the line',
    {
      example: '198.51.100.0/24 nexthop via 192.0.2.1 weight 2 nexthop via 192.0.2.2',
    },
  ),
  inet: lineOption('', 'an IPv4 route; the next word is lost', { example: '198.51.100.0/24 dev eth0 inet word' }),
  inet6: lineOption('', 'an IPv6 route; the next word is lost', { example: '2001:db8:1::/64 dev eth0 inet6 word' }),
  as: lineOption('[to] <ip>', 'reported and passed over', { example: '198.51.100.0/24 via 192.0.2.1 as to 192.0.2.7' }),
  track_group: lineOption('<name>', 'instances at fault when the route cannot be put back', {
    only: 'static',
    example: '198.51.100.0/24 dev eth0 track_group edge',
  }),
}
