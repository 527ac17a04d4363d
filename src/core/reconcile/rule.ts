import { formatPrefix, type Prefix } from '../../base/ip.ts'
import type { NumberSpan, RuleAction, VirtualRule } from '../vrrp/config.ts'

/** A routing rule (rtnetlink RTM_NEWRULE). */
export interface RuleObject extends Omit<VirtualRule, 'noTrack'> {
  readonly kind: 'rule'
}

/** All that is in a rule tells it apart: the kernel takes two that differ in anything, even with one preference. */
export function ruleKey(rule: RuleObject): string {
  const { family, preference, invert, from, to, tos, fwmark, iif, oif, uidrange, tunnelId, ipproto, sport, dport } = rule
  const selectors: readonly (readonly [string, string | number | bigint | undefined])[] = [
    ['from', prefixText(from)],
    ['to', prefixText(to)],
    ['tos', tos === 0 ? undefined : tos],
    ['fwmark', fwmark === undefined ? undefined : `${fwmark.mark}/${fwmark.mask}`],
    ['iif', iif],
    ['oif', oif],
    ['uidrange', spanText(uidrange)],
    ['tunnel-id', tunnelId],
    ['ipproto', ipproto],
    ['sport', spanText(sport)],
    ['dport', spanText(dport)],
  ]
  return [
    `rule ipv${family} ${preference}${invert ? ' not' : ''}`,
    ...selectors.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])),
    actionText(rule.action),
  ].join(' ')
}

function actionText(action: RuleAction): string {
  switch (action.kind) {
    case 'table':
    case 'l3mdev': {
      const { realms, suppressPrefixlength, suppressIfgroup } = action
      return [
        action.kind === 'table' ? `table ${action.table}` : 'l3mdev',
        ...(realms === undefined ? [] : [`realms ${realms.from}/${realms.to}`]),
        ...(suppressPrefixlength === undefined ? [] : [`suppress_prefixlength ${suppressPrefixlength}`]),
        ...(suppressIfgroup === undefined ? [] : [`suppress_ifgroup ${suppressIfgroup}`]),
      ].join(' ')
    }
    case 'goto':
      return `goto ${action.target}`
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return action.kind
  }
}

const prefixText = (prefix: Prefix | undefined): string | undefined =>
  prefix === undefined || prefix.length === 0 ? undefined : formatPrefix(prefix)
const spanText = (span: NumberSpan | undefined): string | undefined => (span === undefined ? undefined : `${span.low}-${span.high}`)
