import { describe, expect, test } from 'vitest'
import { fromMillis, fromSeconds } from '../../../src/base/units.ts'
import type { BfdState } from '../../../src/core/bfd/packet.ts'
import { ms, Rig, THEIR_DISCRIMINATOR } from '../../support/bfd-rig.ts'

/** A session in the state that a row begins with. */
function inState(state: 'Down' | 'Init' | 'Up'): Rig {
  const rig = new Rig({})
  if (state === 'Up') return rig.up()
  if (state === 'Init') rig.hear({ state: 'Down' })
  rig.effects.length = 0
  return rig
}

describe('the state machine (RFC 5880 §6.2, §6.8.6)', () => {
  const rows: readonly (readonly [from: 'Down' | 'Init' | 'Up', heard: BfdState, to: BfdState, diagnostic: number])[] = [
    ['Down', 'AdminDown', 'Down', 0],
    ['Down', 'Down', 'Init', 0],
    ['Down', 'Init', 'Up', 0],
    ['Down', 'Up', 'Down', 0],
    ['Init', 'AdminDown', 'Down', 3],
    ['Init', 'Down', 'Init', 0],
    ['Init', 'Init', 'Up', 0],
    ['Init', 'Up', 'Up', 0],
    ['Up', 'AdminDown', 'Down', 3],
    ['Up', 'Down', 'Down', 3],
    ['Up', 'Init', 'Up', 0],
    ['Up', 'Up', 'Up', 0],
  ]
  test.each(rows)('in %s a packet in %s makes it %s with diagnostic %i', (from, heard, to, diagnostic) => {
    const rig = inState(from)
    rig.hear({ state: heard })
    expect([rig.session.state, rig.session.diagnostic]).toEqual([to, diagnostic])
  })

  test.each([
    ['Init', 'Down', 1],
    ['Up', 'Down', 1],
    ['Down', 'Down', 0],
  ] as const)('in %s silence for the detection time makes it %s with diagnostic %i (§6.8.4)', (from, to, diagnostic) => {
    const rig = inState(from)
    rig.hear(from === 'Down' ? { state: 'Up' } : from === 'Init' ? { state: 'Down' } : { state: 'Up' })
    rig.pass(fromSeconds(5))
    expect([rig.session.state, rig.session.diagnostic]).toEqual([to, diagnostic])
  })

  test('after an orderly stop nothing is heard any more (AdminDown)', () => {
    const rig = inState('Up')
    rig.event({ kind: 'stop' })
    rig.hear({ state: 'Up' })
    expect(rig.session.state).toBe('AdminDown')
    expect(rig.state.discarded).toBe(1)
  })
})

describe('detection (RFC 5880 §6.8.4)', () => {
  test('multiplier: a neighbour is missed after the detection time, and not before', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Up' })
    rig.pass(ms(4 * 100 - 1))
    expect(rig.session.state).toBe('Up')
    rig.pass(ms(1))
    expect(rig.session.state).toBe('Down')
  })

  test('every packet counts anew, and the neighbour is told at once that it is missed', () => {
    const rig = inState('Up')
    for (let packets = 0; packets < 20; packets++) {
      rig.hear({ state: 'Up' })
      rig.pass(ms(399))
    }
    expect(rig.session.state).toBe('Up')
    rig.effects.length = 0
    rig.pass(ms(1))
    expect(rig.sent()).toEqual([expect.objectContaining({ state: 'Down', diagnostic: 1, yourDiscriminator: 0 })])
  })

  test('§6.8.1: a neighbour that fell silent is forgotten, in every state', () => {
    const rig = inState('Down')
    rig.hear({ state: 'Up' })
    expect(rig.session.remote.discriminator).toBe(THEIR_DISCRIMINATOR)
    rig.pass(fromSeconds(5))
    expect(rig.session.remote.discriminator).toBe(0)
  })

  test('it is said how late it was noticed', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Up' })
    rig.effects.length = 0
    rig.now = (rig.now + 400_123) as typeof rig.now
    rig.event({ kind: 'tick' })
    expect(rig.reports()).toContainEqual({ event: 'expired', session: 'peer', after: ms(400), overdue: 123 })
  })
})

