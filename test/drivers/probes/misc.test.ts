import { describe, expect, test } from 'vitest'
import { fromMillis } from '../../../src/base/units.ts'
import { probeMisc } from '../../../src/drivers/probes/misc.ts'
import { Scripts } from '../../../src/drivers/scripts.ts'
import { never } from './support.ts'

async function check(
  text: string,
  { dynamic = false, timeout = 10_000, runAs = undefined as { user: string; group: undefined } | undefined } = {},
) {
  await using scripts = new Scripts()
  return await probeMisc(
    { kind: 'MISC_CHECK', script: { argv: ['/bin/sh', '-c', text], runAs }, timeout: fromMillis(timeout), dynamic },
    scripts,
    never,
  )
}

const ended = (end: object) => ({ kind: 'failed', reason: { kind: 'script', end } })

describe('MISC_CHECK', () => {
  test.each([
    ['0 is well', 'exit 0', false, { kind: 'passed' }],
    ['0 is well with misc_dynamic', 'exit 0', true, { kind: 'passed' }],
    ['1 is not', 'exit 1', false, ended({ kind: 'exited', code: 1 })],
    ['1 is not with misc_dynamic', 'exit 1', true, ended({ kind: 'exited', code: 1 })],
    ['misc_dynamic: 2 is weight 0', 'exit 2', true, { kind: 'weighed', weight: 0 }],
    ['misc_dynamic: 255 is weight 253', 'exit 255', true, { kind: 'weighed', weight: 253 }],
    ['without misc_dynamic 3 is a failure', 'exit 3', false, ended({ kind: 'exited', code: 3 })],
    ['a signal is a failure', 'kill -9 $$', true, ended({ kind: 'signalled', signal: 9 })],
  ])('%s', async (_name, text, dynamic, expected) => {
    expect(await check(text, { dynamic })).toMatchObject(expected)
  })

  test('misc_timeout ends it and is a failure', async () => {
    expect(await check('sleep 70', { timeout: 80 })).toEqual(ended({ kind: 'timed-out' }))
  })

  test('a user that is not there is a failure', async () => {
    expect(await check('exit 0', { runAs: { user: 'no-such-user-here', group: undefined } })).toMatchObject(ended({ kind: 'not-run' }))
  })

  test('F28 no place among the scripts says nothing of the server', async () => {
    await using scripts = new Scripts(1)
    const long = scripts.run({ argv: ['/bin/sleep', '0.4'], runAs: undefined }, { timeout: fromMillis(5000) })
    const script = { argv: ['/bin/true'], runAs: undefined }
    const result = await probeMisc({ kind: 'MISC_CHECK', script, timeout: fromMillis(40), dynamic: false }, scripts, never)
    expect(result).toEqual({ kind: 'not-made', detail: '1 scripts are running already' })
    await long
  })
})
