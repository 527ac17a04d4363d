import { expect, test } from 'vitest'
import type { FaultCause, Report } from '../../src/core/vrrp/reports.ts'
import { createInterfaceNews } from '../../src/process/interface-news.ts'

const fault = (event: 'fault-raised' | 'fault-cleared', instance: string, cause: FaultCause, subject: string): Report => ({
  event,
  instance,
  cause,
  subject,
})

test('an interface that goes down, comes back and goes again is told once each time, however many have it', () => {
  const isNews = createInterfaceNews()
  const all = (event: 'fault-raised' | 'fault-cleared') => [
    isNews(fault(event, 'VI_1', 'interface-down', 'eth0')),
    isNews(fault(event, 'VI_2', 'interface-down', 'eth0')),
    isNews(fault(event, 'VI_3', 'tracked-interface-down', 'eth0')),
    isNews(fault(event, 'VI_4', 'interface-down', 'eth1')),
  ]
  const once = [true, false, false, true]
  expect([all('fault-raised'), all('fault-cleared'), all('fault-raised')]).toEqual([once, once, once])
})

test('of one that is made anew and is down, each of both is told once', () => {
  const isNews = createInterfaceNews()
  const told = (instance: string) => [
    isNews(fault('fault-cleared', instance, 'interface-missing', 'eth0')),
    isNews(fault('fault-raised', instance, 'interface-down', 'eth0')),
  ]
  expect([told('VI_1'), told('VI_2')]).toEqual([
    [true, true],
    [false, false],
  ])
})

test('one that is deleted after it went down is news again; what concerns an instance alone always is', () => {
  const isNews = createInterfaceNews()
  expect(isNews(fault('fault-raised', 'VI_1', 'interface-down', 'eth0'))).toBe(true)
  expect(isNews(fault('fault-raised', 'VI_1', 'interface-missing', 'eth0'))).toBe(true)
  for (const instance of ['VI_1', 'VI_2']) expect(isNews(fault('fault-raised', instance, 'no-source-address', 'eth0'))).toBe(true)
  expect(isNews({ event: 'setting-vips', instance: 'VI_1' })).toBe(true)
})
