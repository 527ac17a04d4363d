import { expect, test } from 'vitest'
import type { MacAddress } from '../../src/base/mac.ts'
import { fromSeconds, type Instant, instant } from '../../src/base/units.ts'
import type { SettingObject } from '../../src/core/reconcile/kinds.ts'
import type { InstanceConfig } from '../../src/core/vrrp/config.ts'
import { linkObjects } from '../../src/core/vrrp/own-links.ts'
import type { Log } from '../../src/process/log.ts'
import { OwnLinks } from '../../src/process/own-links.ts'
import { FakeKernel } from '../support/fake-kernel.ts'
import { instance, virtualAddress, vrrpConfig } from '../support/vrrp.ts'
import { link } from '../support/vrrp-rig.ts'

const now: Instant = instant(0)

function using(vrid: number, base = 'eth0'): InstanceConfig {
  const name = `vrrp.${vrid}`
  const mac = `00:00:5e:00:01:${vrid.toString(16)}` as MacAddress
  return instance({
    name: `VI_${vrid}`,
    vrid,
    interface: base,
    vmac: { name, base, type: { kind: 'macvlan', mac }, group: 0, xmitBase: false },
    virtualIpaddress: [virtualAddress('192.0.2.10', { interface: name, below: base })],
  })
}

function host(kernel = new FakeKernel(['eth0']), inherited: readonly SettingObject[] = []) {
  const said: string[] = []
  const log = { say: (_level: string, text: string) => said.push(text) } as unknown as Log
  const reports: string[] = []
  const links = new OwnLinks({ kernel, log, report: (report) => reports.push(report.kind), period: fromSeconds(30), inherited })
  const ours = (): readonly string[] => kernel.keys().filter((key) => key.startsWith('link '))
  return { kernel, links, said, reports, ours }
}

test('use_vmac: links are there before anybody follows, and are told with their instance', () => {
  const { links, said, ours } = host()
  links.prepare(vrrpConfig([using(51), using(52)]), now)
  expect(ours()).toEqual(['link vrrp.51', 'link vrrp.52'])
  expect(said).toEqual(['(VI_51): Success creating VMAC interface vrrp.51', '(VI_52): Success creating VMAC interface vrrp.52'])
})

test('while a reload is prepared neither the old nor the new ones go, though the machine still wants the old', () => {
  const { kernel, links, said, ours } = host()
  links.prepare(vrrpConfig([using(51)]), now)
  const before = linkObjects([using(51)])
  links.follow(before, now)
  links.prepare(vrrpConfig([using(52)]), now)
  links.follow(before, now)
  expect(ours()).toEqual(['link vrrp.51', 'link vrrp.52'])
  links.follow(linkObjects([using(52)]), now)
  expect([ours(), said.at(-1)]).toEqual([['link vrrp.52'], '(VI_51) Success removing VMAC interface vrrp.51'])
  links.follow([], now)
  expect(kernel.keys()).toEqual([])
})

test('VMC-06 one that somebody deletes is back when the kernel tells of it', () => {
  const { kernel, links, ours, reports } = host()
  links.prepare(vrrpConfig([using(51)]), now)
  kernel.removeInterface('vrrp.51')
  links.noticed({ kind: 'link-removed', index: 9, name: 'vrrp.51' }, now)
  expect([ours(), reports.includes('drift')]).toEqual([['link vrrp.51'], true])
})

test('an interface below that is missing is waited for, and other links that change make no noise', () => {
  const { kernel, links, ours, reports } = host()
  links.prepare(vrrpConfig([using(51, 'eth7')]), now)
  const complaints = reports.length
  links.noticed({ kind: 'links-known', links: [link()], addresses: [] }, now)
  for (const name of ['eth0', 'eth1', 'eth0']) links.noticed({ kind: 'link', link: link(name) }, now)
  expect([ours(), reports.length]).toEqual([[], complaints])
  kernel.addInterface('eth7')
  links.noticed({ kind: 'link', link: link('eth7', { index: 7 }) }, now)
  expect(ours()).toEqual(['link vrrp.51'])
})

test('F01 settings that a predecessor left are put back, if nobody wants them any more', () => {
  const kernel = new FakeKernel(['eth0'])
  const left = linkObjects([using(51)]).filter((object) => object.kind === 'setting')
  kernel.behindOurBack(...left.map((object) => ({ kind: 'add', object }) as const))
  const { links } = host(kernel, left)
  links.prepare(vrrpConfig([using(51)]), now)
  for (const object of left) expect(kernel.has(object), object.name).toBe(true)

  const { links: without } = host(kernel, left)
  without.prepare(vrrpConfig([instance()]), now)
  for (const object of left) expect(kernel.has(object), object.name).toBe(false)
})

test('without a VMAC nobody looks at the kernel', () => {
  const { kernel, links } = host()
  links.prepare(vrrpConfig([instance()]), now)
  links.follow([], now)
  links.noticed({ kind: 'links-known', links: [link()], addresses: [] }, now)
  links.noticed({ kind: 'link-removed', index: 2, name: 'eth0' }, now)
  expect([kernel.listed, kernel.asked]).toEqual([[], []])
})
