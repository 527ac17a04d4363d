import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codesOf, loadText } from '../support/config-files.ts'

const sample = readFileSync(new URL('../../conf/keepalived.conf.sample', import.meta.url), 'utf8')

test.each([
  { configId: 'lb1', priority: 150 },
  { configId: 'lb2', priority: 100 },
])('the sample configuration is sound on $configId, whose priority is $priority', ({ configId, priority }) => {
  const agent = loadText(sample, { configId })
  expect(codesOf(agent)).toEqual([])
  expect(agent.vrrp?.instances).toMatchObject([{ name: 'WEB', priority }])
  expect(agent.check?.virtualServers).toMatchObject([{ realServers: [{ address: '192.0.2.21' }, { address: '192.0.2.22' }] }])
})
