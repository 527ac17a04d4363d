import { describe, expect, test } from 'vitest'
import type { Authentication } from '../../../src/core/vrrp/config.ts'
import type { RejectReason } from '../../../src/core/vrrp/receive.ts'
import { instance, vrrpConfig } from '../../support/vrrp.ts'
import { type Incoming, Rig } from '../../support/vrrp-rig.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const pass = (password: string): Authentication => ({ kind: 'PASS', password: bytes(password) })
const field = (password: string): Uint8Array => Uint8Array.of(...bytes(password), ...new Uint8Array(8)).subarray(0, 8)

/** A backup that just heard its master, and a hostile advert that would make it one's own otherwise. */
function backup(authentication: Authentication, heard: Incoming): Rig {
  const rig = new Rig(vrrpConfig([instance({ authentication })]))
  rig.pass(1).hear({ priority: 200, ...heard })
  expect(rig.instance().counters.advertsReceived).toBe(1)
  return rig.pass(0.5).forget()
}

/** One counter and one line; no timer, state, learned value or packet. */
function expectDropped(rig: Rig, advert: Incoming, reason: RejectReason): void {
  const before = rig.instance()
  const due = rig.due()
  rig.hear(advert)
  const after = rig.instance()
  expect(after.counters.rejected[reason]).toBe(before.counters.rejected[reason] + 1)
  expect({ ...after, counters: 0, reported: 0 }).toEqual({ ...before, counters: 0, reported: 0 })
  expect(rig.due()).toBe(due)
  expect(rig.performed.map(({ effect }) => effect.kind)).toEqual(['report'])
}

describe('auth_type PASS (RFC 2338 §5.3.6.2)', () => {
  const secret: Incoming = { authType: 1, authData: field('secret') }

  test.each([
    ['secretlongpw', 'secretlo'],
    ['secret', 'secret\0\0'],
    ['1', '1\0\0\0\0\0\0\0'],
  ])('AUT-01 the password %s leaves as eight bytes', (password, wire) => {
    const rig = new Rig(vrrpConfig([instance({ authentication: pass(password) })]))
    rig.until('master')
    const advert = rig.adverts()[0]?.advert
    expect(advert?.authType).toBe(1)
    expect(new TextDecoder().decode(advert?.authData)).toBe(wire)
  })

  test.each([
    { name: 'AUT-02 none at all', advert: {}, reason: 'auth-mismatch' as const },
    { name: 'AUT-02 an authentication header', advert: { authType: 2 }, reason: 'auth-mismatch' as const },
    { name: 'AUT-04 type 3', advert: { ...secret, authType: 3 }, reason: 'auth-type' as const },
    { name: 'AUT-04 type 255', advert: { ...secret, authType: 255 }, reason: 'auth-type' as const },
    { name: 'AUT-03 no password', advert: { authType: 1 }, reason: 'auth-failure' as const },
    { name: 'AUT-03 the beginning of the password', advert: { authType: 1, authData: field('secre') }, reason: 'auth-failure' as const },
    { name: 'AUT-03 more than the password', advert: { authType: 1, authData: field('secret!') }, reason: 'auth-failure' as const },
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => ({
      name: `AUT-03 another byte ${at}`,
      advert: { authType: 1, authData: field('secret').with(at, 0x7f) },
      reason: 'auth-failure' as const,
    })),
  ])('$name is dropped', ({ advert, reason }) => {
    expectDropped(backup(pass('secret'), secret), { priority: 254, ...advert }, reason)
  })

  test('AUT-03 a wrong password changes nothing for a master either, and is said once', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: pass('secret') })]))
    rig.until('master')
    rig.pass(0.3).forget()
    const wrong = { authType: 1, authData: field('public'), priority: 255 }
    expectDropped(rig, wrong, 'auth-failure')
    rig.hear(wrong)
    expect(rig.reports()).toHaveLength(1)
  })

  test('AUT-02 simple text is a mismatch where none is configured', () => {
    expectDropped(backup({ kind: 'none' }, {}), { priority: 254, ...secret }, 'auth-mismatch')
  })

  test('AUT-05 without authentication the eight bytes are not looked at', () => {
    const rig = backup({ kind: 'none' }, { authType: 0, authData: field('whatever') })
    expect(rig.instance().master?.priority).toBe(200)
  })

  test('a reload with another password refuses the old one and sends the new one at once', () => {
    const rig = new Rig(vrrpConfig([instance({ authentication: pass('secret') })]))
    rig.until('master')
    rig.pass(0.3).forget()
    rig.dispatch({ kind: 'configured', config: vrrpConfig([instance({ authentication: pass('other') })]) })
    expect(rig.adverts()[0]?.advert.authData).toEqual(field('other'))
    rig.forget()
    expectDropped(rig, { priority: 254, ...secret }, 'auth-failure')
  })
})
