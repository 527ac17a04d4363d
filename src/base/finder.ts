/** Finds the places of items by a key. Mostly they are where they were: a table of all is made only when one is not. */
export function finder<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): (key: Key, likely: number) => number | undefined {
  let places: Map<Key, number> | undefined
  return (key, likely) => {
    const there = items[likely]
    if (there !== undefined && keyOf(there) === key) return likely
    places ??= new Map(items.map((item, place) => [keyOf(item), place]))
    return places.get(key)
  }
}
