import { describe, expect, test } from 'vitest'
import { parseBool } from '../../src/config/schema.ts'
import { codesOf, loadText } from '../support/config-files.ts'

const global = (line: string) => loadText(`global_defs {\n${line}\n}\n`)

describe('rows of a keyword table', () => {
  test.each([
    { name: 'bool alone is on', line: 'vrrp_strict', codes: [] },
    {
      name: 'bool takes six words',
      line: 'vrrp_strict on\nvrrp_strict off\nvrrp_strict true\nvrrp_strict false\nvrrp_strict yes\nvrrp_strict no',
      codes: [],
    },
    { name: 'bool takes no capitals and no numbers', line: 'vrrp_strict ON\nvrrp_strict 1', codes: ['2 bad-boolean', '3 bad-boolean'] },
    { name: 'a flag ignores words', line: 'log_unknown_vrids off', codes: [] },
    { name: 'a whole number out of its range is dropped', line: 'vrrp_version 4', codes: ['2 invalid-number'] },
    { name: 'a number below what is useful is raised', line: 'vrrp_garp_master_repeat 0', codes: ['2 raised'] },
    { name: 'decimals too many are rounded, with a word', line: 'vrrp_garp_interval 1.2345678', codes: ['2 too-precise'] },
    { name: 'a missing argument ends everything', line: 'vrrp_version\nbogus', codes: ['2 missing-parameter'] },
    { name: 'where that is softened it is told', line: 'router_id\nbogus', codes: ['2 missing-argument', '3 unknown-keyword'] },
    { name: 'or passed over: smtp_helo_name', line: 'smtp_helo_name', codes: [] },
    { name: 'the first script stays', line: 'startup_script "/bin/a"\nstartup_script "/bin/b"', codes: ['3 duplicate'] },
    { name: 'one argument and no more: state_dump_file', line: 'state_dump_file a b', codes: ['2 extra-argument'] },
    { name: 'an old spelling writes the new slot', line: 'lvs_process_name x', codes: [] },
    { name: 'a name is cut to 15: process_name', line: 'process_name xxxxxxxxxxxxxxxx', codes: ['2 name-too-long'] },
  ])('$name', ({ line, codes }) => {
    expect(codesOf(global(line))).toEqual(codes)
  })

  test.each([
    ['process_name xxxxxxxxxxxxxxxx', { processName: 'xxxxxxxxxxxxxxx' }],
    ['lvs_process_name x', { checker: { name: 'x' } }],
    ['process_names', { vrrp: { name: 'keepalived_vrrp' }, checker: { name: 'keepalived_lvs' } }],
    ['vrrp_priority -5\nvrrp_rt_priority 120', { vrrp: { priority: -5, realtimePriority: 99 } }],
    ['checker_cpu_affinity 0 1', { checker: { cpuAffinity: [0, 1] } }],
    ['umask IRWXG|IRWXO', { umask: 0o077 }],
    ['umask 027', { umask: 0o027 }],
    ['smtp_server 192.0.2.1 26', { smtpServer: { host: '192.0.2.1', port: 26 } }],
    ['notification_email {\n a@b\n "c d" e\n}', { notificationEmail: ['a@b', 'c d', 'e'] }],
    ['reload_check_config', { reloadCheckConfig: '/dev/null' }],
    ['dynamic_interfaces allow_if_changes', { dynamicInterfaces: 'allow_if_changes' }],
    ['json_version 2', { jsonVersion: 2 }],
  ])('global_defs %s', (line, want) => {
    expect(global(line).global).toMatchObject(want)
  })

  test.each([
    ['vrrp_cpu_affinity 0 9', { vrrp: { cpuAffinity: [] } }, ['2 invalid-number']],
    ['umask rwx', { umask: undefined }, ['2 bad-umask']],
    ['script_user nosuch', { scriptUser: undefined }, ['2 unknown-user']],
    ['smtp_server 192.0.2.999', { smtpServer: undefined }, ['2 bad-smtp-server']],
    ['vrrp_mcast_group4 192.0.2.1', {}, ['2 not-multicast']],
    ['vrrp_mcast_group6 224.0.0.1', {}, ['2 bad-family']],
    ['lvs_timeouts tcp', {}, ['2 missing-argument']],
    ['lvs_timeouts tcp 1 bogus 2', {}, ['2 bad-choice']],
    ['lvs_sync_daemon eth0 id 256', {}, ['2 invalid-number']],
    ['lvs_sync_daemon eth0 inst A bogus 1', {}, ['2 unknown-option']],
    ['vrrp_iptables A\nvrrp_iptables B', {}, ['3 duplicate']],
    ['notification_email {\n}', { notificationEmail: [] }, ['3 empty-block']],
  ])('global_defs %s is refused', (line, want, codes) => {
    const agent = global(line)
    expect(agent.global).toMatchObject(want)
    expect(codesOf(agent)).toEqual(codes)
  })
})

test.each([
  ['on', true],
  ['yes', true],
  ['true', true],
  ['off', false],
  ['no', false],
  ['false', false],
  ['On', undefined],
  ['', undefined],
])('the boolean %s is %s', (word, want) => {
  expect(parseBool(word)).toBe(want)
})
