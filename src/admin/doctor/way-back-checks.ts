import { familyOf, formatPrefix, type IpAddress, isLinkLocal, networkOf, parsePrefix } from '../../base/ip.ts'
import { covers, type Director } from './director.ts'
import { doubtful, type Finding, unknown, well } from './finding.ts'
import { legacyRules } from './firewall-check.ts'
import type { HostView } from './host.ts'

/** So many real servers are asked; a way back that fails seldom fails for one alone. */
const MOST = 100

/** With lvs_method NAT the answers of real servers have to come back through this host. */
export async function wayBackChecks(director: Director, host: HostView): Promise<readonly Finding[]> {
  const behind = [...new Set(director.realServers.filter(({ method }) => method === 'NAT').map(({ address }) => address))]
  if (behind.length === 0) return []
  const beside = besideClients(behind, director, host)
  const ways =
    beside.length > 0 ? beside : (await Promise.all(behind.slice(0, MOST).map((server) => answers(server, director, host)))).flat()
  const said = ways.length > 0 ? ways : [well('return path', 'the real servers are in another subnet than the virtual addresses')]
  return [...said, ...ownRequests(behind, director, host)]
}

/** A real server in the clients' own subnet answers them directly, past the director. */
function besideClients(behind: readonly IpAddress[], { served }: Director, { addresses }: HostView): readonly Finding[] {
  const beside = behind.filter((server) => addresses.some((own) => covers(own, server) && served.some((address) => covers(own, address))))
  if (beside.length === 0) return []
  const says = `${beside.join(', ')}: in the same subnet as a virtual address`
  const why =
    'with lvs_method NAT the default route of a real server must lead through this host, and clients of its own subnet are answered past it'
  return [doubtful('return path', says, why, 'ip route replace default via THIS-HOST   # on the real server')]
}

/** A real server that answers the address next to it and not the one on the other side has another way out, or none. */
async function answers(server: IpAddress, { vips }: Director, host: HostView): Promise<readonly Finding[]> {
  const own = host.addresses.filter(
    ({ prefix: { address }, interface: device }) => device !== 'lo' && familyOf(address) === familyOf(server) && !isLinkLocal(address),
  )
  const near = own.find((one) => covers(one, server))
  const far = own.filter((one) => !covers(one, server)).map(({ prefix }) => prefix.address)
  const outer = far.find((address) => vips.some((vip) => vip.address === address)) ?? far[0]
  if (near === undefined || outer === undefined) return []
  const inner = near.prefix.address
  const [beside, beyond] = await Promise.all([host.echoes(inner, server), host.echoes(outer, server)])
  if (!beside) return [unknown('return path', `${server} does not answer an echo request`)]
  if (beyond) return []
  const gateway = vips.find((vip) => covers(near, vip.address))?.address ?? inner
  const why = 'with lvs_method NAT the answers of real servers pass through this host, or the client does not know them'
  const mend = `ip route replace default via ${gateway}   # on the real server ${server}`
  return [doubtful('return path', `${server} answers ${inner}, but not ${outer}`, why, mend)]
}

/** What real servers ask for themselves is not ip_vs's to translate. */
function ownRequests(behind: readonly IpAddress[], { vips }: Director, host: HostView): readonly Finding[] {
  const inner = host.addresses.find((own) => behind.some((server) => isPrivate(server) && covers(own, server)))
  const outer = vips.find(({ address }) => familyOf(address) === 4 && inner !== undefined && !covers(inner, address))
  if (inner === undefined || outer === undefined) return []
  const rules = `${host.ask(['nft', '-n', 'list', 'ruleset']) ?? ''}\n${legacyRules('nat', host)}`
  if (/\b(snat|masquerade)\b/i.test(rules)) {
    return [well('source addresses', 'what real servers ask for themselves can leave with an address of this host')]
  }
  const subnet = formatPrefix({ address: networkOf(inner.prefix), length: inner.prefix.length })
  const why = 'updates, names and mail that they ask for leave with an address that nobody can answer; ip_vs itself does not need this'
  const mend = `iptables -t nat -A POSTROUTING -s ${subnet} -o ${outer.interface} -j SNAT --to-source ${outer.address}`
  return [doubtful('source addresses', `no rule translates what real servers in ${subnet} ask for themselves`, why, mend)]
}

/** RFC 1918. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => parsePrefix(text) ?? [])

function isPrivate(address: IpAddress): boolean {
  return familyOf(address) === 4 && PRIVATE.some((prefix) => networkOf({ address, length: prefix.length }) === prefix.address)
}