describe('those who track the session are told', () => {
  test('that it is up', () => {
    const rig = inState('Init')
    rig.hear({ state: 'Up' })
    expect(rig.news()).toEqual([{ kind: 'bfd', session: 'peer', up: true, at: rig.now }])
  })
  test('that it is down: the neighbour says so', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Down' })
    expect(rig.news()).toEqual([expect.objectContaining({ up: false })])
  })
  test('that it is down: the neighbour is silent', () => {
    const rig = inState('Up')
    rig.pass(fromSeconds(5))
    expect(rig.news()).toEqual([expect.objectContaining({ up: false })])
  })
  test('nothing of a neighbour that is taken out of service on purpose, nor of its return (RFC 5882 §3.2)', () => {
    const rig = inState('Up')
    rig.hear({ state: 'AdminDown', diagnostic: 7 })
    rig.pass(fromSeconds(10))
    rig.hear({ state: 'Down', yourDiscriminator: 0 })
    rig.hear({ state: 'Init' })
    expect(rig.session.state).toBe('Up')
    expect(rig.news().filter(({ up }) => !up)).toEqual([])
  })
  test('vrrp, checker: those that the bfd_instance names', () => {
    const rig = new Rig({ checker: false })
    expect(rig.effects).toContainEqual(expect.objectContaining({ kind: 'tell', vrrp: true, checker: false }))
  })
})

describe('sending', () => {
  test('idle_tx: while it is not up, and jittered', () => {
    const rig = new Rig({ idleTx: fromSeconds(2) })
    rig.effects.length = 0
    rig.pass(fromSeconds(60))
    const sent = rig.sent()
    expect(sent.length).toBeGreaterThan(30)
    expect(sent.length).toBeLessThanOrEqual(41)
    expect(new Set(sent.map(({ desiredMinTx }) => desiredMinTx))).toEqual(new Set([fromSeconds(2)]))
  })
  test('idle_tx: never more often than min_tx', () => {
    const rig = new Rig({ minTx: fromSeconds(3) })
    rig.pass(ms(1))
    expect(rig.sent()).toEqual([expect.objectContaining({ desiredMinTx: fromSeconds(3) })])
  })
  test('min_tx, min_rx and multiplier are announced', () => {
    const rig = inState('Up')
    rig.pass(ms(60))
    expect(rig.sent()).toEqual([
      expect.objectContaining({ state: 'Up', desiredMinTx: ms(50), requiredMinRx: ms(100), detectMultiplier: 3, demand: false }),
    ])
  })
  test('a change of state is told at once (§6.8.7)', () => {
    const rig = inState('Down')
    rig.hear({ state: 'Down', yourDiscriminator: 0 })
    expect(rig.sent()).toEqual([expect.objectContaining({ state: 'Init', yourDiscriminator: THEIR_DISCRIMINATOR })])
  })
  test('a packet that changes nothing is not answered', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Up' })
    expect(rig.sent()).toEqual([])
  })
  test('passive: nothing is sent before the neighbour was heard, nor after it was lost', () => {
    const rig = new Rig({ passive: true })
    rig.pass(fromSeconds(10))
    expect(rig.sent()).toEqual([])
    rig.hear({ state: 'Down', yourDiscriminator: 0 })
    expect(rig.sent()).toEqual([expect.objectContaining({ state: 'Init' })])
    rig.pass(fromSeconds(10))
    rig.effects.length = 0
    rig.pass(fromSeconds(10))
    expect(rig.sent()).toEqual([])
  })
  test('a neighbour that can hear more often is heard of sooner (§6.8.3)', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Up', requiredMinRx: fromSeconds(10) })
    rig.pass(fromSeconds(0.3))
    expect(rig.sent()).toEqual([])
    rig.hear({ state: 'Up', requiredMinRx: ms(60) })
    rig.pass(ms(60))
    expect(rig.sent().length).toBeGreaterThanOrEqual(1)
  })
  test('an orderly stop is told, with diagnostic 7 (§6.8.16)', () => {
    const rig = inState('Up')
    rig.event({ kind: 'stop' })
    expect(rig.sent()).toEqual([expect.objectContaining({ state: 'AdminDown', diagnostic: 7 })])
    rig.pass(fromSeconds(10))
    expect(rig.sent()).toEqual([])
  })
})

