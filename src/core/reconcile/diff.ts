/** What turns one keyed collection into another. Order is that of the collections. */
export interface Difference<Item> {
  readonly add: readonly Item[]
  readonly replace: readonly { readonly actual: Item; readonly wanted: Item }[]
  readonly remove: readonly Item[]
}

/** The difference at these keys; all others are known to be as they should. */
export function diffAt<Item>(
  keys: Iterable<string>,
  wanted: ReadonlyMap<string, Item>,
  actual: ReadonlyMap<string, Item>,
  serves: (actual: Item, wanted: Item) => boolean,
): Difference<Item> {
  const add: Item[] = []
  const replace: { actual: Item; wanted: Item }[] = []
  const remove: Item[] = []
  for (const key of keys) {
    const item = wanted.get(key)
    const there = actual.get(key)
    if (item === undefined) {
      if (there !== undefined) remove.push(there)
    } else if (there === undefined) add.push(item)
    else if (there !== item && !serves(there, item)) replace.push({ actual: there, wanted: item })
  }
  return { add, replace, remove }
}

/** Compares by key, and where both have it, by `serves`. */
export function diff<Item>(
  wanted: ReadonlyMap<string, Item>,
  actual: ReadonlyMap<string, Item>,
  serves: (actual: Item, wanted: Item) => boolean,
): Difference<Item> {
  const found = diffAt(wanted.keys(), wanted, actual, serves)
  // When all that is there was found, nothing is left over.
  if (wanted.size - found.add.length === actual.size) return found
  const remove: Item[] = []
  for (const [key, item] of actual) if (!wanted.has(key)) remove.push(item)
  return { ...found, remove }
}
