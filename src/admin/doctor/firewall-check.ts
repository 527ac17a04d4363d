import { familyOf, formatPrefix, networkOf } from '../../base/ip.ts'
import { covers, type Director } from './director.ts'
import { doubtful, type Finding, well } from './finding.ts'
import type { HostView } from './host.ts'

/** What a firewall does in the end only the packet knows: rules are read for what stands out. */
interface Rules {
  readonly nft: string
  readonly legacy: string
}

export function firewallChecks(director: Director, host: HostView): readonly Finding[] {
  const rules = { nft: host.ask(['nft', '-n', 'list', 'ruleset']) ?? '', legacy: legacyRules('filter', host) }
  return [...adverts(director, rules), ...answers(director, host, rules)]
}

/** Of iptables before nftables. To look at a table that is not there would load it. */
export function legacyRules(table: 'filter' | 'nat', { ask, read }: HostView): string {
  const loaded = (read('/proc/net/ip_tables_names') ?? '').split('\n')
  return loaded.includes(table) ? (ask(['iptables-legacy-save', '-t', table]) ?? '') : ''
}

/** Whether adverts get in. */
function adverts({ interfaces, multicast }: Director, { nft, legacy }: Rules): readonly Finding[] {
  if (interfaces.length === 0) return []
  const shut = [...(isShutByNft(nft) ? ['nftables'] : []), ...(isShutByIptables(legacy) ? ['iptables'] : [])]
  if (shut.length === 0) return [well('firewall', 'nothing seems to keep VRRP (protocol 112) out')]
  const mend =
    shut[0] === 'iptables'
      ? `iptables -I INPUT -p 112${multicast ? ' -d 224.0.0.18' : ''} -j ACCEPT`
      : `nft insert rule ${closedChain(nft, 'input')} ${multicast ? 'ip daddr 224.0.0.18 ' : ''}ip protocol 112 accept`
  const why = 'a backup that does not hear the master becomes master beside it'
  return [doubtful('firewall', `${shut.join(' and ')} drops what comes in, and no rule lets protocol 112 in`, why, mend)]
}

/** Whether answers of real servers get through: of lvs_method NAT they are forwarded, and as no connection that the firewall knows. */
function answers({ realServers }: Director, { addresses }: HostView, { nft, legacy }: Rules): readonly Finding[] {
  const behind = realServers.filter(({ method, address }) => method === 'NAT' && familyOf(address) === 4).map(({ address }) => address)
  if (behind.length === 0) return []
  const byNft = chainsOf(nft, 'forward').some((chain) => isClosed(chain) && !/\bip saddr \S+[^\n]* accept\b/.test(chain.body))
  const byIptables = isClosedIn(legacy, 'FORWARD') && !/^-A FORWARD .*-s \S+ .*-j ACCEPT/m.test(legacy)
  if (!byNft && !byIptables) return [well('forwarding', 'nothing seems to keep the answers of real servers from being forwarded')]
  const networks = behind.map((server) => {
    const beside = addresses.find((own) => covers(own, server))
    return beside === undefined ? server : formatPrefix({ address: networkOf(beside.prefix), length: beside.prefix.length })
  })
  // Both ways: what they ask for themselves is answered too.
  const chain = closedChain(nft, 'forward')
  const mend = [...new Set(networks)].flatMap((network) =>
    byIptables
      ? [
          `iptables -I FORWARD -s ${network} -j ACCEPT`,
          `iptables -I FORWARD -d ${network} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
        ]
      : [
          `nft insert rule ${chain} ip saddr ${network} accept`,
          `nft insert rule ${chain} ip daddr ${network} ct state related,established accept`,
        ],
  )
  const says = `${byIptables ? 'iptables' : 'nftables'} drops what is forwarded, and no rule lets through what comes from the real servers`
  return [doubtful('forwarding', says, 'with lvs_method NAT the answers of real servers are forwarded', mend.join(' && '))]
}

const CHAIN = /table (\w+ \S+) \{|chain (\S+) \{([^}]*)\}/g

interface Chain {
  readonly table: string
  readonly name: string
  readonly body: string
}

function chainsOf(ruleset: string, hook: 'input' | 'forward'): readonly Chain[] {
  const chains: Chain[] = []
  let table = ''
  // Sets in a rule have braces too, and are of no interest.
  for (const [, named, name, body] of ruleset.replace(/\{ [^{}\n]* \}/g, '@set').matchAll(CHAIN)) {
    if (named !== undefined) table = named
    else if (name !== undefined && new RegExp(`hook ${hook}`).test(body ?? '')) chains.push({ table, name, body: body ?? '' })
  }
  return chains
}

const isClosed = ({ body }: Chain): boolean => /policy drop/.test(body) || /^\s*(counter [^\n]*)?(drop|reject)\b/m.test(body)

function isShutByNft(ruleset: string): boolean {
  const admits = /(ip protocol|meta l4proto|ip6 nexthdr) (112|vrrp)\b[^\n]*accept/.test(ruleset)
  return chainsOf(ruleset, 'input').some(isClosed) && !admits
}

function closedChain(ruleset: string, hook: 'input' | 'forward'): string {
  const chain = chainsOf(ruleset, hook).find(isClosed)
  return chain === undefined ? `inet filter ${hook}` : `${chain.table} ${chain.name}`
}

function isClosedIn(rules: string, chain: 'INPUT' | 'FORWARD'): boolean {
  return new RegExp(`^:${chain} DROP`, 'm').test(rules) || new RegExp(`^-A ${chain} -j (DROP|REJECT)`, 'm').test(rules)
}

function isShutByIptables(rules: string): boolean {
  return isClosedIn(rules, 'INPUT') && !/^-A \S+ .*-p (112|vrrp)\b.*-j ACCEPT/m.test(rules)
}
