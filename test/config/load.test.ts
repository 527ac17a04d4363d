// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes its names so
import { describe, expect, test } from 'vitest'
import { codesOf, instanceText, loadText, MAIN } from '../support/config-files.ts'

describe('keyword blocks', () => {
  test('an unknown block falls apart: its lines reach the enclosing block and its brace closes that', () => {
    const agent = loadText(
      'vrrp_instance A {\n interface eth0\n virtual_router_id 9\n virtual_ipaddress { 192.0.2.1 }\n bogus {\n  priority 50\n }\n version 3\n}\n',
    )
    expect(agent.vrrp?.instances).toMatchObject([{ name: 'A', priority: 50, version: 2 }])
    expect(codesOf(agent)).toEqual(['5 unknown-keyword', '5 unexpected-begin', '8 unknown-keyword', '9 unexpected-end'])
  })

  test.each([
    {
      name: 'a block without its brace is read to its end',
      text: 'global_defs\n router_id x\n}\n',
      codes: ['2 missing-begin', '2 unknown-keyword', '3 unexpected-end'],
    },
    { name: 'the end of the file closes what is open', text: 'global_defs {\n router_id x\n', codes: ['missing-end'] },
    { name: 'a brace too many at the root', text: '}\n', codes: ['1 unexpected-end'] },
    {
      name: 'a duplicate instance is skipped unread',
      text: `${instanceText()}vrrp_instance VI_1 {\n bogus {\n }\n}\n`,
      codes: ['9 duplicate-name'],
    },
    { name: 'vrrp_instance without a name is skipped', text: 'vrrp_instance {\n bogus\n}\n', codes: ['1 missing-name'] },
    { name: 'words before the brace of a value block', text: `${instanceText('track_script x {\n}')}`, codes: ['7 extra-parameters'] },
    {
      name: 'global_defs may come twice and merges',
      text: 'global_defs {\n router_id a\n}\nglobal_defs {\n process_name b\n}\n',
      codes: [],
    },
  ])('$name', ({ text, codes }) => {
    expect(codesOf(loadText(text))).toEqual(codes)
  })

  test('a missing argument ends everything with status 2, and the files behind it are not looked at', () => {
    const agent = loadText(`${instanceText('priority')}${instanceText('bogus', 'VI_2', 52)}`)
    expect(agent).toMatchObject({ exitStatus: 2, fatal: { kind: 'missing-parameter' }, vrrp: undefined })
    expect(codesOf(agent)).toEqual(['7 missing-parameter'])
  })

  test('a typo names the nearest keyword, with file, line and column', () => {
    expect(loadText('global_defs {\n    ruter_id x\n}\n').diagnostics).toMatchObject([
      { code: 'unknown-keyword', at: { file: MAIN, line: 2, column: 5 }, expected: 'router_id' },
    ])
  })

  test('a bad number names the column of its word', () => {
    expect(loadText(instanceText('  priority   300')).diagnostics).toMatchObject([{ code: 'invalid-number', at: { line: 7, column: 14 } }])
  })
})

