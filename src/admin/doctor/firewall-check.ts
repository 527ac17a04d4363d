import type { Director } from './director.ts'
import { doubtful, type Finding, well } from './finding.ts'
import type { HostView } from './host.ts'

/** Whether adverts get in. What a firewall does in the end only the packet knows: rules are read for what stands out. */
export function firewallChecks({ interfaces, multicast }: Director, host: HostView): readonly Finding[] {
  if (interfaces.length === 0) return []
  const nft = host.ask(['nft', '-n', 'list', 'ruleset']) ?? ''
  const legacy = host.ask(['iptables-legacy-save', '-t', 'filter']) ?? ''
  const shut = [...(isShutByNft(nft) ? ['nftables'] : []), ...(isShutByIptables(legacy) ? ['iptables'] : [])]
  if (shut.length === 0) return [well('firewall', 'nothing seems to keep VRRP (protocol 112) out')]
  const mend =
    shut[0] === 'iptables'
      ? `iptables -I INPUT -p 112${multicast ? ' -d 224.0.0.18' : ''} -j ACCEPT`
      : `nft insert rule ${inputChain(nft)} ${multicast ? 'ip daddr 224.0.0.18 ' : ''}ip protocol 112 accept`
  const why = 'a backup that does not hear the master becomes master beside it'
  return [doubtful('firewall', `${shut.join(' and ')} drops what comes in, and no rule lets protocol 112 in`, why, mend)]
}

const CHAIN = /table (\w+ \S+) \{|chain (\S+) \{([^}]*)\}/g

interface Chain {
  readonly table: string
  readonly name: string
  readonly body: string
}

function inputChains(ruleset: string): readonly Chain[] {
  const chains: Chain[] = []
  let table = ''
  // Sets in a rule have braces too, and are of no interest.
  for (const [, named, name, body] of ruleset.replace(/\{ [^{}\n]* \}/g, '').matchAll(CHAIN)) {
    if (named !== undefined) table = named
    else if (name !== undefined && /hook input/.test(body ?? '')) chains.push({ table, name, body: body ?? '' })
  }
  return chains
}

const isClosed = ({ body }: Chain): boolean => /policy drop/.test(body) || /^\s*(counter [^\n]*)?(drop|reject)\b/m.test(body)

function isShutByNft(ruleset: string): boolean {
  const admits = /(ip protocol|meta l4proto|ip6 nexthdr) (112|vrrp)\b[^\n]*accept/.test(ruleset)
  return inputChains(ruleset).some(isClosed) && !admits
}

function inputChain(ruleset: string): string {
  const chain = inputChains(ruleset).find(isClosed)
  return chain === undefined ? 'inet filter input' : `${chain.table} ${chain.name}`
}

function isShutByIptables(rules: string): boolean {
  const closed = /^:INPUT DROP/m.test(rules) || /^-A INPUT -j (DROP|REJECT)/m.test(rules)
  return closed && !/^-A \S+ .*-p (112|vrrp)\b.*-j ACCEPT/m.test(rules)
}
