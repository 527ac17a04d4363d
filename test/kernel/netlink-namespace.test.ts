import { readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listLinks, readLink } from '../../src/netlink/route/link.ts'
import { lazyConnection, openNetlink } from '../../src/netlink/socket.ts'
import { Lan } from '../lab/lan.ts'

const own = (): string => readlinkSync('/proc/thread-self/ns/net')
function linksOf(options: { readonly namespace?: string }): readonly string[] {
  const connection = lazyConnection('route', options)()
  const dump = connection.ok ? connection.value.dump(listLinks) : connection
  if (!dump.ok) throw new Error(JSON.stringify(dump.error))
  return dump.value.flatMap((message) => readLink(message)?.name ?? [])
}

test('net_namespace_ipvs: a netlink socket speaks to another network namespace, and we stay in ours', () => {
  using lan = new Lan()
  const host = lan.host({ name: 'there', nics: [] })
  host.ip('link add far0 type veth peer name far1')
  const before = own()
  expect(linksOf({ namespace: `/run/netns/${host.namespace}` })).toContain('far0')
  expect(linksOf({})).not.toContain('far0')
  expect(openNetlink({ protocol: 'route', namespace: '/run/netns/no-such' })).toEqual({ ok: false, error: 2 })
  expect(own()).toBe(before)
})
