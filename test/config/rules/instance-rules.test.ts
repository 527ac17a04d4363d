import { describe, expect, test } from 'vitest'
import { codesOf, instanceText, loadText } from '../../support/config-files.ts'

const six = (lines: string): string =>
  `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n virtual_ipaddress {\n 2001:db8::1/64\n }\n${lines}\n}\n`

describe('preemption', () => {
  test.each([
    { lines: 'state MASTER\npriority 9\nnopreempt', codes: ['nopreempt-master'] },
    { lines: 'priority 255\nnopreempt', codes: ['nopreempt-owner'] },
    { lines: 'state MASTER\npriority 255\nnopreempt', codes: ['nopreempt-owner'] },
    { lines: 'nopreempt\npreempt_delay 5', codes: ['preempt-delay-nopreempt'] },
    { lines: 'state MASTER\npriority 9\npreempt_delay 5', codes: ['preempt-delay-master'] },
    { lines: 'strict_mode\npreempt_delay 5', codes: ['preempt-delay-strict'] },
    { lines: 'timer_expired_backup', codes: ['timer-expired-preempt'] },
    { lines: 'nopreempt\ntimer_expired_backup', codes: [] },
    { lines: 'preempt_delay 5', codes: [] },
  ])('$lines: $codes', ({ lines, codes }) => {
    expect(codesOf(loadText(instanceText(lines)))).toEqual(codes)
  })
})

test('interface lo is refused as by keepalived, and the instance has none', () => {
  const agent = loadText(instanceText().replace('eth0', 'lo'))
  expect(codesOf(agent)).toEqual(['2 interface-loopback', 'unknown-interface'])
})

describe('advert_int', () => {
  test.each([
    { lines: 'advert_int 1.5', codes: ['advert-interval'] },
    { lines: 'version 3\nadvert_int 0.125', codes: ['advert-interval'] },
    { lines: 'version 3\nadvert_int 41', codes: ['advert-interval'] },
    { lines: 'advert_int 255', codes: [] },
    { lines: 'version 3\nadvert_int 0.01', codes: [] },
  ])('$lines: $codes', ({ lines, codes }) => {
    expect(codesOf(loadText(instanceText(lines)))).toEqual(codes)
  })
})

describe('strict_mode', () => {
  test.each([
    { lines: 'strict_mode\nstate MASTER\npriority 100', codes: ['strict-state'] },
    { lines: 'strict_mode\nstate BACKUP\npriority 255', codes: ['strict-state'] },
    { lines: 'strict_mode\ndown_timer_adverts 5', codes: ['strict-down-timer'] },
    { lines: 'strict_mode\ngarp_lower_prio_delay 5\ngarp_lower_prio_repeat 1', codes: ['strict-garp', 'strict-garp'] },
    { lines: 'strict_mode\nhigher_prio_send_advert', codes: ['strict-higher-prio'] },
    { lines: 'strict_mode\nauthentication {\n auth_type PASS\n auth_pass x\n}', codes: ['auth-strict'] },
    { lines: 'strict_mode\nunicast_peer {\n 192.0.2.9\n}', codes: ['strict-unicast'] },
    { lines: 'strict_mode', codes: [] },
  ])('$lines: $codes', ({ lines, codes }) => {
    expect(codesOf(loadText(instanceText(lines)))).toEqual(codes)
  })

  test('vrrp_strict with an IPv6 address that is not link-local is told', () => {
    expect(codesOf(loadText(six('strict_mode')))).toEqual(['first-address'])
    expect(codesOf(loadText(six('')))).toEqual([])
  })

  test('strict_mode makes IPv6 with version 2 version 3', () => {
    const agent = loadText(six('version 2\nstrict_mode'))
    expect(agent.vrrp?.instances[0]?.version).toBe(3)
    expect(codesOf(agent)).toContain('version-strict')
  })
})

