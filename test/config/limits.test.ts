import { expect, test } from 'vitest'
import { LIMITS, type Limits } from '../../src/config/limits.ts'
import { load } from '../../src/config/load.ts'
import { type FileContent, MAIN, readerOf } from '../support/config-files.ts'

interface Limited {
  readonly text: string
  readonly limits: Partial<Limits>
  readonly files?: Readonly<Record<string, FileContent>>
}

const read = ({ text, limits, files = {} }: Limited) =>
  load(MAIN, readerOf({ [MAIN]: text, ...files }), { configId: 'main', allChecks: false, test: true, limits: { ...LIMITS, ...limits } })

const others = { '/etc/keepalived/a': 'use_pid_dir\n', '/etc/keepalived/b': 'use_pid_dir\n' }

test.each([
  { name: 'include depth', text: 'include keepalived.conf\n', limits: { includeDepth: 3 }, message: 'nested more than 3 deep' },
  { name: 'number of files', text: 'include a\ninclude b\n', limits: { files: 2 }, message: 'more than 2 files' },
  { name: 'bytes of all files', text: 'include a\ninclude b\n', limits: { bytes: 40 }, message: 'more than 40 bytes' },
  { name: 'number of lines', text: 'use_pid_dir\n'.repeat(6), limits: { lines: 5 }, message: 'more than 5 lines' },
  { name: 'lines that ~SEQ makes', text: '~SEQ(I,1,9) use_pid_dir\n', limits: { madeLines: 5 }, message: 'make more than 5 lines' },
  {
    name: 'lines that definitions make',
    text: '$A= \\\n use_pid_dir \\\n use_pid_dir\n$A\n$A\n',
    limits: { madeLines: 3 },
    message: 'make more than 3',
  },
  {
    name: 'rounds of one ~SEQ',
    text: '~SEQ(I,1,9) use_pid_dir\n',
    limits: { sequenceRounds: 8 },
    message: '9 rounds are too many, 8 at most',
  },
  {
    name: 'rounds of one ~LST',
    text: '~LST(I,a,b,c) use_pid_dir\n',
    limits: { sequenceRounds: 2 },
    message: '3 rounds are too many, 2 at most',
  },
])('$name: beyond the limit is one finding at its line and status 5; at the limit nothing is said', ({ text, limits, message }) => {
  const { diagnostics, exitStatus } = read({ text, limits, files: others })
  const found = diagnostics.filter((one) => one.message.includes(message))
  expect(found).toHaveLength(1)
  expect(found[0]?.at.line).toBeGreaterThan(0)
  expect(exitStatus).toBe(5)
})

test.each([
  { name: 'number of files', text: 'include a\ninclude b\n', limits: { files: 3 } },
  { name: 'bytes of all files', text: 'include a\ninclude b\n', limits: { bytes: 44 } },
  { name: 'number of lines', text: 'use_pid_dir\n'.repeat(5), limits: { lines: 5 } },
  { name: 'lines that ~SEQ makes', text: '~SEQ(I,1,4) use_pid_dir\n', limits: { madeLines: 5 } },
  { name: 'rounds of one ~SEQ', text: '~SEQ(I,1,8) use_pid_dir\n', limits: { sequenceRounds: 8 } },
])('$name: within the limit all is read', ({ text, limits }) => {
  expect(read({ text, limits, files: others })).toMatchObject({ diagnostics: [], exitStatus: 0 })
})

test('a main file that is too large is an error, not a file that is not there', () => {
  const { diagnostics, exitStatus } = load(MAIN, readerOf({ [MAIN]: { error: 'too-large' } }), {
    configId: 'main',
    allChecks: false,
    test: true,
  })
  expect(diagnostics).toMatchObject([{ code: 'file-too-large', severity: 'general', message: expect.stringContaining('is too large') }])
  expect(exitStatus).toBe(5)
})

test('once there are too many files no more are opened', () => {
  let opened = 0
  const reader = readerOf({ [MAIN]: 'include a\n'.repeat(1_000), ...others })
  const counting = {
    ...reader,
    readFile(path: string) {
      opened++
      return reader.readFile(path)
    },
  }
  load(MAIN, counting, { configId: 'main', allChecks: false, test: true, limits: { ...LIMITS, files: 5 } })
  expect(opened).toBeLessThan(9)
})

test('twenty thousand faulty lines leave ten thousand findings, and the one that decides the status is among them', () => {
  const { diagnostics, exitStatus } = read({ text: `${'\0\n'.repeat(20_000)}\${_ENV}\n`, limits: {} })
  expect(diagnostics.length).toBeLessThan(10_010)
  expect(diagnostics.some(({ code }) => code === 'no-variable')).toBe(true)
  expect(exitStatus).toBe(204)
})

test('an endless source of nested includes ends with findings', () => {
  const { exitStatus } = read({ text: 'include keepalived.conf\n'.repeat(20), limits: {} })
  expect(exitStatus).toBe(5)
})
