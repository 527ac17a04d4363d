import { expect, test } from 'vitest'
import { effectivePriority } from '../../../src/core/vrrp/priority.ts'

test('PKT-08 FSM-15 an owner is 255, or 254 while another owner does not give way; nobody else is touched', () => {
  expect(effectivePriority(255, { ownerLowered: false, weight: 0 })).toBe(255)
  expect(effectivePriority(255, { ownerLowered: true, weight: 0 })).toBe(254)
  expect(effectivePriority(100, { ownerLowered: true, weight: 0 })).toBe(100)
})
