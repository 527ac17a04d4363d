import { finder } from './finder.ts'

/**
 * `now`, but with what is equal in `before` in its place: what has not changed is the very same object, and whoever compares by identity
 * knows it at once. Of plain data; lists are compared place by place.
 */
export function keepEqual<Value>(before: unknown, now: Value): Value {
  if (before === now) return now
  if (!isObject(before) || !isObject(now) || Array.isArray(before) !== Array.isArray(now)) return now
  const names = Object.keys(now)
  // Made only when something differs: most of the time nothing does.
  let changed = names.length === Object.keys(before).length ? undefined : emptyLike(now)
  for (const [i, name] of names.entries()) {
    const part = keepEqual(before[name], now[name])
    if (changed === undefined && part === before[name] && Object.hasOwn(before, name)) continue
    if (changed === undefined) {
      changed = emptyLike(now)
      for (const earlier of names.slice(0, i)) changed[earlier] = before[earlier]
    }
    changed[name] = part
  }
  return (changed ?? before) as Value
}

/** `keepEqual` for something with a list in which an item is known by its key, wherever it stands. */
export function keepEqualItems<List extends string, Item, Value extends { readonly [name in List]: readonly Item[] }>(
  before: Value | undefined,
  now: Value,
  list: List,
  keyOf: (item: Item) => string,
): Value {
  if (before === undefined || before === now) return now
  const former: readonly Item[] = before[list]
  const find = finder(former, keyOf)
  const items = now[list].map((item, place) => (former[place] === item ? item : keepEqual(former[find(keyOf(item), place) ?? -1], item)))
  const frame = keepEqual(before, { ...now, [list]: former })
  return items.length === former.length && items.every((item, i) => item === former[i]) ? frame : { ...frame, [list]: items }
}

const emptyLike = (value: Plain): Plain => (Array.isArray(value) ? ([] as unknown as Plain) : {})

type Plain = Record<string, unknown>

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null
}
