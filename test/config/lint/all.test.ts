import { describe, expect, test } from 'vitest'
import { LINTS, lint } from '../../../src/config/lint/all.ts'
import { loadWhole } from '../../../src/config/load.ts'
import type { Reader } from '../../../src/config/reader.ts'
import { MAIN, readerOf } from '../../support/config-files.ts'

const safe: Partial<Reader> = { script: (path) => ({ kind: 'found', path, secure: true }) }
const unsafe: Partial<Reader> = { script: (path) => ({ kind: 'found', path, secure: false }) }
const missing: Partial<Reader> = { script: () => ({ kind: 'missing' }) }

function lints(text: string, host: Partial<Reader> = safe): readonly string[] {
  const reader = readerOf({ [MAIN]: text }, host)
  const loaded = loadWhole(MAIN, reader, { configId: undefined, allChecks: false, test: true })
  return lint({ ...loaded, reader }).map(({ code, at }) => `${at.line} ${code}`)
}

const instance = (...lines: readonly string[]): string =>
  ['vrrp_instance VI_1 {', 'interface eth0', 'virtual_router_id 51', 'virtual_ipaddress {', '192.0.2.100/24', '}', ...lines, '}', ''].join(
    '\n',
  )
const script = (...lines: readonly string[]): string => ['vrrp_script check {', 'script /usr/bin/check', ...lines, '}', ''].join('\n')
const service = (...lines: readonly string[]): string =>
  ['virtual_server 192.0.2.1 80 {', 'lb_algo rr', 'lb_kind NAT', 'protocol TCP', ...lines, '}', ''].join('\n')

