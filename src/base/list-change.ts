import { finder } from './finder.ts'

/** A list, told by what has become of a former one: runs of what was there, and what is new. */
export type ListChange<Item> = readonly Part<Item>[]

type Part<Item> =
  | { readonly kind: 'kept'; readonly from: number; readonly count: number }
  | { readonly kind: 'new'; readonly items: readonly Item[] }

/** What has become of `before`; the very same objects are known again. */
export function changeOf<Item extends object>(before: readonly Item[], now: readonly Item[]): ListChange<Item> {
  const find = finder(before, (item) => item)
  // What stands where another did, with the same behind it, is most likely new, and may be told as new if it is not.
  const isReplaced = (i: number): boolean => before[i] !== now[i] && before.length === now.length && before[i + 1] === now[i + 1]
  const parts: ({ kind: 'kept'; from: number; count: number } | { kind: 'new'; items: Item[] })[] = []
  for (const [i, item] of now.entries()) {
    const place = isReplaced(i) ? undefined : find(item, i)
    const last = parts.at(-1)
    if (place === undefined) {
      if (last?.kind === 'new') last.items.push(item)
      else parts.push({ kind: 'new', items: [item] })
    } else if (last?.kind === 'kept' && last.from + last.count === place) last.count++
    else parts.push({ kind: 'kept', from: place, count: 1 })
  }
  return parts
}

/** What `before` has become. */
export function changed<Item>(before: readonly Item[], change: ListChange<Item>): readonly Item[] {
  return change.flatMap((part) => (part.kind === 'new' ? part.items : before.slice(part.from, part.from + part.count)))
}
