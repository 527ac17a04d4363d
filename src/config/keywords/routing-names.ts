import { parseCNumber } from '../numbers.ts'
import type { Reader } from '../reader.ts'

export type NameTable = Parameters<Reader['routingName']>[0]

const dsfield: readonly (readonly [string, number])[] = [
  ['default', 0],
  ['CS0', 0],
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => [`CS${n}`, n << 5] as const),
  ...[1, 2, 3, 4].flatMap((c) => [1, 2, 3].map((d) => [`AF${c}${d}`, (c << 5) | (d << 3)] as const)),
  ['EF', 0xb8],
]

const protocols = {
  unspec: 0,
  none: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  mrouted: 17,
  keepalived: 18,
  babel: 42,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
}

/** The names that stand without any file of iproute2. */
const builtIn: Readonly<Record<NameTable, ReadonlyMap<string, number>>> = {
  scope: new Map(Object.entries({ global: 0, nowhere: 255, host: 254, link: 253, site: 200 })),
  table: new Map(Object.entries({ unspec: 0, default: 253, main: 254, local: 255 })),
  protocol: new Map(Object.entries(protocols)),
  realm: new Map([['cosmos', 0]]),
  tos: new Map(dsfield),
  group: new Map([['default', 0]]),
}

/** A number in C syntax, which wraps at 2^32, or a name of the host's table; undefined if it is neither or larger than max. */
export function nameOrNumber(reader: Pick<Reader, 'routingName'>, table: NameTable, text: string, max: number): number | undefined {
  const number = parseCNumber(text, { min: 0, max: Number.MAX_SAFE_INTEGER })
  if (number.kind === 'fault') return reader.routingName(table, text) ?? builtIn[table].get(text)
  const value = number.value % 0x1_0000_0000
  return value > max ? undefined : value
}
