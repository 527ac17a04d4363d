import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import * as config from './targets/config.ts'

test.each([1, 2, 3])('the configuration pipeline holds against 3,000 inputs grown from seed %i', (seed) => {
  expect(fuzz(config, { seed, runs: 3_000, seconds: 60 })).toEqual({ kind: 'held', runs: 3_000 })
})

const repeat = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes)

/** Ten kilobytes each, of what is likely to be slow. */
test.each([
  { name: 'braces', text: repeat('{', 10_000) },
  { name: 'closing braces', text: repeat('}\n', 10_000) },
  { name: 'quotes', text: repeat('"', 10_000) },
  { name: 'unknown keywords', text: repeat('vrrp_instancf x\n', 10_000) },
  { name: 'a definition of itself', text: `$A=$A\n${repeat('$A\n', 10_000)}` },
  { name: 'a definition of several lines that holds itself', text: `$A= \\\n x \\\n $A \\\n $A\n${repeat('$A\n', 10_000)}` },
  {
    name: 'definitions that double',
    text: `${Array.from({ length: 30 }, (_, n) => `$A${n}= \\\n $A${n + 1} \\\n $A${n + 1}\n`).join('')}$A0\n`,
  },
  { name: 'sequences in sequences', text: repeat('~SEQ(I,1,10000) ~SEQ(J,1,10000) x\n', 10_000) },
  { name: 'a file that includes itself', text: repeat('include /etc/keepalived/*.conf\n', 10_000) },
  { name: 'lines that are too long', text: repeat('x', 10_000) },
  { name: 'NUL bytes', text: repeat('\0\n', 10_000) },
  { name: 'unclosed blocks', text: repeat('virtual_server 192.0.2.1 80 {\n', 10_000) },
])('$name take less than a second of a processor', ({ text }) => {
  expect(processorTime(() => config.run(new TextEncoder().encode(text)))).toBeLessThan(1_000)
})

test('10 MB of noise end with findings, and soon', () => {
  const bytes = new Uint8Array(10 * 1024 * 1024)
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2_654_435_761) >>> 11
  expect(processorTime(() => config.run(bytes))).toBeLessThan(10_000)
})

/** Milliseconds; what else the machine does is not counted. */
function processorTime(act: () => void): number {
  const before = process.threadCpuUsage()
  act()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