describe('unicast', () => {
  const peers = 'unicast_peer {\n 192.0.2.8\n 192.0.2.9 max_ttl 4\n}'
  test.each([
    { lines: peers, want: { kind: 'unicast', peers: [{ address: '192.0.2.8' }, { address: '192.0.2.9', maxTtl: 4 }], checkSource: true } },
    { lines: 'unicast_peer {\n 192.0.2.8\n}', want: { kind: 'unicast', checkSource: false, ttl: undefined } },
    { lines: `unicast_ttl 7\ncheck_unicast_src\n${peers}`, want: { ttl: 7, checkSource: true } },
    { lines: `unicast_src_ip 192.0.2.7\n${peers}`, want: { source: '192.0.2.7' } },
    { lines: 'mcast_src_ip 192.0.2.7\nmcast_dst_ip 224.0.0.50', want: { kind: 'multicast', source: '192.0.2.7', group: '224.0.0.50' } },
  ])('$lines', ({ lines, want }) => {
    expect(loadText(instanceText(lines)).vrrp?.instances[0]?.transport).toMatchObject(want)
  })

  test.each([
    { lines: 'unicast_src_ip 192.0.2.7', codes: ['unicast-without-peers'] },
    { lines: 'unicast_peer {\n}', codes: ['unicast-without-peers'] },
    { lines: 'unicast_src_ip 192.0.2.7\nunicast_fault_no_peer', codes: [] },
    { lines: 'unicast_ttl 7', codes: ['8 unicast-ttl'] },
    { lines: 'unicast_src_ip 2001:db8::7\nunicast_fault_no_peer', codes: ['7 bad-family'] },
    { lines: 'mcast_dst_ip 192.0.2.1', codes: ['7 not-multicast'] },
    { lines: 'mcast_dst_ip ff02::50', codes: ['7 bad-family'] },
    { lines: 'use_vmac\nunicast_peer {\n 192.0.2.8\n}', codes: ['11 vmac-unicast'] },
    { lines: 'vmac_xmit_base', codes: ['xmit-base'] },
    { lines: 'track_interface {\n eth0\n}', codes: ['track-own'] },
    { lines: 'owner_ignore_adverts', codes: ['owner-ignore'] },
  ])('$lines: $codes', ({ lines, codes }) => {
    expect(codesOf(loadText(instanceText(lines)))).toEqual(codes)
  })
})

describe('sync groups', () => {
  const two = instanceText() + instanceText('', 'VI_2', 52)
  test.each([
    { name: 'a member that does not exist', text: `vrrp_sync_group G {\n group { VI_1 VI_2 VI_9 }\n}\n${two}`, codes: ['group-member'] },
    { name: 'one member only', text: `vrrp_sync_group G {\n group { VI_1 }\n}\n${two}`, codes: ['group-single'] },
    { name: 'no member that exists', text: `vrrp_sync_group G {\n group { X }\n}\n${two}`, codes: ['group-member', 'group-empty'] },
    { name: 'no group', text: `vrrp_sync_group G {\n}\n${two}`, codes: ['2 group-empty'] },
    {
      name: 'an instance in two groups',
      text: `vrrp_sync_group G {\n group { VI_1 VI_2 }\n}\nvrrp_sync_group H {\n group { VI_1 }\n}\n${two}`,
      codes: ['group-twice', 'group-empty'],
    },
    {
      name: 'a name twice',
      text: `vrrp_sync_group G {\n group { VI_1 VI_2 }\n}\nvrrp_sync_group G {\n bogus\n}\n${two}`,
      codes: ['4 duplicate-name'],
    },
    { name: 'members may come later', text: `vrrp_sync_group G {\n group { VI_1 VI_2 }\n}\n${two}`, codes: [] },
    {
      name: 'a weighted tracker of a member',
      text: `vrrp_sync_group G {\n group { VI_1 VI_2 }\n}\n${instanceText('track_interface {\n eth1 weight 5\n}')}${instanceText('', 'VI_2', 52)}`,
      codes: ['group-weight'],
    },
    {
      name: 'sync_group_tracking_weight allows it',
      text: `vrrp_sync_group G {\n group { VI_1 VI_2 }\n sync_group_tracking_weight\n}\n${instanceText('track_interface {\n eth1 weight 5\n}')}${instanceText('', 'VI_2', 52)}`,
      codes: [],
    },
  ])('$name: $codes', ({ text, codes }) => {
    expect(codesOf(loadText(text))).toEqual(codes)
  })
})