describe('each trap is found where it is, and nowhere else', () => {
  test.each([
    {
      name: 'nopreempt-master: nopreempt with state MASTER',
      text: instance('state MASTER', 'nopreempt'),
      found: ['8 lint-nopreempt-master'],
    },
    { name: 'nopreempt-master: nopreempt with state BACKUP is well', text: instance('state BACKUP', 'nopreempt'), found: [] },
    { name: 'nopreempt-master: state MASTER alone is well', text: instance('state MASTER'), found: [] },
    { name: 'strict-unreachable: strict_mode without accept', text: instance('strict_mode'), found: ['4 lint-strict-unreachable'] },
    {
      name: 'strict-unreachable: vrrp_strict for all',
      text: `global_defs {\nvrrp_strict\n}\n${instance()}`,
      found: ['7 lint-strict-unreachable'],
    },
    { name: 'strict-unreachable: accept is well', text: instance('strict_mode', 'accept'), found: [] },
    { name: 'strict-unreachable: an owner is well', text: instance('strict_mode', 'priority 255', 'state MASTER'), found: [] },
    { name: 'unicast-source: unicast_peer alone', text: instance('unicast_peer {', '192.0.2.2', '}'), found: ['7 lint-unicast-source'] },
    {
      name: 'unicast-source: with unicast_src_ip it is well',
      text: instance('unicast_src_ip 192.0.2.1', 'unicast_peer {', '192.0.2.2', '}'),
      found: [],
    },
    {
      name: 'vrid-twice: two on one link',
      text: instance() + instance().replace('VI_1', 'VI_2'),
      found: ['10 lint-vrid-twice'],
    },
    {
      name: 'vrid-twice: two on two links are well',
      text: instance() + instance().replace('VI_1', 'VI_2').replace('eth0', 'eth1'),
      found: [],
    },
    {
      name: 'vrid-twice: of two families they are well',
      text: instance() + instance().replace('VI_1', 'VI_2').replace('192.0.2.100/24', '2001:db8::1/64'),
      found: [],
    },
    {
      name: 'vrid-twice: unicast with a peer in common',
      text:
        instance('unicast_src_ip 192.0.2.1', 'unicast_peer {', '192.0.2.2', '}') +
        instance('unicast_src_ip 192.0.2.1', 'unicast_peer {', '192.0.2.2', '}').replace('VI_1', 'VI_2'),
      found: ['14 lint-vrid-twice'],
    },
    {
      name: 'vrid-twice: unicast with other peers is well',
      text:
        instance('unicast_src_ip 192.0.2.1', 'unicast_peer {', '192.0.2.2', '}') +
        instance('unicast_src_ip 192.0.2.1', 'unicast_peer {', '192.0.2.3', '}').replace('VI_1', 'VI_2'),
      found: [],
    },
    {
      name: 'vrid-twice: unicast beside multicast is well',
      text: instance('unicast_src_ip 192.0.2.1', 'unicast_peer {', '192.0.2.2', '}') + instance().replace('VI_1', 'VI_2'),
      found: [],
    },
    {
      name: 'weight-without-effect: a positive weight at priority 254',
      text: script('fall 2') + instance('priority 254', 'track_script {', 'check weight 10', '}'),
      found: ['12 lint-weight-without-effect'],
    },
    {
      name: 'weight-without-effect: a negative weight at priority 1',
      text: instance('priority 1', 'track_interface {', 'eth1 weight -10', '}'),
      found: ['8 lint-weight-without-effect'],
    },
    {
      name: 'weight-without-effect: with room it is well',
      text: script('fall 2') + instance('priority 100', 'track_script {', 'check weight 10', '}'),
      found: [],
    },
    { name: 'script-refused: a path that others may change', text: script('fall 2'), host: unsafe, found: ['1 lint-script-refused'] },
    {
      name: 'script-refused: a script that is missing',
      text: instance('notify /usr/bin/tell'),
      host: missing,
      found: ['7 lint-script-refused'],
    },
    {
      name: 'script-refused: one script of many keywords is told once',
      text: instance('notify /x', 'notify_master /x'),
      host: missing,
      found: ['7 lint-script-refused'],
    },
    { name: 'script-refused: a safe one is well', text: instance('notify /usr/bin/tell'), found: [] },
    {
      name: 'script-flaps: no fall',
      text: script() + instance('track_script {', 'check', '}'),
      found: ['1 lint-script-flaps'],
    },
    {
      name: 'script-flaps: fall 1',
      text: script('fall 1') + instance('track_script {', 'check', '}'),
      found: ['3 lint-script-flaps'],
    },
    { name: 'script-flaps: fall 2 is well', text: script('fall 2') + instance('track_script {', 'check', '}'), found: [] },
    { name: 'script-flaps: a script that nobody tracks is well', text: script() + instance(), found: [] },
    { name: 'unchecked-server: no checker', text: service('real_server 192.0.2.9 80 {', '}'), found: ['5 lint-unchecked-server'] },
    { name: 'unchecked-server: TCP_CHECK is well', text: service('real_server 192.0.2.9 80 {', 'TCP_CHECK {', '}', '}'), found: [] },
    {
      name: 'check-outlasts-loop: connect_timeout 10 with delay_loop 5',
      text: service('delay_loop 5', 'real_server 192.0.2.9 80 {', 'TCP_CHECK {', 'connect_timeout 10', '}', '}'),
      found: ['6 lint-check-outlasts-loop'],
    },
    {
      name: 'check-outlasts-loop: connect_timeout 3 is well',
      text: service('delay_loop 5', 'real_server 192.0.2.9 80 {', 'TCP_CHECK {', 'connect_timeout 3', '}', '}'),
      found: [],
    },
    { name: 'mail-to-nobody: smtp_alert alone', text: instance('smtp_alert'), found: ['7 lint-mail-to-nobody'] },
    {
      name: 'mail-to-nobody: with notification_email and smtp_server it is well',
      text: `global_defs {\nnotification_email {\na@example.org\n}\nsmtp_server 192.0.2.25\n}\n${instance('smtp_alert')}`,
      found: [],
    },
    { name: 'mail-to-nobody: smtp_alert off is well', text: instance('smtp_alert off'), found: [] },
  ])('$name', ({ text, host, found }) => {
    expect(lints(text, host)).toEqual(found)
  })

  test('the codes differ, and each has a summary', () => {
    expect(new Set(LINTS.map(({ code }) => code)).size).toBe(LINTS.length)
    expect(LINTS.filter(({ summary }) => summary === '')).toEqual([])
  })

  test('a file with nothing in it has no trap', () => {
    expect(lints('')).toEqual([])
  })
})