describe('the twenty semantics most often got wrong', () => {
  const instance = (lines: string, before = '') => loadText(before + instanceText(lines)).vrrp?.instances[0]

  test.each([
    { name: 'state MASTER without priority is an address owner: 255', lines: 'state MASTER', want: { priority: 255, state: 'MASTER' } },
    { name: 'priority 255 without state is MASTER', lines: 'priority 255', want: { priority: 255, state: 'MASTER' } },
    { name: 'neither is BACKUP with 100', lines: '', want: { priority: 100, state: 'BACKUP' } },
    { name: 'a bad priority is 100', lines: 'priority 256', want: { priority: 100 } },
    { name: 'an unknown state is BACKUP', lines: 'state master', want: { state: 'BACKUP' } },
    { name: 'skip_check_adv_addr off switches it on', lines: 'skip_check_adv_addr off', want: { skipCheckAdvAddr: true } },
    { name: 'preempt after nopreempt wins', lines: 'nopreempt\npreempt', want: { preemption: { kind: 'preempt' } } },
    { name: 'nopreempt after preempt wins', lines: 'preempt\nnopreempt', want: { preemption: { kind: 'nopreempt' } } },
    {
      name: 'nopreempt with state MASTER is dropped',
      lines: 'state MASTER\npriority 100\nnopreempt',
      want: { preemption: { kind: 'preempt' } },
    },
    { name: 'nopreempt outlives preempt_delay', lines: 'nopreempt\npreempt_delay 300', want: { preemption: { kind: 'nopreempt' } } },
    { name: 'advert_int of version 2 is whole seconds, one at least', lines: 'advert_int .4', want: { advertInt: 1_000_000 } },
    { name: 'advert_int of version 3 is hundredths', lines: 'version 3\nadvert_int .016', want: { advertInt: 20_000 } },
    { name: 'advert_int of version 3 ends at 40.95', lines: 'version 3\nadvert_int 100', want: { advertInt: 40_950_000 } },
    { name: 'a version once written stays', lines: 'version 2\nversion 3', want: { version: 2 } },
    { name: 'a flag ignores its words: nopreempt off is nopreempt', lines: 'nopreempt off', want: { preemption: { kind: 'nopreempt' } } },
    { name: 'a unicast word without peers stays multicast', lines: 'unicast_src_ip 192.0.2.9', want: { transport: { kind: 'multicast' } } },
    { name: 'garp_master_repeat 0 is 1', lines: 'garp_master_repeat 0', want: { garp: { masterRepeat: 1 } } },
    {
      name: 'owner_ignore_adverts off of an owner is on',
      lines: 'priority 255\nowner_ignore_adverts off',
      want: { ownerIgnoreAdverts: true },
    },
    {
      name: 'strict mode answers no lower adverts',
      lines: 'strict_mode\nlower_prio_no_advert off',
      want: { lowerPrioNoAdvert: true, strict: true },
    },
    {
      name: 'the same address twice is one',
      lines: 'virtual_ipaddress {\n192.0.2.10/32\n}',
      want: { virtualIpaddress: [{ prefix: { address: '192.0.2.10', length: 24 } }] },
    },
  ])('$name', ({ lines, want }) => {
    expect(instance(lines)).toMatchObject(want)
  })

  test('the first address fixes the family, and others are left out', () => {
    const agent = loadText(instanceText('virtual_ipaddress {\n 2001:db8::1\n}'))
    expect(agent.vrrp?.instances[0]).toMatchObject({ family: 4, virtualIpaddress: [{ prefix: { address: '192.0.2.10' } }] })
    expect(codesOf(agent)).toEqual(['8 bad-family'])
  })

  test('an IPv6 instance is version 3', () => {
    const agent = loadText('vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress { fe80::1/64 }\n}\n')
    expect(agent.vrrp?.instances[0]).toMatchObject({ family: 6, version: 3, transport: { group: 'ff02::12' } })
  })

  test('global_defs before an instance give its defaults: vrrp_version, vrrp_garp_master_delay, vrrp_strict off', () => {
    const agent = loadText(`global_defs {\n vrrp_version 3\n vrrp_garp_master_delay 7\n vrrp_mcast_group4 224.0.0.99\n}\n${instanceText()}`)
    expect(agent.vrrp?.instances[0]).toMatchObject({ version: 3, garp: { masterDelay: 7_000_000 }, transport: { group: '224.0.0.99' } })
  })
})

