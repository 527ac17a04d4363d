import { familyOf } from '../../base/ip.ts'
import { keepEqualItems } from '../../base/keep-equal.ts'
import type { Micros } from '../../base/units.ts'
import { type CheckAttempt, type Checker, isScheduled, type RealServer, type ServiceKey, type VirtualServer } from './config.ts'

/**
 * What makes a virtual server the same one after a reload: its name, protocol and family. The addresses of a group may change under it.
 */
export function virtualServerKey({ name, services }: VirtualServer): string {
  const [first] = services
  return first === undefined ? name : `${name} ${protocolOf(first)} ${first.kind === 'fwmark' ? first.family : familyOf(first.address)}`
}

/** A real server is its address and port: a change of weight or forwarding leaves its health alone. */
export function realServerKey({ address, port }: RealServer): string {
  return `${address} ${port}`
}

/** What is equal in `before` is the very same object, and of the real servers wherever they stand. */
export const keepService = (before: VirtualServer | undefined, now: VirtualServer): VirtualServer =>
  keepEqualItems(before, now, 'realServers', realServerKey)

/** A checker is what it tries, not when: with another `delay_loop` or `retry` its verdict still stands. */
export function checkerKey(checker: Checker): string {
  if (checker.kind === 'BFD_CHECK') return `BFD_CHECK ${checker.name}`
  if (!isScheduled(checker)) return JSON.stringify(checker)
  const { delayLoop, warmup, retry, delayBeforeRetry, alpha, logAllFailures, ...attempt } = checker
  return JSON.stringify(withoutPatience(attempt))
}

function withoutPatience(attempt: CheckAttempt): CheckAttempt {
  const none = 0 as Micros
  if (attempt.kind === 'MISC_CHECK') return { ...attempt, timeout: none }
  return { ...attempt, target: { ...attempt.target, connectTimeout: none } }
}

/** "[192.0.2.1]:tcp:80"; the servers of a firewall mark have no protocol, which keepalived calls "none". */
export function serverName(
  services: readonly ServiceKey[],
  { address, port }: { readonly address: string; readonly port: number },
): string {
  const named = services.find((key) => key.kind === 'address')
  return `[${address}]:${named === undefined ? 'none' : protocolOf(named)}:${port}`
}

/** What was, by key. `take` hands each out once, equal ones in their order; what `rest` returns is gone. */
export interface Former<Item> {
  readonly take: (key: string) => Item | undefined
  readonly rest: () => readonly Item[]
}

export function former<Item extends { readonly key: string }>(items: readonly Item[]): Former<Item> {
  // Of ten thousand servers each asks for its checkers.
  if (items.length === 0) return NOTHING
  const byKey = new Map<string, Item[]>()
  for (const item of items) {
    const equals = byKey.get(item.key)
    if (equals === undefined) byKey.set(item.key, [item])
    else equals.push(item)
  }
  return {
    take: (key) => byKey.get(key)?.shift(),
    rest: () => [...byKey.values()].flat(),
  }
}

const NOTHING: Former<never> = { take: () => undefined, rest: () => [] }

function protocolOf(key: ServiceKey): string {
  return key.kind === 'fwmark' ? 'none' : key.protocol.toLowerCase()
}
