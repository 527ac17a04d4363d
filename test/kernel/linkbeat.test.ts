import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Linkbeats } from '../../src/drivers/linkbeat.ts'
import { enterNamespace, mayMakeNamespaces, type Namespace } from '../support/namespace.ts'

describe.skipIf(!mayMakeNamespaces)('linkbeat_interfaces, linkbeat_use_polling: what drivers say of their carrier (needs root)', () => {
  let namespace: Namespace
  beforeAll(() => {
    namespace = enterNamespace('lb')
    namespace.run('set -e; ip link add lbA type veth peer name lbB; ip link set lbA up; ip link set lbB up; ip link set lo up')
  })
  afterAll(() => namespace.leave())

  test('each says at once what it knows, then every change; one that is gone is left to its flags', async () => {
    const told: string[] = []
    const linkbeats = new Linkbeats((device, up) => told.push(`${device} ${up}`))
    const until = async (line: string): Promise<void> => {
      while (told.at(-1) !== line) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    linkbeats.poll(['lbA', 'lo', 'none'])
    expect(told).toEqual(['lbA true', 'lo true', 'none true'])
    namespace.run('ip link set lbB down')
    await until('lbA false')
    namespace.run('ip link set lbB up')
    await until('lbA true')
    namespace.run('ip link set lbB down')
    await until('lbA false')
    namespace.run('ip link del lbA')
    await until('lbA true')
    linkbeats.poll([])
    linkbeats.close()
  })
})