describe('Demand mode of the neighbour (RFC 5880 §6.6)', () => {
  test('we fall silent, answer its Polls, and still notice when it is gone', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Up', demand: true })
    rig.pass(ms(350))
    expect(rig.sent()).toEqual([])
    rig.hear({ state: 'Up', demand: true, poll: true })
    expect(rig.sent()).toEqual([expect.objectContaining({ final: true, poll: false })])
    rig.pass(ms(400))
    expect(rig.session.state).toBe('Down')
  })
})

describe('Poll Sequences (RFC 5880 §6.5, §6.8.3)', () => {
  test('P is answered with F at once, whatever the timers say', () => {
    const rig = inState('Up')
    rig.hear({ state: 'Up', poll: true })
    expect(rig.sent()).toEqual([expect.objectContaining({ final: true, poll: false })])
  })
  test('coming up is one, for the interval changes: P is set until F comes', () => {
    const rig = new Rig({})
    rig.hear({ state: 'Down' })
    rig.effects.length = 0
    rig.hear({ state: 'Init' })
    rig.pass(ms(200))
    const polling = rig.sent()
    expect(polling.length).toBeGreaterThan(1)
    expect(polling.every(({ poll }) => poll)).toBe(true)
    rig.hear({ state: 'Up', final: true })
    rig.pass(ms(200))
    expect(rig.sent().some(({ poll }) => poll)).toBe(false)
  })
  test('an answer to a Poll is none itself', () => {
    const rig = new Rig({})
    rig.hear({ state: 'Down' })
    rig.effects.length = 0
    rig.hear({ state: 'Init', poll: true })
    expect(rig.session.poll).toBe('running')
    expect(rig.sent()[0]).toMatchObject({ final: true, poll: false, state: 'Up' })
  })
  test('min_tx that grows is used when the neighbour knows of it, one that shrinks at once', () => {
    const rig = inState('Up')
    rig.configure({ minTx: fromMillis(500) })
    expect([rig.session.desiredMinTx, rig.session.transmitFloor, rig.session.poll]).toEqual([ms(500), ms(50), 'running'])
    rig.hear({ state: 'Up', final: true })
    expect(rig.session.transmitFloor).toBe(ms(500))
    rig.configure({ minTx: fromMillis(70) })
    expect(rig.session.transmitFloor).toBe(ms(70))
  })
  test('min_rx that shrinks counts when the neighbour knows of it, one that grows at once', () => {
    const rig = inState('Up')
    rig.configure({ minRx: fromMillis(90) })
    expect([rig.session.requiredMinRx, rig.session.detectFloor]).toEqual([ms(90), ms(100)])
    rig.hear({ state: 'Up', final: true })
    expect(rig.session.detectFloor).toBe(ms(90))
    rig.configure({ minRx: fromMillis(300) })
    expect(rig.session.detectFloor).toBe(ms(300))
  })
  test('what changes during one asks for another', () => {
    const rig = inState('Up')
    rig.configure({ minTx: fromMillis(500) })
    rig.configure({ minTx: fromMillis(600) })
    rig.hear({ state: 'Up', final: true })
    expect([rig.session.poll, rig.session.transmitFloor]).toEqual(['running', ms(50)])
    rig.hear({ state: 'Up', final: true })
    expect([rig.session.poll, rig.session.transmitFloor]).toEqual(['none', ms(600)])
  })
})
