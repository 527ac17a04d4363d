import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepalived, type Program } from '../lab/program.ts'
import { device } from './harness/device.ts'
import { logs, said } from './harness/log.ts'
import { instance, Rig, VIP } from './harness/rig.ts'

/** What keepalived says of its own inside, and where it tells who it is. */
const INSIDE =
  /^(NOTICE: |Registering |(Assigned|Deassigned) address |VRRP sockpool: |CPU usage |Starting |Running on |Command line: | {10,}'|Startup complete|Stopped (Keepalived|Vipkeeper))/

/** The log without times, folders and places. That an instance began to wait after its scripts had run is ours to say. */
const linesOf = (log: string, folder: string): readonly string[] =>
  log
    .replaceAll(folder, '/folder')
    .split('\n')
    .map((line) => line.replace(/^\w{3} \w{3} +\d+ [\d:]+ \d{4}: /, ''))
    .map((line) => line.replace(/Stopped - used .*/, 'Stopped - used').replace(/ \(expected .*/, ''))
    .map((line) => line.replace('Entering BACKUP STATE (init)', 'Entering BACKUP STATE'))
    .filter((line) => line !== '' && !INSIDE.test(line))

/** So many times a master has said that it announced both its addresses three times. */
const masteries = (count: number): RegExp =>
  new RegExp(`(Entering MASTER STATE\\n.*?(Sending gratuitous ARP on eth0 for 192.0.2.11\\n.*?){3}){${count}}`, 's')

/** A master whose script fails, whose address is removed, whose carrier goes, and that is stopped: its log. */
async function story(program: Program): Promise<readonly string[]> {
  await using rig = await Rig.open({ program, configuration: '', start: false, options: ['-P'] })
  const { dut, configuration } = rig
  const { directory } = dut.host
  const broken = join(directory, 'broken')
  const script = (name: string): string => `vrrp_script ${name} {\n  script "/usr/bin/test ! -e ${broken}"\n  interval 1\n}\n`
  const lines = [
    'version 3',
    'garp_master_delay 0',
    'garp_master_repeat 3',
    `notify_fault ${directory}/none`,
    'track_script {',
    'tested',
    '}',
  ]
  const scripts = `global_defs {\n  script_user root\n  enable_script_security\n}\n${script('tested')}${script('unused')}`
  writeFileSync(configuration, scripts + instance({ interval: 0.3, addresses: [VIP, '192.0.2.11'], lines }))
  rig.start()
  await logs(dut, masteries(1))
  writeFileSync(broken, '')
  await logs(dut, /Entering FAULT STATE.*removing VIPs/s)
  rmSync(broken)
  await logs(dut, masteries(2))
  dut.host.ip(`addr del ${VIP}/32 dev eth0`)
  await logs(dut, masteries(3))
  dut.host.cut('eth0')
  await logs(dut, /Netlink reports eth0 down.*removing VIPs/s)
  dut.host.join('eth0')
  await logs(dut, masteries(4))
  await dut.stop()
  return linesOf(dut.log, directory)
}

test('the same events make the same lines as keepalived’s, in the same order', async () => {
  const [ours, theirs] = await Promise.all([story(device), story(keepalived)])
  expect(ours).toEqual(theirs)
})

test.each([device, keepalived])(
  '$name tells once that an interface went down and came back, however many instances it has',
  async (program) => {
    const both = ['VI_1', 'VI_2'].map((name, i) => instance({ name, vrid: 51 + i, addresses: [`192.0.2.${10 + i}`] }))
    await using rig = await Rig.open({ program, configuration: both.join(''), options: ['-P'] })
    const { dut } = rig
    dut.host.cut('eth0')
    for (const name of ['VI_1', 'VI_2']) await logs(dut, `(${name}) Entering FAULT STATE`)
    dut.host.join('eth0')
    for (const name of ['VI_1', 'VI_2']) await logs(dut, new RegExp(`FAULT STATE.*\\(${name}\\) Entering BACKUP STATE`, 's'))
    expect([said(dut, 'Netlink reports eth0 down'), said(dut, 'Netlink reports eth0 up')]).toEqual([1, 1])
  },
)
