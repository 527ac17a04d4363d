import { lineOption, type OptionTable } from '../line-option.ts'

/** Words behind an address of `virtual_ipaddress`, `virtual_ipaddress_excluded` and `static_ipaddress`; the reader is virtual-address.ts. */
export const addressOptions: OptionTable = {
  dev: lineOption('<ifname>', 'link that gets the address', { default: 'of the instance', example: '192.0.2.1/24 dev eth0' }),
  scope: lineOption('<name or 0..255>', 'how far the address is valid', { default: 'global', example: '192.0.2.1/24 scope link' }),
  broadcast: lineOption('<ipv4> | + | -', 'broadcast address; + and - set or clear the host bits', { example: '192.0.2.1/24 broadcast +' }),
  brd: lineOption('<ipv4> | + | -', 'broadcast, in short', { aliasOf: 'broadcast', example: '192.0.2.1/24 brd 192.0.2.255' }),
  label: lineOption('<text, at most 15>', 'name that ifconfig shows', { example: '192.0.2.1/24 dev eth0 label eth0:3' }),
  peer: lineOption('<ip>[/<length>]', 'other end of a point-to-point link', { example: '192.0.2.1 peer 192.0.2.2' }),
  preferred_lft: lineOption('<uint 0..4294967295> | forever', 'seconds until IPv6 prefers other addresses for new connections', {
    default: '0 for IPv6 /128, else forever',
    example: '2001:db8::1/64 preferred_lft 0',
  }),
  home: lineOption('', 'IPv6 home address of a mobile node', { default: 'off', example: '2001:db8::1/64 home' }),
  '-nodad': lineOption('', 'let the kernel look for duplicates first (IPv6)', { default: 'no look', example: '2001:db8::1/64 -nodad' }),
  mngtmpaddr: lineOption('', 'temporary IPv6 addresses are made from this one', { default: 'off', example: '2001:db8::1/64 mngtmpaddr' }),
  noprefixroute: lineOption('', 'no route to the prefix comes along', { default: 'off', example: '192.0.2.1/24 noprefixroute' }),
  autojoin: lineOption('', 'join the multicast group of the address', { default: 'off', example: '2001:db8::1/64 autojoin' }),
  no_track: lineOption('', 'losing this address is not a fault', { default: 'off', example: '192.0.2.1/24 no_track' }),
  use_vmac: lineOption('', 'put the address on the link with the virtual MAC', {
    default: 'off',
    only: 'virtual',
    example: '192.0.2.1/24 dev eth1 use_vmac',
  }),
  track_group: lineOption('<name>', 'instances at fault when the address cannot be put back', {
    only: 'static',
    example: '192.0.2.1/24 dev eth0 track_group edge',
  }),
}
