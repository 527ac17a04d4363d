import { expect, test } from 'vitest'
import { fromSeconds, later } from '../../src/base/units.ts'
import { bfdData } from '../../src/status/bfd-data.ts'
import { Rig } from '../support/bfd-rig.ts'

const ctime = (at: Date): string => at.toISOString()

test('bfd_instance: a session that is up, with what both ends want and when it was last heard', () => {
  const rig = new Rig({ multihop: true }).up()
  const clocks = { instant: later(rig.now, fromSeconds(2)), wall: Date.UTC(2026, 0, 1, 0, 0, 3) }
  expect(bfdData(rig.state.sessions, clocks, ctime).split('\n')).toEqual([
    '------< BFD Topology >------',
    ' BFD Instance = peer',
    '   Neighbor IP = 192.0.2.2',
    '   Source IP = 192.0.2.1',
    '   Required min RX interval = 100000 us',
    '   Desired min TX interval = 50000 us',
    '   Desired idle TX interval = 1000000 us',
    '   Detection multiplier = 3',
    '   TTL = 255',
    '   max_hops = 0',
    '   multihop = true',
    '   passive = false',
    '   send event to VRRP process = Yes',
    '   send event to checker process = Yes',
    '   local state = Up',
    '   remote state = Up',
    `   local discriminator = 0x${rig.session.localDiscriminator.toString(16)}`,
    '   remote discriminator = 0x2222',
    '   local diag = No Diagnostic',
    '   remote diag = No Diagnostic',
    '   remote min tx intv = 80000 us',
    '   remote min rx intv = 60000 us',
    '   local demand = 0',
    '   remote demand = 0',
    '   remote detect multiplier = 4',
    '   !poll, !final',
    '   local tx intv = 60000 us',
    '   remote tx intv = 100000 us',
    '   local detection time = 400000 us',
    '   remote detection time = 180000 us',
    '   last seen = 1767225601.000000 (2026-01-01T00:00:01.000Z)',
    '',
  ])
})

test('bfd_instance: one that has heard nothing yet', () => {
  const rig = new Rig({ neighborIp: '2001:db8::1' as never, sourceIp: undefined, ttl: 64 })
  const text = bfdData(rig.state.sessions, { instant: rig.now, wall: 0 }, ctime)
  for (const line of ['hoplimit = 64', 'local state = Down', 'remote discriminator = 0x0', 'remote tx intv = 0 us', 'last_seen = [never]'])
    expect(text).toContain(`   ${line}\n`)
  expect(text).not.toContain('Source IP')
})