describe('what keeps the vrrp process from running', () => {
  test.each([
    { name: 'no virtual_router_id', text: 'vrrp_instance A {\n interface eth0\n virtual_ipaddress { 192.0.2.1 }\n}\n', code: 'no-vrid' },
    {
      name: 'a bad virtual_router_id',
      text: 'vrrp_instance A {\n interface eth0\n virtual_router_id 256\n virtual_ipaddress { 192.0.2.1 }\n}\n',
      code: 'no-vrid',
    },
    {
      name: 'no interface',
      text: 'vrrp_instance A {\n virtual_router_id 5\n virtual_ipaddress { 192.0.2.1 }\n}\n',
      code: 'unknown-interface',
    },
    {
      name: 'an interface that does not exist',
      text: 'vrrp_instance A {\n interface nope\n virtual_router_id 5\n virtual_ipaddress { 192.0.2.1 }\n}\n',
      code: 'unknown-interface',
    },
    { name: 'one virtual_router_id twice on a link', text: instanceText() + instanceText('', 'VI_2', 51), code: 'vrid-twice' },
    {
      name: 'version 3 without an address',
      text: 'vrrp_instance A {\n interface eth0\n virtual_router_id 5\n version 3\n}\n',
      code: 'no-address',
    },
  ])('$name', ({ text, code }) => {
    const agent = loadText(text)
    expect(agent).toMatchObject({ exitStatus: 5, fatal: { kind: 'vrrp-unusable', status: 2 } })
    expect(codesOf(agent)).toContain(code)
  })

  test('with dynamic_interfaces an absent interface will do', () => {
    const agent = loadText(
      'global_defs {\n dynamic_interfaces\n}\nvrrp_instance A {\n interface nope\n virtual_router_id 5\n virtual_ipaddress { 192.0.2.1 }\n}\n',
    )
    expect(agent).toMatchObject({ exitStatus: 0, fatal: undefined, vrrp: { instances: [{ interface: 'nope' }] } })
  })

  test('version 2 without an address runs with a warning', () => {
    const agent = loadText('vrrp_instance A {\n interface eth0\n virtual_router_id 5\n}\n')
    expect(agent).toMatchObject({ exitStatus: 5, fatal: undefined, vrrp: { instances: [{ name: 'A' }] } })
  })
})

describe('the status of -t', () => {
  const script = { script: () => ({ kind: 'found', path: '/bin/x', secure: true }) as const }
  test.each([
    { name: '0 without a finding', status: 0, agent: () => loadText(instanceText()) },
    { name: '0 for a file that is missing', status: 0, agent: () => loadText('include /nowhere.conf\n') },
    { name: '2 for a missing argument', status: 2, agent: () => loadText('vrrp_script {\n}\n') },
    { name: '4 for nothing but a missing file', status: 4, agent: () => loadText({ error: 'directory' } as never, { allChecks: true }) },
    { name: '5 for an unknown keyword', status: 5, agent: () => loadText('bogus\n') },
    {
      name: '6 for a script that exists without script security',
      status: 6,
      agent: () => loadText(instanceText('notify "/bin/x"'), { reader: script }),
    },
    { name: '5 where a script does not exist', status: 5, agent: () => loadText('vrrp_script c {\n script "/bin/y"\n}\n') },
    { name: '6 for a fatal include', status: 6, agent: () => loadText('includem /nowhere.conf\n') },
    { name: '204 for _ENV without a name', status: 204, agent: () => loadText('a ${_ENV}\n') },
    { name: '0 for a namespace that cannot be entered', status: 0, agent: () => loadText('net_namespace no\nbogus\n') },
  ])('$name', ({ status, agent }) => {
    expect(agent().exitStatus).toBe(status)
  })
})

test('what is accepted and not acted on yet is told once, with the place it was first met', () => {
  const agent = loadText(`global_defs {\n enable_dbus\n enable_dbus\n router_id x\n}\n${instanceText()}`)
  expect(agent.notActedOn).toEqual([{ keyword: 'enable_dbus', block: 'global_defs', at: { file: MAIN, line: 2, column: 2 } }])
})

test('words of builds with SNMP or D-Bus are unknown to this one', () => {
  expect(codesOf(loadText('global_defs {\n enable_snmp_vrrp\n enable_dbus\n}\n'))).toEqual(['2 not-in-build', '3 not-in-build'])
})

test.each(['__proto__', 'constructor', 'toString'])('%s is a keyword like any other unknown one', (word) => {
  expect(codesOf(loadText(`${word} x\nglobal_defs {\n ${word}\n}\n`))).toEqual(['1 unknown-keyword', '3 unknown-keyword'])
})
