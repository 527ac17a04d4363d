import { describe, expect, test } from 'vitest'
import type { Tracker } from '../../../src/core/track/config.ts'
import type { VrrpConfig } from '../../../src/core/vrrp/config.ts'
import { instanceText, type LoadMore, loadText } from '../../support/config-files.ts'

const links = { interfaceExists: () => true }
const found = { script: (path: string) => ({ kind: 'found', path, secure: true }) as const }
const SCRIPT = 'vrrp_script chk {\n  script "/bin/chk now"\n  interval 2\n  weight -20\n}\n'
const BFD = 'bfd_instance peer {\n  neighbor_ip 192.0.2.9\n  weight -20 reverse\n}\n'
const FILE = 'track_file tf {\n  file /tf\n}\n'

function vrrp(text: string, more: LoadMore = {}): VrrpConfig {
  const { vrrp: config } = loadText(text, { ...more, reader: { ...links, ...found, ...more.reader } })
  if (config === undefined) throw new Error('no vrrp configuration')
  return config
}

const trackersOf = (text: string, name = 'VI_1', more: LoadMore = {}): readonly Tracker[] =>
  vrrp(text, more).instances.find((instance) => instance.name === name)?.trackers ?? []
const group = (lines = '', members = 'VI_1 VI_2'): string => `vrrp_sync_group G1 {\n  group {\n    ${members}\n  }\n${lines}\n}\n`
const second = instanceText('', 'VI_2', 52)

describe('trackers of a vrrp_instance', () => {
  test.each([
    [
      'track_interface',
      'weight 0 of its own',
      '',
      'track_interface {\n eth1\n}',
      { kind: 'interface', name: 'eth1', weight: 0, reverse: false },
    ],
    [
      'track_interface',
      'weight and reverse',
      '',
      'track_interface {\n eth1 weight 10 reverse\n}',
      { kind: 'interface', name: 'eth1', weight: 10, reverse: true },
    ],
    [
      'track_script',
      'the weight of the script',
      SCRIPT,
      'track_script {\n chk\n}',
      { kind: 'script', name: 'chk', weight: -20, reverse: false },
    ],
    [
      'track_script',
      'weight 0 instead',
      SCRIPT,
      'track_script {\n chk weight 0\n}',
      { kind: 'script', name: 'chk', weight: 0, reverse: false },
    ],
    ['track_bfd', 'the weight of the session', BFD, 'track_bfd {\n peer\n}', { kind: 'bfd', name: 'peer', weight: -20, reverse: true }],
    [
      'track_bfd',
      'another weight and noreverse',
      BFD,
      'track_bfd {\n peer weight 5 noreverse\n}',
      { kind: 'bfd', name: 'peer', weight: 5, reverse: false },
    ],
    ['track_file', 'the default weight 1', FILE, 'track_file {\n tf\n}', { kind: 'file', name: 'tf', weight: 1, reverse: false }],
    [
      'vrrp_track_file, the old name',
      'noreverse',
      'vrrp_track_file tf {\n  file /tf\n  weight 3 reverse\n}\n',
      'track_file {\n tf weight 2 noreverse\n}',
      { kind: 'file', name: 'tf', weight: 2, reverse: false },
    ],
    [
      'track_file',
      'the reverse of the file with another weight',
      'track_file tf {\n  file /tf\n  weight 3 reverse\n}\n',
      'track_file {\n tf weight 2\n}',
      { kind: 'file', name: 'tf', weight: 2, reverse: true },
    ],
  ] as const)('%s: %s', (_keyword, _name, objects, lines, expected) => {
    expect(trackersOf(objects + instanceText(lines))).toEqual([expected])
  })

  test('track_bfd: a session that only checkers are told of is tracked by nobody', () => {
    expect(trackersOf(`bfd_instance peer {\n  neighbor_ip 192.0.2.9\n  checker\n}\n${instanceText('track_bfd {\n peer\n}')}`)).toEqual([])
  })

  test('track_bfd: what is tracked is followed with the weight of its own', () => {
    const other = 'bfd_instance other {\n  neighbor_ip 192.0.2.8\n}\n'
    expect(vrrp(other + BFD + instanceText('track_bfd {\n peer weight 0\n}')).tracked.bfds).toEqual([
      { name: 'peer', ends: { neighborIp: '192.0.2.9', sourceIp: undefined, multihop: false, ttl: 255 }, weight: -20, reverse: true },
    ])
  })

  test('track_bfd of a vrrp_sync_group is of all its members', () => {
    const text = BFD + group('  track_bfd {\n    peer weight 7\n  }') + instanceText() + second
    for (const name of ['VI_1', 'VI_2']) expect(trackersOf(text, name)).toEqual([{ kind: 'bfd', name: 'peer', weight: 7, reverse: true }])
  })

  test('its own interface is none', () => {
    expect(trackersOf(instanceText('track_interface {\n eth0 weight 5\n}'))).toEqual([])
  })

  test('priority 255 keeps those without weight', () => {
    const lines = 'priority 255\ntrack_script {\n chk\n}\ntrack_interface {\n eth1\n}'
    expect(trackersOf(SCRIPT + instanceText(lines)).map(({ name }) => name)).toEqual(['eth1'])
  })

  test('a script that is not there, or that others could change, is tracked by nobody', () => {
    const text = SCRIPT + instanceText('track_script {\n chk\n}')
    expect(trackersOf(text, 'VI_1', { reader: { script: () => ({ kind: 'missing' }) as never } })).toEqual([])
    const linked = { script: (path: string) => ({ kind: 'found', path, secure: false, real: '/usr/bin/x', realSecure: true }) as const }
    for (const [global, count] of [
      ['enable_script_security', 1],
      ['enable_script_security\nuse_symlink_paths', 0],
    ] as const) {
      const text = `global_defs {\nscript_user root\n${global}\n}\nvrrp_script chk {\n  script /bin/x\n}\n${instanceText('track_script {\n chk\n}')}`
      expect(loadText(text, { reader: { ...linked, interfaceExists: () => true } }).vrrp?.tracked.scripts, global).toHaveLength(count)
    }
    const insecure = { reader: { script: (path: string) => ({ kind: 'found', path, secure: false }) as const } }
    expect(trackersOf(`global_defs {\n enable_script_security\n script_user root\n}\n${text}`, 'VI_1', insecure)).toEqual([])
  })
})

