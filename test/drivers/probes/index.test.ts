import { describe, expect, test } from 'vitest'
import { instant } from '../../../src/base/units.ts'
import type { CheckAttempt } from '../../../src/core/check/config.ts'
import type { ProbeResult } from '../../../src/core/check/probe.ts'
import { Probes } from '../../../src/drivers/probes/index.ts'
import { Hostile, httpGet, target } from './support.ts'

describe('the probes that core asks for', () => {
  const probeOf = (id: number, attempt: CheckAttempt) => ({ kind: 'probe', id, attempt, deadline: instant(0) }) as const

  test('each result comes back under its id', async () => {
    await using server = await Hostile.listen((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const results = new Map<number, ProbeResult>()
    await new Promise<void>((resolve) => {
      const probes = new Probes((id, result) => {
        results.set(id, result)
        if (results.size === 2) resolve()
      })
      probes.perform(probeOf(7, { kind: 'TCP_CHECK', target: target(server.port) }))
      probes.perform(probeOf(9, httpGet(server.port)))
    })
    expect([...results].toSorted(([a], [b]) => a - b)).toMatchObject([
      [7, { kind: 'passed' }],
      [9, { kind: 'passed' }],
    ])
  })

  test('a cancelled one is closed and never reported', async () => {
    const reported: number[] = []
    const probes = new Probes((id) => reported.push(id))
    await using server = await Hostile.listen(() => probes.perform({ kind: 'cancel-probe', id: 1 }))
    probes.perform(probeOf(1, httpGet(server.port)))
    expect(probes.running).toBe(1)
    while (probes.running > 0) await new Promise((resolve) => setImmediate(resolve))
    await server.quiet()
    expect(reported).toEqual([])
  })

  test('cancelling what is not running changes nothing', () => {
    const probes = new Probes(() => {})
    probes.perform({ kind: 'cancel-probe', id: 5 })
    expect(probes.running).toBe(0)
  })

  test('disposing of them closes every socket and reports nothing', async () => {
    const reported: number[] = []
    const probes = new Probes((id) => reported.push(id))
    let heard = 0
    await using server = await Hostile.listen(() => {
      heard++
    })
    for (const id of [1, 2, 3]) probes.perform(probeOf(id, httpGet(server.port)))
    while (heard < 3) await new Promise((resolve) => setImmediate(resolve))
    await probes[Symbol.asyncDispose]()
    await server.quiet()
    expect(server.ends).toEqual(['closed', 'closed', 'closed'])
    expect(reported).toEqual([])
  })
})
