import { describe, expect, test } from 'vitest'
import type { SessionConfig } from '../../src/core/bfd/config.ts'
import { instanceText, loadText } from '../support/config-files.ts'

const load = (lines: string, name = 'peer') => loadText(`bfd_instance ${name} {\n${lines}\n}\n`)
const sessionOf = (lines: string): SessionConfig | undefined => load(`neighbor_ip 192.0.2.2\n${lines}`).bfd?.sessions[0]

describe('bfd_instance', () => {
  test('when nothing is said but neighbor_ip', () => {
    expect(sessionOf('')).toEqual({
      name: 'peer',
      neighborIp: '192.0.2.2',
      sourceIp: undefined,
      minRx: 10_000,
      minTx: 10_000,
      idleTx: 1_000_000,
      multiplier: 5,
      passive: false,
      ttl: 255,
      maxHops: 0,
      multihop: false,
      vrrp: true,
      checker: true,
    })
  })

  test.each([
    { keyword: 'source_ip', line: 'source_ip 192.0.2.1', expected: { sourceIp: '192.0.2.1' } },
    { keyword: 'min_rx', line: 'min_rx 100', expected: { minRx: 100_000 } },
    { keyword: 'min_tx', line: 'min_tx 20.5', expected: { minTx: 20_500 } },
    { keyword: 'idle_tx', line: 'idle_tx 2000', expected: { idleTx: 2_000_000 } },
    { keyword: 'multiplier', line: 'multiplier 255', expected: { multiplier: 255 } },
    { keyword: 'passive', line: 'passive', expected: { passive: true } },
    { keyword: 'ttl', line: 'ttl 64', expected: { ttl: 64 } },
    { keyword: 'hoplimit', line: 'hoplimit 64', expected: { ttl: 64 } },
    { keyword: 'max_hops', line: 'max_hops 3', expected: { maxHops: 3 } },
    { keyword: 'max_hops', line: 'max_hops -1', expected: { maxHops: -1 } },
    { keyword: 'max_hops beyond the ttl', line: 'max_hops 200\nttl 100', expected: { maxHops: 100 } },
    { keyword: 'multihop', line: 'multihop', expected: { multihop: true } },
    { keyword: 'vrrp', line: 'vrrp', expected: { vrrp: true, checker: false } },
    { keyword: 'checker', line: 'checker', expected: { vrrp: false, checker: true } },
    { keyword: 'vrrp and checker', line: 'vrrp\nchecker', expected: { vrrp: true, checker: true } },
    { keyword: 'weight is for those who track it', line: 'weight -20 reverse', expected: {} },
  ])('$keyword: $line', ({ line, expected }) => expect(sessionOf(line)).toMatchObject(expected))

  test('neighbour_ip is the other spelling; IPv6 has a hop limit of 64', () => {
    expect(load('neighbour_ip 2001:db8::1').bfd?.sessions).toEqual([expect.objectContaining({ neighborIp: '2001:db8::1', ttl: 64 })])
  })

  test('without neighbor_ip there is no session, and without a session no bfd process', () => {
    expect(load('min_rx 100').bfd).toBeUndefined()
    expect(loadText(instanceText()).bfd).toBeUndefined()
  })

  const two = (first: string, second: string) =>
    loadText(`bfd_instance one {\nneighbor_ip 192.0.2.2\n${first}\n}\nbfd_instance two {\nneighbor_ip 192.0.2.2\n${second}\n}\n`)
  test.each([
    { first: '', second: '', sessions: 1 },
    { first: '', second: 'source_ip 192.0.2.1', sessions: 1 },
    { first: 'source_ip 192.0.2.1', second: '', sessions: 1 },
    { first: 'source_ip 192.0.2.1', second: 'source_ip 192.0.2.1', sessions: 1 },
    { first: 'source_ip 192.0.2.1', second: 'source_ip 192.0.2.3', sessions: 2 },
  ])('neighbor_ip twice with "$first" and "$second" makes $sessions', ({ first, second, sessions }) => {
    const { bfd, diagnostics } = two(first, second)
    expect(bfd?.sessions).toHaveLength(sessions)
    expect(diagnostics.filter(({ code }) => code === 'duplicate-session')).toHaveLength(2 - sessions)
  })
})

describe('bfd_process_name, bfd_priority, bfd_no_swap and bfd_rt_priority in global_defs', () => {
  test('are those of the bfd process', () => {
    const { global } = loadText('global_defs {\nbfd_process_name watcher\nbfd_priority -5\nbfd_no_swap\nbfd_rt_priority 7\n}\n')
    expect(global.bfd).toMatchObject({ name: 'watcher', priority: -5, noSwap: true, realtimePriority: 7 })
  })
  test('process_names gives it the name that keepalived has for it', () => {
    expect(loadText('global_defs {\nprocess_names\n}\n').global.bfd.name).toBe('keepalived_bfd')
  })
})
