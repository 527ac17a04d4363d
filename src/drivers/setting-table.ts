import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { errnoName } from 'linux-syscalls'
import { assert } from '../base/assert.ts'
import type { KeptSetting, Operation, OperationResult } from '../core/reconcile/kinds.ts'
import type { SettingObject } from '../core/reconcile/link.ts'

export interface SettingTableOptions {
  readonly folder?: string
  /** What a process kept that did not live to put it back. */
  readonly inherited?: readonly KeptSetting[]
  /** All that is to be put back now: told before a change is made, so that there is no moment in which a crash loses it. */
  readonly keep?: (settings: readonly KeptSetting[]) => void
}

/**
 * Numbers in /proc/sys/net that are not ours and have to be otherwise while we work. It keeps what was there before the first change,
 * and puts it back. These files are memory: a read or a write takes microseconds.
 */
export class SettingTable {
  readonly #folder: string
  /** By path. */
  readonly #kept: Map<string, KeptSetting>
  readonly #keep: (settings: readonly KeptSetting[]) => void

  constructor({ folder = '/proc/sys/net', inherited = [], keep = () => undefined }: SettingTableOptions = {}) {
    this.#folder = folder
    this.#keep = keep
    this.#kept = new Map(inherited.map((setting) => [this.#path(setting.object), setting]))
  }

  apply(operations: readonly Operation[]): readonly OperationResult[] {
    return operations.map((operation) => {
      assert(operation.kind !== 'flush-services' && operation.object.kind === 'setting', 'only settings are kept here')
      return operation.kind === 'remove' ? this.#restore(operation.object) : this.#change(operation.object)
    })
  }

  /** What is in those that were changed; one that cannot be read is gone with its interface. */
  list(): readonly SettingObject[] {
    return [...this.#kept.values()].flatMap(({ object }) => {
      const value = readNumber(this.#path(object))
      return value === undefined ? [] : [value === object.value ? object : { ...object, value }]
    })
  }

  #path({ family, interface: device, name }: Pick<SettingObject, 'family' | 'interface' | 'name'>): string {
    return device === '' ? `${this.#folder}/ipv${family}/${name}` : `${this.#folder}/ipv${family}/conf/${device}/${name}`
  }

  #change(object: SettingObject): OperationResult {
    const path = this.#path(object)
    const now = readNumber(path)
    if (now === undefined) return outcome(ENOENT, `no ${path}`)
    const heirs = object.interface === 'all' && now > object.value ? this.#heirs(object, now) : []
    const kept = this.#kept.get(path)
    this.#kept.set(path, { object, before: kept?.before ?? new Map([...heirs, [path, now]]) })
    if (kept === undefined) this.#keep([...this.#kept.values()])
    for (const [heir] of heirs) write(heir, now)
    return write(path, object.value)
  }

  /** The larger of `all` and an interface's own counts: what `all` loses each of these gets. With what they have now. */
  #heirs({ family, name }: SettingObject, value: number): readonly (readonly [string, number])[] {
    return readdirSync(`${this.#folder}/ipv${family}/conf`).flatMap((device): readonly (readonly [string, number])[] => {
      const path = this.#path({ family, interface: device, name })
      const now = readNumber(path)
      return device === 'all' || now === undefined || now >= value ? [] : [[path, now]]
    })
  }

  #restore(object: SettingObject): OperationResult {
    const key = this.#path(object)
    const kept = this.#kept.get(key)
    // An interface that is gone took its settings along.
    for (const [path, value] of [...(kept?.before ?? [])].reverse()) write(path, value)
    if (this.#kept.delete(key)) this.#keep([...this.#kept.values()])
    return outcome(0, '')
  }
}

const ENOENT = 2

function readNumber(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function write(path: string, value: number): OperationResult {
  try {
    writeFileSync(path, String(value))
    return outcome(0, '')
  } catch (error) {
    return outcome(-((error as NodeJS.ErrnoException).errno ?? -ENOENT), `write ${path}`)
  }
}

function outcome(errno: number, detail: string): OperationResult {
  return { errno, detail: errno === 0 || detail !== '' ? detail : errnoName(errno) }
}

/** One setting of an interface of ours, which has no former life. */
export function writeSetting(device: string, { family, name, value }: Pick<SettingObject, 'family' | 'name' | 'value'>): OperationResult {
  return write(`/proc/sys/net/ipv${family}/conf/${device}/${name}`, value)
}
