import { expect, test } from 'vitest'
import { commandLineLines } from '../../src/process/start-lines.ts'

test('a short command line is one line, every word in quotes', () => {
  expect(commandLineLines(['keepalived', '-n', '-f', 'a b'])).toEqual(["Command line: 'keepalived' '-n' '-f' 'a b'"])
})

test('a long one is continued under its beginning', () => {
  const lines = commandLineLines([
    'keepalived',
    '-n',
    '-l',
    '-f',
    '/tmp/pd/k.conf',
    '-p',
    '/tmp/pd/p.pid',
    '-r',
    '/tmp/pd/r.pid',
    '-c',
    '/tmp/pd/c.pid',
  ])
  expect(lines.map((line) => line.length).every((length) => length <= 100)).toBe(true)
  expect(lines[1]).toMatch(/^ {13} '/)
})
