import { lineOption, type OptionTable } from '../line-option.ts'

/** Lines of `virtual_server_group`; the reader is virtual-server-group-line.ts. */
export const groupOptions: OptionTable = {
  '<address>': lineOption('<ip>[-<last octet or full ip>][/<length>] [<port>]', 'an address, a range or a subnet', {
    example: '192.0.2.10-20 80',
  }),
  fwmark: lineOption('<uint 0..4294967295> [inet|inet6]', 'packets with this mark', { example: 'fwmark 5 inet6' }),
}
