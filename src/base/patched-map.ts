/**
 * A map that shares what has not changed with the one that it was copied from: of fifty thousand entries a change copies a few. Entries
 * come in the order of a Map. A copy is made before it is changed, never after.
 */
export class PatchedMap<Key, Value extends object> implements ReadonlyMap<Key, Value> {
  /** Shared, so never changed. */
  readonly #base: ReadonlyMap<Key, Value>
  readonly #patch: Map<Key, Value>
  /** Keys of the base that went; one that came back is in the patch. */
  readonly #gone: Set<Key>
  #size: number

  private constructor(base: ReadonlyMap<Key, Value>, patch: Map<Key, Value>, gone: Set<Key>, size: number) {
    this.#base = base
    this.#patch = patch
    this.#gone = gone
    this.#size = size
  }

  static copyOf<Key, Value extends object>(map: ReadonlyMap<Key, Value>): PatchedMap<Key, Value> {
    if (!(map instanceof PatchedMap)) return new PatchedMap(map, new Map(), new Set(), map.size)
    return new PatchedMap(map.#base, new Map(map.#patch), new Set(map.#gone), map.size)
  }

  /** The same entries; in a map of their own once much has changed, so that the next copy costs little again. */
  settled(): ReadonlyMap<Key, Value> {
    const changes = this.#patch.size + this.#gone.size
    return changes > LARGEST_PART * this.#size + FEW ? new Map(this) : this
  }

  get size(): number {
    return this.#size
  }

  get(key: Key): Value | undefined {
    return this.#patch.get(key) ?? (this.#gone.has(key) ? undefined : this.#base.get(key))
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined
  }

  set(key: Key, value: Value): void {
    if (!this.has(key)) this.#size++
    this.#patch.set(key, value)
  }

  delete(key: Key): boolean {
    if (!this.has(key)) return false
    this.#size--
    this.#patch.delete(key)
    if (this.#base.has(key)) this.#gone.add(key)
    return true
  }

  *entries(): MapIterator<[Key, Value]> {
    for (const [key, value] of this.#base) if (!this.#gone.has(key)) yield [key, this.#patch.get(key) ?? value]
    for (const [key, value] of this.#patch) if (this.#gone.has(key) || !this.#base.has(key)) yield [key, value]
  }

  *keys(): MapIterator<Key> {
    for (const [key] of this.entries()) yield key
  }

  *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries()
  }

  forEach(take: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.entries()) take(value, key, this)
  }
}

/** So much may have changed of what is shared. */
const LARGEST_PART = 1 / 8
const FEW = 16
