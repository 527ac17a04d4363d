import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Runs the first example of a package's README as it stands; its output. */
async function runExample(folder: string): Promise<readonly string[]> {
  const text = readFileSync(new URL(`../../src/${folder}/README.md`, import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(text)?.[1] ?? ''
  const options = ['--conditions=source', '--input-type=module-typescript', '-e', example]
  const { stdout } = await promisify(execFile)(process.execPath, options, { timeout: 20_000 })
  return stdout.trim().split('\n')
}

test("the example of dgram-vrrp's README runs as it stands", async () => {
  expect(await runExample('dgram-vrrp')).toEqual(['192.0.2.1 is master of 192.0.2.10 with priority 100, TTL 255, sum pseudo-header'])
})

test("the example of linux-syscalls' README runs as it stands", async () => {
  expect(await runExample('linux-syscalls')).toEqual(['hello, TTL 64', 'on time'])
})
