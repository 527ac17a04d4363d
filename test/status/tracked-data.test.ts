import { expect, test } from 'vitest'
import { fromSeconds, instant } from '../../src/base/units.ts'
import { createProcess, processCounted } from '../../src/core/track/process.ts'
import { createScript, scriptEnded } from '../../src/core/track/script.ts'
import { NOTHING_TRACKED } from '../../src/core/track/tracked.ts'
import { trackedLines, trackerLines } from '../../src/status/tracked-data.ts'
import { instance } from '../support/vrrp.ts'

const trackers = [
  { kind: 'interface', name: 'd1', weight: 10, reverse: true },
  { kind: 'script', name: 'chk', weight: -20, reverse: false },
  { kind: 'file', name: 'tf', weight: 2, reverse: false },
  { kind: 'process', name: 'tp', weight: 1, reverse: false },
] as const

test('track_interface, track_script, track_file and track_process of an instance, as keepalived dumps them', () => {
  expect(trackerLines(trackers)).toEqual([
    '   Tracked interfaces :',
    '     d1 weight 10 reverse',
    '   Tracked scripts :',
    '     chk weight -20',
    '   Tracked files :',
    '     tf, weight 2',
    '   Tracked processes :',
    '     tp, weight 1',
  ])
  expect(trackerLines([])).toEqual([])
})

test('vrrp_script and track_file with what is known of them and who tracks them', () => {
  const chk = {
    name: 'chk',
    run: { kind: 'command', command: { argv: ['/bin/chk', 'arg'], runAs: undefined } },
    interval: fromSeconds(1),
    timeout: fromSeconds(0.5),
    rise: 2,
    fall: 2,
  } as const
  const file = { name: 'tf', path: '/tf', initial: undefined }
  const good = scriptEnded(createScript(chk, instant(0)), { kind: 'exited', code: 0 })
  const config = { scripts: [chk], files: [file], processes: [], bfds: [] }
  const text = trackedLines({ ...NOTHING_TRACKED, config, scripts: [good], files: new Map([['/tf', 3]]) }, [instance({ trackers })])
  expect(text).toEqual([
    '------< VRRP Scripts >------',
    ' VRRP Script = chk',
    "   Command = '/bin/chk' 'arg'",
    '   Interval = 1 sec',
    '   Timeout = 0.5 sec',
    '   Weight = 0',
    '   Rise = 2',
    '   Fall = 2',
    '   Result = 3',
    '   Insecure = no',
    '   Init state = unknown',
    '   Status = GOOD',
    '   Script uid:gid = 0:0',
    '   VRRP instances :',
    '   Tracking instances :',
    '     VI_1, weight -20',
    '   State = idle',
    '------< VRRP Track files >------',
    ' Track file = tf',
    '   File = /tf',
    '   Status = 3',
    '   Tracking instances :',
    '     VI_1, weight 2',
  ])
  expect(trackedLines(NOTHING_TRACKED, [])).toEqual([])
})

test('track_bfd with the sessions and who tracks them', () => {
  const bfd = [{ kind: 'bfd', name: 'peer', weight: -30, reverse: true }] as const
  expect(trackerLines(bfd)).toEqual(['   Tracked BFDs :', '     peer: weight -30 reverse'])
  const bfds = [
    { name: 'peer', weight: 0, reverse: false },
    { name: 'other', weight: -20, reverse: true },
  ]
  const tracked = { ...NOTHING_TRACKED, config: { ...NOTHING_TRACKED.config, bfds }, bfds: new Set(['peer']) }
  expect(trackedLines(tracked, [instance({ trackers: bfd })])).toEqual([
    '------< VRRP Track BFDs >------',
    ' VRRP Track BFD = peer',
    '   Weight = 0',
    '   Bfd is up',
    '   Tracking VRRP instances :',
    '   Tracking instances :',
    '     VI_1, weight -30 reverse',
    ' VRRP Track BFD = other',
    '   Weight = -20 reverse',
    '   Bfd is down',
    '   Tracking VRRP instances :',
    '   Tracking instances :',
  ])
})

test('a vrrp_script without timeout, and with a user', () => {
  const command = { argv: ['/bin/chk'], runAs: { user: 'nobody', group: undefined } }
  const second = fromSeconds(1)
  const run = { kind: 'command', command } as const
  const chk = { name: 'chk', run, interval: second, timeout: second, timeoutByInterval: true, rise: 1, fall: 1 } as const
  const text = trackedLines({ ...NOTHING_TRACKED, scripts: [createScript(chk, instant(0))] }, [])
  expect(text).toEqual(expect.arrayContaining(['   Timeout = 0 sec', '   Script uid:gid = nobody:nobody']))
})

test('vrrp_track_process with its count and who tracks it', () => {
  const process = {
    name: 'tp',
    match: { kind: 'command-line', command: 'sleep', parameters: ['7771'], compare: 'exact' },
    quorum: 1,
    quorumMax: 3,
    forkDelay: fromSeconds(0),
    terminateDelay: fromSeconds(1.5),
    weight: 1,
    reverse: false,
  } as const
  const partial = { ...process, name: 'tq', match: { ...process.match, compare: 'partial' }, quorumMax: undefined } as const
  const byName = { ...process, name: 'tr', match: { kind: 'name', name: 'nginx' } } as const
  const processes = [processCounted(createProcess(process), 2, instant(0)), createProcess(partial), createProcess(byName)]
  const text = trackedLines({ ...NOTHING_TRACKED, processes }, [instance({ trackers })])
  expect(text.slice(0, 15)).toEqual([
    '------< VRRP Track processes >------',
    ' VRRP Track process = tp',
    '   Process = sleep',
    '   Parameters = 7771',
    '   Param match',
    '   Min processes = 1',
    '   Max processes = 3',
    '   Current processes = 2',
    '   Have quorum = true',
    '   Weight = 1',
    '   Terminate delay = 1.500000s',
    '   Fork delay = 0.000000s',
    '   Full command = true',
    '   Tracking instances :',
    '     VI_1, weight 1',
  ])
  expect(text).toContain('   Param match = partial')
  expect(text.slice(-11, -8)).toEqual([' VRRP Track process = tr', '   Process = nginx', '   Min processes = 1'])
  expect(text.slice(-2)).toEqual(['   Full command = false', '   Tracking instances :'])
})
