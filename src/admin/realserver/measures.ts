import { bitsOf, familyOf, type IpAddress, type Prefix } from '../../base/ip.ts'
import type { Duty } from './duties.ts'

/** Something that must be so on a real server. */
export type Measure =
  | { readonly kind: 'setting'; readonly path: string; readonly value: string; readonly least: number }
  | { readonly kind: 'link'; readonly interface: string }
  | { readonly kind: 'address'; readonly interface: string; readonly prefix: Prefix }

/**
 * In the order in which it is done: nothing may answer for the address before it is told not to.
 * `strict` tells whether net.ipv4.conf.all.rp_filter is 1: of it and the interface's own the larger counts, and 2 lets pass what 1 drops.
 */
export function measuresFor(duties: readonly Duty[], strict: boolean): readonly Measure[] {
  const direct = duties.filter(({ method }) => method === 'DR').map(({ address }) => address)
  const tunnelled = duties.filter(({ method }) => method === 'TUN').map(({ address }) => address)
  const isV4 = (address: IpAddress): boolean => familyOf(address) === 4
  const quiet: readonly Measure[] = duties.some(({ address }) => isV4(address))
    ? [setting('all', 'arp_ignore', '1', 1), setting('all', 'arp_announce', '2', 2)]
    : []
  const tunnel: readonly Measure[] = tunnelled.some(isV4)
    ? [{ kind: 'link', interface: 'tunl0' }, setting('tunl0', 'rp_filter', strict ? '2' : '0', strict ? 2 : 0)]
    : []
  const tunnel6: readonly Measure[] = tunnelled.every(isV4) ? [] : [{ kind: 'link', interface: 'ip6tnl0' }]
  return [
    ...quiet,
    ...tunnel,
    ...tunnel6,
    ...direct.map((one) => address('lo', one)),
    ...tunnelled.map((one) => address(isV4(one) ? 'tunl0' : 'ip6tnl0', one)),
  ]
}

/** Whether a setting that reads so will do: for ARP more is stricter still; 0 of rp_filter and 2 let everything through that has a route. */
export function suffices({ path, value, least }: Extract<Measure, { readonly kind: 'setting' }>, now: string): boolean {
  return path.endsWith('/rp_filter') ? now === value || now === '2' : Number(now) >= least
}

/** As the administrator would do it. */
export function commandOf(measure: Measure): string {
  switch (measure.kind) {
    case 'setting':
      return `sysctl -w ${measure.path.replaceAll('/', '.')}=${measure.value}`
    case 'link':
      return `modprobe ${measure.interface === 'tunl0' ? 'ipip' : 'ip6_tunnel'} && ip link set ${measure.interface} up`
    case 'address':
      return `ip address add ${measure.prefix.address}/${measure.prefix.length} dev ${measure.interface}`
  }
}

const setting = (device: string, name: string, value: string, least: number): Measure => ({
  kind: 'setting',
  path: `net/ipv4/conf/${device}/${name}`,
  value,
  least,
})

const address = (device: string, one: IpAddress): Measure => ({
  kind: 'address',
  interface: device,
  prefix: { address: one, length: bitsOf(familyOf(one)) },
})