describe('trackers of a vrrp_sync_group', () => {
  test('are those of each member', () => {
    const config = vrrp(SCRIPT + group('track_script {\n chk\n}') + instanceText() + second)
    expect(config.instances.map(({ trackers }) => trackers.map(({ name, weight }) => `${name} ${weight}`))).toEqual([
      ['chk -20'],
      ['chk -20'],
    ])
  })

  test('outweigh those of a member, whose own have no weight, which makes them faults', () => {
    const own = 'track_interface {\n eth1 weight 10\n eth2 weight 10\n}\ntrack_file {\n tf\n}'
    const text = FILE + group('track_interface {\n eth1 weight 5\n}') + instanceText(own) + second
    expect(trackersOf(text).map(({ name, weight }) => `${name} ${weight}`)).toEqual(['eth2 0', 'tf 0', 'eth1 5'])
  })

  test.each(['sync_group_tracking_weight', 'global_tracking'])('%s lets members have weights', (keyword) => {
    const text = group(keyword) + instanceText('track_interface {\n eth1 weight 10\n}') + second
    expect(trackersOf(text).map(({ weight }) => weight)).toEqual([10])
  })
})

describe('members of a vrrp_sync_group', () => {
  test.each([
    ['one that does not exist is left out', group('', 'VI_1 VI_9 VI_2'), [{ name: 'G1', members: ['VI_1', 'VI_2'] }]],
    ['a group of one is a group', group('', 'VI_2'), [{ name: 'G1', members: ['VI_2'] }]],
    ['a group of nobody is none', group('', 'VI_8 VI_9'), []],
    [
      'an instance stays in its first group',
      `${group('', 'VI_2 VI_1')}vrrp_sync_group G2 {\n  group {\n    VI_1\n  }\n}\n`,
      [{ name: 'G1', members: ['VI_2', 'VI_1'] }],
    ],
  ])('%s', (_name, text, expected) => {
    expect(vrrp(text + instanceText() + second).syncGroups).toEqual(expected)
  })
})

