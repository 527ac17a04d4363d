import type { RouteObject, RuleObject } from '../reconcile/kinds.ts'
import type { VirtualRoute, VirtualRule } from './config.ts'

export type RoutingObject = RouteObject | RuleObject

/** What a line of `virtual_routes` or `static_routes` makes in the kernel. */
export function routeObject({ noTrack: _, ...route }: VirtualRoute): RouteObject {
  return { kind: 'route', ...route }
}

/** What a line of `virtual_rules` or `static_rules` makes in the kernel. */
export function ruleObject({ noTrack: _, ...rule }: VirtualRule): RuleObject {
  return { kind: 'rule', ...rule }
}
