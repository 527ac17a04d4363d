import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KeptSetting } from '../../src/core/reconcile/kinds.ts'
import { SettingTable } from '../../src/drivers/setting-table.ts'
import { setting } from '../support/kernel-objects.ts'

let folder = ''
const path = (device: string, name: string): string => join(folder, 'ipv4/conf', device, name)
const read = (...places: readonly (readonly [string, string])[]): readonly string[] =>
  places.map((place) => readFileSync(path(...place), 'utf8'))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'))
  for (const [device, name, value] of [
    ['all', 'rp_filter', 2],
    ['eth0', 'rp_filter', 1],
    ['eth1', 'rp_filter', 2],
    ['eth0', 'arp_ignore', 3],
  ] as const) {
    mkdirSync(join(folder, 'ipv4/conf', device), { recursive: true })
    writeFileSync(path(device, name), String(value))
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

const places = [
  ['all', 'rp_filter'],
  ['eth0', 'rp_filter'],
  ['eth1', 'rp_filter'],
  ['eth0', 'arp_ignore'],
] as const
const wanted = [setting('rp_filter', 0, { interface: 'all' }), setting('arp_ignore', 1, { interface: 'eth0' })]
const add = (table: SettingTable): void => void table.apply(wanted.map((object) => ({ kind: 'add', object })))

test('VMC-02 what is to be put back is told before it is changed, and that nothing is when all is put back', () => {
  const told: (readonly [readonly KeptSetting[], readonly string[]])[] = []
  const table = new SettingTable({ folder, keep: (kept) => told.push([kept, read(...places)]) })
  add(table)
  expect(told.map(([kept, there]) => [kept.map(({ object }) => object.name), there])).toEqual([
    [['rp_filter'], ['2', '1', '2', '3']],
    [
      ['rp_filter', 'arp_ignore'],
      ['0', '2', '2', '3'],
    ],
  ])
  expect(read(...places)).toEqual(['0', '2', '2', '1'])
  table.apply(wanted.map((object) => ({ kind: 'remove', object })))
  expect([read(...places), told.at(-1)?.[0]]).toEqual([['2', '1', '2', '3'], []])
})

test('F01 a successor puts back what its predecessor found, not what it left', () => {
  let kept: readonly KeptSetting[] = []
  add(new SettingTable({ folder, keep: (settings) => (kept = settings) }))
  const successor = new SettingTable({ folder, inherited: structuredClone(kept) })
  expect(successor.list().map(({ interface: device, value }) => [device, value])).toEqual([
    ['all', 0],
    ['eth0', 1],
  ])
  add(successor)
  successor.apply(wanted.map((object) => ({ kind: 'remove', object })))
  expect(read(...places)).toEqual(['2', '1', '2', '3'])
})