describe('what is watched', () => {
  test('vrrp_script: what is tracked, once, with its defaults', () => {
    const text = SCRIPT + instanceText('track_script {\n chk\n}') + instanceText('track_script {\n chk weight 5\n}', 'VI_2', 52)
    expect(vrrp(text).tracked.scripts).toEqual([
      {
        name: 'chk',
        run: { kind: 'command', command: { argv: ['/bin/chk', 'now'], runAs: undefined } },
        interval: 2_000_000,
        timeout: 2_000_000,
        timeoutByInterval: true,
        rise: 1,
        fall: 1,
        weight: -20,
      },
    ])
    expect(vrrp(SCRIPT + instanceText()).tracked.scripts).toEqual([])
  })

  test('script, timeout, rise, fall and user; init_fail changes nothing, as the first result decides', () => {
    const more = 'timeout 0.5\n rise 2\n fall 3\n user nobody nogroup\n init_fail\n'
    const text = `vrrp_script chk {\n script /bin/chk\n ${more}}\n${instanceText('track_script {\n chk\n}')}`
    const reader = { userExists: () => true, groupExists: () => true }
    expect(vrrp(text, { reader }).tracked.scripts).toMatchObject([
      { run: { command: { runAs: { user: 'nobody', group: 'nogroup' } } }, interval: 1_000_000, timeout: 500_000, rise: 2, fall: 3 },
    ])
  })

  test('script "</path" asks whether it can be read, and runs nothing', () => {
    const text = `vrrp_script chk {\n script "</run/well"\n}\n${instanceText('track_script {\n chk\n}')}`
    expect(vrrp(text).tracked.scripts).toMatchObject([{ run: { kind: 'readable', path: '/run/well' } }])
  })

  test('file and init_file of a track_file', () => {
    const text = `track_file tf {\n  file /tf\n  init_file 7 overwrite\n}\n${instanceText('track_file {\n tf\n}')}`
    expect(vrrp(text).tracked.files).toEqual([{ name: 'tf', path: '/tf', initial: { value: 7, overwrite: true } }])
    expect(vrrp(FILE + instanceText()).tracked.files).toEqual([])
  })

  describe('vrrp_track_process', () => {
    const watched = (lines: string) =>
      vrrp(`vrrp_track_process tp {\n${lines}\n}\n${instanceText('track_process {\n tp\n}')}`).tracked.processes[0]
    const byName = { kind: 'name', name: 'haproxy' }
    const byWords = { kind: 'command-line', command: 'haproxy', parameters: [], compare: 'any' }

    test.each([
      { keyword: 'process', lines: 'process haproxy', expected: { match: byName, quorum: 1, quorumMax: undefined, forkDelay: 0 } },
      {
        keyword: 'process',
        lines: 'process haproxy -f "a b"',
        expected: { match: { ...byWords, parameters: ['-f', 'a b'], compare: 'exact' } },
      },
      { keyword: 'full_command', lines: 'process haproxy\nfull_command', expected: { match: byWords } },
      { keyword: 'param_match', lines: 'process haproxy\nparam_match', expected: { match: { ...byWords, compare: 'exact' } } },
      {
        keyword: 'param_match',
        lines: 'process haproxy -f\nparam_match initial',
        expected: { match: { ...byWords, parameters: ['-f'], compare: 'initial' } },
      },
      { keyword: 'quorum', lines: 'process haproxy\nquorum 3\nquorum_max 5', expected: { quorum: 3, quorumMax: 5 } },
      { keyword: 'quorum_max', lines: 'process haproxy\nquorum_max 0', expected: { quorum: 0, quorumMax: 0 } },
      { keyword: 'delay', lines: 'process haproxy\ndelay 2.5', expected: { forkDelay: 2_500_000, terminateDelay: 2_500_000 } },
      { keyword: 'fork_delay', lines: 'process haproxy\nfork_delay 2', expected: { forkDelay: 2_000_000, terminateDelay: 0 } },
      { keyword: 'terminate_delay', lines: 'process haproxy\nterminate_delay 2', expected: { forkDelay: 0, terminateDelay: 2_000_000 } },
      { keyword: 'weight', lines: 'process haproxy\nweight 7 reverse', expected: { weight: 7, reverse: true } },
    ])('$keyword: $lines', ({ lines, expected }) => {
      expect(watched(lines)).toMatchObject(expected)
    })

    test('track_process has the weight of the definition, or its own; what nobody tracks is not watched', () => {
      const text = (line: string) => `vrrp_track_process tp {\nprocess x\nweight 7 reverse\n}\n${instanceText(line)}`
      const trackersOf = (line: string) => vrrp(text(`track_process {\n${line}\n}`)).instances[0]?.trackers
      expect(trackersOf('tp')).toEqual([{ kind: 'process', name: 'tp', weight: 7, reverse: true }])
      expect(trackersOf('tp weight -9 noreverse')).toEqual([{ kind: 'process', name: 'tp', weight: -9, reverse: false }])
      expect(vrrp(text('')).tracked.processes).toEqual([])
    })
  })
})

test('a script that nobody tracks is told by the daemon, not with -t; one that cannot be run is told otherwise', () => {
  const secured = 'global_defs {\n enable_script_security\n script_user root\n}\n'
  const messages = (text: string, more: LoadMore): readonly string[] =>
    loadText(secured + text, { ...more, reader: { ...links, ...found, ...more.reader } }).diagnostics.map(({ message }) => message)
  const unused = SCRIPT + instanceText()
  expect(messages(unused, { test: false })).toEqual(['Warning - script chk is not used'])
  expect(messages(unused, {})).toEqual([])
  expect(messages(SCRIPT + instanceText('track_script {\n chk\n}'), { test: false })).toEqual([])
  const missing = { script: () => ({ kind: 'missing' }) as const }
  expect(messages(unused, { test: false, reader: missing })).toEqual(['Disabling track script chk since not found/accessible'])
})