describe('scripts', () => {
  const found = { script: () => ({ kind: 'found', path: '/bin/x', secure: true }) as const }
  const insecure = { script: () => ({ kind: 'found', path: '/bin/x', secure: false }) as const }
  const track = (script: string): string => `vrrp_script c {\n script ${script}\n}\n`
  const secured = 'global_defs {\n enable_script_security\n script_user root\n}\n'
  test.each([
    { name: 'one that is missing', text: track('"/bin/x"'), reader: {}, codes: ['script-missing'] },
    { name: 'one that exists, without enable_script_security', text: track('"/bin/x"'), reader: found, codes: ['script-security'] },
    { name: 'one that others can change, with it', text: secured + track('"/bin/x"'), reader: insecure, codes: ['script-insecure'] },
    { name: 'one that is safe, with it', text: secured + track('"/bin/x"'), reader: found, codes: [] },
    { name: 'a file to be read is no script', text: track('"</etc/hostname"'), reader: found, codes: [] },
    { name: 'words without quotes are a user, who is unknown', text: track('/bin/x -0 nginx'), reader: found, codes: [] },
    {
      name: 'security without any user',
      text: `global_defs {\n enable_script_security\n}\n${track('"/bin/x"')}`,
      reader: found,
      codes: ['6 script-no-user'],
    },
    { name: 'no script at all', text: 'vrrp_script c {\n}\n', reader: found, codes: ['2 no-script'] },
    { name: 'a notify script that is missing', text: instanceText('notify_master "/bin/x"'), reader: {}, codes: [] },
    {
      name: 'the second notify script',
      text: instanceText('notify_master "/bin/x"\nnotify_master "/bin/y"'),
      reader: {},
      codes: ['8 duplicate'],
    },
    {
      name: 'many that exist are told once',
      text: instanceText('notify_master "/bin/x"\nnotify_backup "/bin/y"'),
      reader: found,
      codes: ['script-security'],
    },
  ])('$name: $codes', ({ text, reader, codes }) => {
    expect(codesOf(loadText(text, { reader }))).toEqual(codes)
  })
})

describe('notify scripts that cannot be run are told by the daemon, and change no verdict', () => {
  const owned = 'global_defs {\n enable_script_security\n script_user root\n}\n'
  const missing = { script: () => ({ kind: 'missing' }) as const }
  test.each([
    {
      name: 'missing',
      line: 'notify "/bin/x a"',
      reader: missing,
      message: 'Script /bin/x cannot be accessed - No such file or directory',
    },
    { name: 'not in PATH', line: 'notify_master x', reader: missing, message: 'Cannot find script x in path - disabling' },
    {
      name: 'not executable',
      line: 'notify_backup /bin/x',
      reader: { script: () => ({ kind: 'not-executable', isFile: true }) as const },
      message: "WARNING - script '/bin/x' is not executable - disabling.",
    },
    {
      name: 'a folder',
      line: 'notify_backup /bin/x',
      reader: { script: () => ({ kind: 'not-executable', isFile: false }) as const },
      message: "Wrong file type found in script path '/bin/x'.",
    },
    {
      name: 'changeable by others, with script security',
      line: 'notify_fault /bin/x',
      reader: { script: () => ({ kind: 'found', path: '/bin/x', secure: false }) as const },
      message: "Unsafe permissions found for script '/bin/x' - disabling.",
    },
    {
      name: 'of an unknown user',
      line: 'notify_stop /bin/x stranger',
      reader: { script: () => ({ kind: 'found', path: '/bin/x', secure: true }) as const },
      message: 'Invalid user/group for notify script /bin/x - ignoring',
    },
    {
      name: 'fine',
      line: 'notify_stop /bin/x',
      reader: { script: () => ({ kind: 'found', path: '/bin/x', secure: true }) as const },
      message: undefined,
    },
  ])('$name', ({ line, reader, message }) => {
    const { diagnostics, exitStatus, vrrp } = loadText(owned + instanceText(line), { reader, test: false })
    expect([diagnostics.map((one) => one.message), exitStatus]).toEqual([message === undefined ? [] : [message], 0])
    expect(vrrp?.instances[0]?.notify === undefined).toBe(message !== undefined)
  })

  test('one script of many is told once, of very many a hundred, and none where no instance would run it', () => {
    const group = (lines: readonly string[]): string => `vrrp_sync_group G {\n group {\n VI_1\n}\n${lines.join('\n')}\n}\n`
    const messages = (text: string): readonly string[] =>
      loadText(owned + text, { reader: missing, test: false }).diagnostics.flatMap(({ code, message }) =>
        code === 'script-missing' ? message : [],
      )
    const same = ['notify /bin/x', 'notify_master "/bin/x m"']
    expect(messages(group(same) + instanceText(same.join('\n')))).toHaveLength(1)
    const many = Array.from({ length: 150 }, (_, i) => instanceText(`notify /bin/x${i}`, `VI_${i}`, i + 1)).join('')
    expect(messages(many)).toHaveLength(100)
    expect(messages(group(same))).toEqual([])
  })

  test('a fifo’s script of an unknown user is told by its kind', () => {
    const text = `${owned.replace('}', ' vrrp_notify_fifo /f\n vrrp_notify_fifo_script /bin/x stranger\n}')}${instanceText()}`
    const { diagnostics } = loadText(text, { reader: missing, test: false })
    expect(diagnostics.map(({ message }) => message)).toContain('Invalid user/group for vrrp_notify_fifo script /bin/x - ignoring')
  })
})
