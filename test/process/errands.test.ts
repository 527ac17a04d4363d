import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromSeconds, type Micros } from '../../src/base/units.ts'
import type { ScriptRun } from '../../src/core/track/config.ts'
import { Errands } from '../../src/process/errands.ts'
import type { Answer, Errand } from '../../src/process/messages.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'errands-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Does errands until so many answers are there. */
async function answersTo(errands: readonly Errand[], count: number): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const office = new Errands((answer) => {
    answers.push(answer)
    if (answers.length === count) resolve()
  })
  for (const errand of errands) office.do(errand)
  await promise
  office.close()
  return answers
}

const errand = (run: number, what: ScriptRun, timeout: Micros = fromSeconds(5)): Errand => ({
  kind: 'run-script',
  run,
  script: { name: 'chk', run: what, interval: fromSeconds(1), timeout, rise: 1, fall: 1 },
})
const command = (...argv: readonly string[]): ScriptRun => ({ kind: 'command', command: { argv, runAs: undefined } })

describe('vrrp_script, run for the vrrp process', () => {
  test('the answer has the number of the run, whatever the order in which they end', async () => {
    const answers = await answersTo([errand(1, command('/bin/sleep', '0.2')), errand(2, command('/bin/sh', '-c', 'exit 3'))], 2)
    expect(answers).toEqual([
      { kind: 'script-ended', run: 2, end: { kind: 'exited', code: 3 } },
      { kind: 'script-ended', run: 1, end: { kind: 'exited', code: 0 } },
    ])
  })

  test('one that lasts longer than its timeout is a failure of its own', async () => {
    expect(await answersTo([errand(1, command('/bin/sleep', '30'), fromSeconds(0.1))], 1)).toMatchObject([{ end: { kind: 'timed-out' } }])
  })

  test('one that is not there is an answer, and no exception', async () => {
    expect(await answersTo([errand(1, command('/no/such'))], 1)).toMatchObject([{ end: { kind: 'not-run', ours: false } }])
  })

  test('script "</path": 0 if it can be opened, else 1', async () => {
    const path = join(folder, 'well')
    writeFileSync(path, '')
    const well = await answersTo([errand(1, { kind: 'readable', path })], 1)
    const gone = await answersTo([errand(2, { kind: 'readable', path: `${path}-not` })], 1)
    expect([...well, ...gone]).toMatchObject([{ end: { code: 0 } }, { end: { code: 1 } }])
  })

  test('after the end of the child nothing is answered, and what runs is ended', async () => {
    const answers: Answer[] = []
    const office = new Errands((answer) => answers.push(answer))
    office.do(errand(1, command('/bin/sleep', '0.2')))
    office.close()
    await answersTo([errand(2, command('/bin/sleep', '0.4'))], 1)
    expect(answers).toEqual([])
  })
})

describe('track_file, read for the vrrp process', () => {
  test('each says at once what is in it, and init_file makes it', async () => {
    const path = join(folder, 'number')
    const files = [
      { name: 'a', path, initial: { value: 7, overwrite: false } },
      { name: 'b', path: `${path}-not`, initial: undefined },
    ]
    expect(await answersTo([{ kind: 'follow-files', files }], 2)).toEqual([
      { kind: 'file', path, value: 7 },
      { kind: 'file', path: `${path}-not`, value: 0 },
    ])
  })
})

test('F27 a script that ignores SIGTERM does not outlive the errands', async () => {
  const file = join(folder, 'pid')
  const stubborn = errand(1, command('/bin/sh', '-c', `trap "" TERM; echo $$ > ${file}; sleep 30 & wait; sleep 30`))
  const office = new Errands(() => undefined)
  office.do(stubborn)
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve))
  await office.close()
  const pid = Number(readFileSync(file, 'utf8'))
  while (existsSync(`/proc/${pid}`)) await new Promise((resolve) => setImmediate(resolve))
})
