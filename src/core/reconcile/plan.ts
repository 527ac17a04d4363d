import type { Difference } from './diff.ts'
import { type KernelKind, type KernelObject, keyOf, type Operation, ownerKeyOf, replaceable } from './kinds.ts'

/**
 * Puts a difference in the order the kernel can follow: what carries others comes before them and goes after them. Removing the first
 * IPv4 address of a subnet takes the later ones along: so addresses go before new ones come, and in reverse of the configured order.
 */
export function plan(difference: Difference<KernelObject>): readonly Operation[] {
  const lostServices = new Set(ofKind(difference.remove, 'service').map(keyOf))
  // A service takes its destinations with it.
  const lostDestinations = ofKind(difference.remove, 'destination').filter((object) => !lostServices.has(ownerKeyOf(object)))
  return [
    ...introduce(difference, 'link'),
    ...introduce(difference, 'setting'),
    ...ofKind(difference.remove, 'address').reverse().map(remove),
    ...introduce(difference, 'address'),
    ...introduce(difference, 'service'),
    ...introduce(difference, 'destination'),
    ...lostDestinations.map(remove),
    ...ofKind(difference.remove, 'service').map(remove),
    ...ofKind(difference.remove, 'link').map(remove),
    ...ofKind(difference.remove, 'setting').map(remove),
  ]
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
