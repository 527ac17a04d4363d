/**
 * `now`, but with what is equal in `before` in its place: what has not changed is the very same object, and whoever compares by identity
 * knows it at once. Of plain data; lists are compared place by place.
 */
export function keepEqual<Value>(before: unknown, now: Value): Value {
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

const emptyLike = (value: Plain): Plain => (Array.isArray(value) ? ([] as unknown as Plain) : {})

type Plain = Record<string, unknown>

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null
}
