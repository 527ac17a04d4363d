import type { Difference } from './diff.ts'
import { growsTo } from './filter.ts'
import { type KernelKind, type KernelObject, keyOf, type Operation, ownerKeyOf, replaceable } from './kinds.ts'

/**
 * Puts a difference in the order the kernel can follow: what carries others comes before them and goes after them. Removing the first
 * IPv4 address of a subnet takes the later ones along: so addresses go before new ones come, and in reverse of the configured order.
 * A filter is there before the addresses that it guards, and goes after them.
 */
export function plan(difference: Difference<KernelObject>): readonly Operation[] {
  const lostServices = new Set(ofKind(difference.remove, 'service').map(keyOf))
  // A service takes its destinations with it.
  const lostDestinations = ofKind(difference.remove, 'destination').filter((object) => !lostServices.has(ownerKeyOf(object)))
  const filters = guard(difference)
  return [
    ...filters.first,
    ...introduce(difference, 'setting'),
    ...introduce(difference, 'link'),
    ...(['rule', 'route', 'address'] as const).flatMap((kind) => ofKind(difference.remove, kind).reverse().map(remove)),
    ...(['address', 'route', 'rule'] as const).flatMap((kind) => introduce(difference, kind)),
    ...introduce(difference, 'service'),
    ...introduce(difference, 'destination'),
    ...lostDestinations.map(remove),
    ...ofKind(difference.remove, 'service').map(remove),
    ...filters.last,
    ...ofKind(difference.remove, 'link').map(remove),
    ...ofKind(difference.remove, 'setting').map(remove),
  ]
}

function guard({
  add: added,
  replace,
  remove: removed,
}: Difference<KernelObject>): Readonly<Record<'first' | 'last', readonly Operation[]>> {
  const first: Operation[] = ofKind(added, 'filter').map(add)
  const last: Operation[] = ofKind(removed, 'filter').map(remove)
  for (const { actual, wanted } of replace) {
    if (actual.kind !== 'filter' || wanted.kind !== 'filter') continue
    const place = growsTo(actual, wanted) ? first : last
    place.push({ kind: 'replace', object: wanted })
  }
  return { first, last }
}

function introduce(difference: Difference<KernelObject>, kind: KernelKind): readonly Operation[] {
  const changes = difference.replace.filter(({ wanted }) => wanted.kind === kind)
  return [
    ...changes.flatMap(({ actual, wanted }): readonly Operation[] =>
      replaceable(actual, wanted) ? [{ kind: 'replace', object: wanted }] : [remove(actual), add(wanted)],
    ),
    ...ofKind(difference.add, kind).map(add),
  ]
}

const add = (object: KernelObject): Operation => ({ kind: 'add', object })
const remove = (object: KernelObject): Operation => ({ kind: 'remove', object })

function ofKind(objects: readonly KernelObject[], kind: KernelKind): KernelObject[] {
  return objects.filter((object) => object.kind === kind)
}
