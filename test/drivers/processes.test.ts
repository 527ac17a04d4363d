import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ProcessMatch } from '../../src/core/track/config.ts'
import { matchesCommandLine, ProcessCounts, type ProcessCountsOptions } from '../../src/drivers/processes.ts'

type CommandLine = Extract<ProcessMatch, { kind: 'command-line' }>
const match = (compare: CommandLine['compare'], ...parameters: readonly string[]): CommandLine => ({
  kind: 'command-line',
  command: 'zzz',
  parameters,
  compare,
})

describe('param_match, as keepalived 2.2.7 counts `zzz 7771 55`', () => {
  test.each([
    ['any', [], true],
    ['exact', [], false],
    ['exact', ['7771', '55'], true],
    ['exact', ['7771'], false],
    ['exact', ['7771', '55', '3'], false],
    ['exact', ['7771 55'], false],
    ['partial', [], true],
    ['partial', ['7771', '55'], true],
    ['partial', ['7771'], true],
    ['partial', ['777'], false],
    ['partial', ['7771', '5'], false],
    ['partial', ['55'], false],
    ['partial', ['7771', '55', '3'], false],
    ['initial', [], true],
    ['initial', ['7771'], true],
    ['initial', ['777'], true],
    ['initial', ['7771', '5'], true],
    ['initial', ['777', '5'], false],
    ['initial', ['5'], false],
    ['initial', ['7771', '55', '3'], false],
  ] as const)('%s %j: %s', (compare, parameters, expected) => {
    expect(matchesCommandLine(match(compare, ...parameters), ['zzz', '7771', '55'])).toBe(expected)
  })

  test('the command is the first word, whole', () => {
    expect(matchesCommandLine(match('any'), ['/bin/zzz'])).toBe(false)
    expect(matchesCommandLine(match('any'), [])).toBe(false)
  })
})

describe('what /proc says', () => {
  const proc = mkdtempSync(join(tmpdir(), 'vipkeeper-proc-'))
  afterAll(() => rmSync(proc, { recursive: true, force: true }))
  const process = (pid: number, comm: string, ...words: readonly string[]): void => {
    mkdirSync(join(proc, String(pid)))
    writeFileSync(join(proc, String(pid), 'comm'), `${comm}\n`)
    writeFileSync(join(proc, String(pid), 'cmdline'), words.map((word) => `${word}\0`).join(''))
  }

  test('processes are counted for every definition that means them; one without a command line, or gone, for none', () => {
    process(10, 'sleep', 'sleep', '7771')
    process(11, 'sleep', '/bin/sleep', '7771')
    process(12, 'averyverylongna', 'averyverylongname')
    process(13, 'kworker/0:1')
    process(14, 'a (b) c', 'a (b) c')
    mkdirSync(join(proc, '15'))
    mkdirSync(join(proc, 'self'))
    const counts = new ProcessCounts(() => undefined, { proc, connector: false })
    const found = counts.follow([
      { name: 'comm', match: { kind: 'name', name: 'sleep' } },
      { name: 'long', match: { kind: 'name', name: 'averyverylongname' } },
      { name: 'cut', match: { kind: 'name', name: 'averyverylongna' } },
      { name: 'odd', match: { kind: 'name', name: 'a (b) c' } },
      { name: 'full', match: { kind: 'command-line', command: '/bin/sleep', parameters: [], compare: 'any' } },
      { name: 'none', match: { kind: 'name', name: '' } },
    ])
    counts.close()
    expect(Object.fromEntries(found)).toEqual({ comm: 2, long: 0, cut: 1, odd: 1, full: 1, none: 0 })
  })
})

test('without /proc there are no processes, and that is all', () => {
  const counts = new ProcessCounts(() => undefined, { proc: '/nowhere', connector: false })
  expect(counts.follow([{ name: 'x', match: { kind: 'name', name: 'x' } }])).toEqual(new Map([['x', 0]]))
  counts.close()
})

describe('processes that come and go', () => {
  /** Counts `sleep MARK`, and calls back at every report. */
  const counted = (mark: string, options: ProcessCountsOptions) => {
    const counts: number[] = []
    const watching = new ProcessCounts((_name, running) => counts.push(running), options)
    const match: ProcessMatch = { kind: 'command-line', command: '/bin/sleep', parameters: [mark], compare: 'exact' }
    const first = watching.follow([{ name: 'sleepers', match }]).get('sleepers')
    const until = async (count: number): Promise<void> => {
      while ((counts.at(-1) ?? first) !== count) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return { until, first, close: () => watching.close() }
  }

  test.each([
    { name: 'are told by the kernel, or seen when /proc is read', options: {}, mark: '7301' },
    { name: 'are seen where the kernel does not tell', options: { connector: false }, mark: '7302' },
  ])('$name', async ({ options, mark }) => {
    const sleepers = counted(mark, options)
    expect(sleepers.first).toBe(0)
    const child = spawn('/bin/sleep', [mark])
    await sleepers.until(1)
    child.kill('SIGKILL')
    await sleepers.until(0)
    sleepers.close()
  })

  test('are right after an overrun of the socket', async () => {
    const sleepers = counted('7303', { receiveBuffer: { bytes: 4096, force: false } })
    const children = [spawn('/bin/sleep', ['7303']), spawn('/bin/sleep', ['7303'])]
    // While nobody reads.
    execFileSync('/bin/sh', ['-c', 'i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done'])
    await sleepers.until(2)
    for (const child of children) child.kill('SIGKILL')
    execFileSync('/bin/sh', ['-c', 'i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done'])
    await sleepers.until(0)
    sleepers.close()
  })

  test('are followed no more when nothing is wanted', () => {
    const watching = new ProcessCounts(() => undefined)
    expect(watching.follow([{ name: 'x', match: { kind: 'name', name: 'x' } }]).size).toBe(1)
    expect(watching.follow([]).size).toBe(0)
  })
})
