import { type Family, familyOf, type Prefix } from '../../base/ip.ts'
import { type MacAddress, parseMac, virtualMac } from '../../base/mac.ts'
import type { OwnLink, VirtualAddress, Vmac } from '../../core/vrrp/config.ts'
import type { Context } from '../context.ts'
import type { VmacDraft } from '../keywords/use-vmac.ts'
import type { AddressLine } from '../keywords/virtual-address.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'
import { parseCNumber } from '../numbers.ts'

/** The links of one instance, and where its addresses stand. */
export interface OwnLinks {
  readonly vmac: Vmac | undefined
  readonly addressLinks: readonly OwnLink[]
  place(line: AddressLine): VirtualAddress
}

/** Names that instances resolved before have taken: each link has one owner. */
export type TakenNames = Set<string>

interface Whose {
  readonly draft: InstanceDraft
  readonly family: Family
  readonly strict: boolean
  readonly taken: TakenNames
}

/** `use_vmac`, `use_ipvlan`, `use_vmac_addr`, and `use_vmac` of an address. */
export function resolveOwnLinks(whose: Whose, context: Context): OwnLinks {
  const { draft } = whose
  const device = draft.interface ?? ''
  const { vmac_prefix: prefix = 'vrrp', vmac_addr_prefix: addressPrefix = prefix } = context.parsed.global
  const vmac = device === '' ? undefined : resolveVmac(whose, device, prefix, context)
  const mac = macOf(whose)
  const links = new Map<string, OwnLink>()
  const above = (base: string): OwnLink => {
    const known = links.get(base)
    if (known !== undefined) return known
    const type = { kind: 'macvlan', mac } as const
    const link: OwnLink = { name: freeName({ base, type }, addressPrefix, whose, context), base, type, group: 0 }
    links.set(base, link)
    return link
  }
  const linkFor = (line: AddressLine): OwnLink | undefined => {
    const on = line.interface ?? device
    // An excluded address of the other family stays on the interface below, as do all with an ipvlan, which carries adverts alone.
    const carries = vmac?.type.kind === 'macvlan' && familyOf(line.prefix.address) === whose.family
    if (on === device && vmac !== undefined) return carries ? vmac : undefined
    const elsewhere = draft.use_vmac_addr === true && line.interface !== undefined && on !== device
    return line.useVmac || elsewhere ? above(on) : undefined
  }
  const place = ({ useVmac, trackGroup: _group, ...line }: AddressLine): VirtualAddress => {
    const link = linkFor({ useVmac, trackGroup: undefined, ...line })
    const on = link === undefined ? { interface: line.interface ?? device } : { interface: link.name, below: link.base }
    return { ...line, ...on, ...(useVmac && { useVmac }) }
  }
  for (const line of [...draft.virtual_ipaddress, ...draft.virtual_ipaddress_excluded]) linkFor(line)
  return { vmac, addressLinks: [...links.values()], place }
}

function resolveVmac(whose: Whose, base: string, prefix: string, context: Context): Vmac | undefined {
  const { draft, strict } = whose
  const written = draft.use_vmac ?? draft.use_ipvlan
  if (written === undefined) return undefined
  // Unicast goes to the address of the interface: its answers come there.
  const xmitBase = (draft.vmac_xmit_base === true && !strict) || draft.unicast_peer.length > 0
  const type: OwnLink['type'] =
    draft.use_vmac === undefined ? { kind: 'ipvlan', mode: ipvlanMode(written.mode) } : { kind: 'macvlan', mac: macOf(whose) }
  const name = written.name ?? freeName({ base, type }, prefix, whose, context)
  whose.taken.add(name)
  return { name, base, type, group: groupOf(written, context), xmitBase, ...ipvlanAddress(written.address) }
}

const ipvlanMode = (word: string | undefined): 'bridge' | 'private' | 'vepa' => (word === 'private' || word === 'vepa' ? word : 'bridge')

const ipvlanAddress = (address: Prefix | undefined): { readonly address?: Prefix } => (address === undefined ? {} : { address })

/** What was written, of five octets with the VRID as the sixth; else that of RFC 9568 §7.3. */
function macOf({ draft, family, strict }: Whose): MacAddress {
  const vrid = draft.virtual_router_id ?? 0
  const octets = (strict ? undefined : draft.use_vmac?.mac)?.split(/[:-]/).map((octet) => octet.padStart(2, '0'))
  if (octets?.length === 5) octets.push(vrid.toString(16).padStart(2, '0'))
  return (octets && parseMac(octets.join(':'))) ?? virtualMac(family, vrid)
}

function groupOf({ group }: VmacDraft, context: Context): number {
  if (group === undefined) return 0
  const number = parseCNumber(group, { min: 0, max: 4_294_967_295 })
  return number.kind === 'number' ? number.value : (context.routingName('group', group) ?? 0)
}

/**
 * The name of the link that is there already, of this run or one that crashed; else the first that nothing has: `vrrp.VRID`, over IPv6
 * `vrrp6.VRID` next, then `vrrp1.VRID` and so on.
 */
function freeName(
  { base, type }: Pick<OwnLink, 'base' | 'type'>,
  prefix: string,
  { draft, family, taken }: Whose,
  context: Context,
): string {
  const there = context.reader
    .upperLinks()
    .find(
      (link) => !taken.has(link.name) && link.base === base && link.mac !== undefined && type.kind === 'macvlan' && link.mac === type.mac,
    )
  const isFree = (name: string): boolean => !taken.has(name) && !context.reader.interfaceExists(name)
  const name = there?.name ?? candidates(prefix, family, draft.virtual_router_id ?? 0).find(isFree) ?? prefix
  taken.add(name)
  return name
}

/** As many as a host can have instances, and then some. */
const MOST_NAMES = 512

function candidates(prefix: string, family: Family, vrid: number): readonly string[] {
  const numbers = ['', ...(family === 6 ? ['6'] : []), ...Array.from({ length: MOST_NAMES }, (_, i) => String(i + 1))]
  return numbers.map((number) => `${prefix}${number}.${vrid}`)
}

/** `garp_extra_if`: other interfaces than its own that hold addresses; without `all` only links of our own. */
export function extraInterfaces(all: boolean, own: string, addresses: readonly VirtualAddress[]): readonly string[] {
  const elsewhere = addresses.filter((address) => address.interface !== own && (all || address.below !== undefined))
  return [...new Set(elsewhere.map((address) => address.interface))]
}
