import { expect, test } from 'vitest'
import { ipvsNamespace } from '../../../src/config/rules/ipvs-namespace.ts'

test.each([
  { name: 'nothing said', draft: {}, is: {} },
  { name: 'net_namespace alone: ip_vs is there too', draft: { net_namespace: 'blue' }, is: {} },
  { name: 'net_namespace_ipvs', draft: { net_namespace_ipvs: 'green' }, is: { ipvsNamespace: '/run/netns/green' } },
  { name: 'both, the same', draft: { net_namespace: 'blue', net_namespace_ipvs: 'blue' }, is: {} },
  {
    name: 'both, and ip_vs where the daemon was started',
    draft: { net_namespace: 'blue', net_namespace_ipvs: '' },
    is: { ipvsNamespace: '/proc/1/ns/net' },
  },
  { name: 'the word alone without net_namespace', draft: { net_namespace_ipvs: '' }, is: {} },
])('$name', ({ draft, is }) => expect(ipvsNamespace(draft)).toEqual(is))
