import { describe, expect, test } from 'vitest'
import { prng } from '../../src/base/prng.ts'
import type { AgentConfig } from '../../src/config/agent-config.ts'
import { loadWhole } from '../../src/config/load.ts'
import { loadAgain, type Memory } from '../../src/config/load-again.ts'
import { instanceText, MAIN, readerOf } from '../support/config-files.ts'

const OPTIONS = { configId: undefined, allChecks: false, test: true }

type Files = Readonly<Record<string, string>>

const whole = (files: Files): AgentConfig => loadWhole(MAIN, readerOf(files), OPTIONS).config

function again(files: Files, memory: Memory | undefined) {
  const { loaded, memory: next } = loadAgain(MAIN, readerOf(files), OPTIONS, memory)
  return { config: loaded.config, read: loaded.parsed.check.virtualServers.length, memory: next }
}

const service = (n: number, more = '', weight = 1): string =>
  `virtual_server 192.0.2.${n} 80 {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n  real_server 198.51.100.1 80 {\n    weight ${weight}\n  }\n${more}}\n`

const GLOBALS = 'global_defs {\n  router_id LVS\n}\n'

describe('a configuration that is read again', () => {
  test('of three services that are known the first and the changed one are read', () => {
    const before = again({ [MAIN]: GLOBALS + service(1) + service(2) + service(3) }, undefined)
    const text = GLOBALS + service(1) + service(2, '', 5) + service(3)
    const after = again({ [MAIN]: text }, before.memory)
    expect([before.read, after.read]).toEqual([3, 2])
    expect(after.config).toEqual(whole({ [MAIN]: text }))
  })

  test('what has not changed is the very same object', () => {
    const before = again({ [MAIN]: service(1) + service(2) }, undefined)
    const after = again({ [MAIN]: service(3) + service(1) + service(2) }, before.memory)
    expect(after.config.check?.virtualServers.slice(1)).toEqual(before.config.check?.virtualServers)
    for (const i of [0, 1]) expect(after.config.check?.virtualServers[i + 1]).toBe(before.config.check?.virtualServers[i])
  })

  test('a finding stands in the line in which it stands', () => {
    const before = again({ [MAIN]: service(1) + service(2) + service(3) }, undefined)
    const text = `${service(1) + service(2)}${service(4, '  lvs_schd rr\n')}${service(3)}`
    expect(again({ [MAIN]: text }, before.memory).config.diagnostics).toEqual(whole({ [MAIN]: text }).diagnostics)
  })

  test.each([
    ['global_defs', `global_defs {\n  smtp_alert\n  smtp_server 192.0.2.99\n  notification_email {\n    a@example.org\n  }\n}\n`],
    ['a definition', '$X = 1\n'],
    ['a comment in front of the definition of a group', '# new\nvirtual_server_group G {\n  192.0.2.77 80\n}\n'],
  ])('everything is read when all else has changed: %s', (_, rest) => {
    const before = again({ [MAIN]: GLOBALS + service(1) + service(2) }, undefined)
    const text = GLOBALS + rest + service(1) + service(2)
    const after = again({ [MAIN]: text }, before.memory)
    expect([after.read, after.config]).toEqual([2, whole({ [MAIN]: text })])
  })

  test.each([
    ['a script', '  quorum_up "/usr/bin/true"\n'],
    ['a finding', '  lvs_schd rr\n'],
    ['a definition', '  delay_loop $DELAY\n'],
    ['a condition', '  @main alpha\n'],
    ['a sequence', '  ~SEQ(N, 1, 2) delay_loop 1\n'],
    ['an include', '  include more.conf\n'],
  ])('a service with %s is read each time', (_, more) => {
    const files = (weight: number): Files => ({ [MAIN]: `$DELAY = 3\n${service(1)}${service(2, more)}${service(3, '', weight)}` })
    const before = again(files(1), undefined)
    const after = again(files(1), before.memory)
    expect([after.read, after.config]).toEqual([2, whole(files(1))])
    expect(again(files(2), after.memory).config).toEqual(whole(files(2)))
  })

  test('config_save_dir wants all lines', () => {
    const text = `global_defs {\n  config_save_dir /tmp\n}\n${service(1)}`
    expect(again({ [MAIN]: text }, undefined).memory).toBeUndefined()
  })

  test('a line limit counts what is known too', () => {
    const limited = (text: string, memory?: Memory) =>
      loadAgain(MAIN, readerOf({ [MAIN]: text }), { ...OPTIONS, limits: { ...limits, lines: 45 } }, memory)
    const limits = { includeDepth: 1, files: 9, bytes: 99_999, madeLines: 9, sequenceRounds: 9 }
    const four = [1, 2, 3, 4].map((n) => service(n)).join('')
    const before = limited(four)
    expect(before.loaded.config.diagnostics).toEqual([])
    expect(limited(`${four}${service(5)}${service(6)}`, before.memory).loaded.config.diagnostics.map(({ code }) => code)).toContain('limit')
  })
})

/** Texts between the services, some of which open what they do not close. */
const BETWEEN = [
  '',
  '\n',
  '\n\n',
  '# a comment\n',
  '$A = 1\n',
  '$B = rr \\\n',
  '$C = x \\\n\n',
  'include /etc/keepalived/more.conf\n',
  'virtual_server_group G {\n',
  '}\n',
  'virtual_server_group G {\n  192.0.2.200 80\n}\n',
  'virtual_server group G {\n  protocol TCP\n  real_server 198.51.100.9 80 {\n  }\n}\n',
  ' virtual_server 192.0.2.99 80 {\n  real_server 198.51.100.9 80 {\n  }\n}\n',
  '@main \\\n',
  'global_defs {\n  smtp_alert\n}\n',
  'SSL {\n}\n',
  'track_file F {\n  file /tmp/F\n}\n',
  instanceText(),
] as const

/** Lines within a service. */
const WITHIN = [
  '',
  '  delay_loop 3\n',
  '  # it is } done\n',
  '  ! "quoted\n',
  '  virtualhost "a { b"\n',
  '  virtualhost "a # b"\n',
  '  virtualhost "open\n',
  '  }\n',
  '  {\n',
  '  \\\n',
  '  quorum_up "/usr/bin/true"\n',
  '  unknown_word\n',
  '  delay_loop $A\n',
  '  @main alpha\n',
  '  include /etc/keepalived/more.conf\n',
  '  real_server 198.51.100.2 80 {\n    TCP_CHECK {\n      connect_timeout 2\n    }\n  }\n',
  '  real_server 198.51.100.3 80 {\n    FILE_CHECK {\n      track_file F\n    }\n  }\n',
  '  real_server 198.51.100.3 80 {\n    HTTP_GET {\n      url {\n        path /\n      }\n    }\n  }\n',
  '  real_server 198.51.100.1 80 {\n  }\n',
  '} # end\n',
] as const

describe('read again after random changes it is what it is when it is read for the first time', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', (seed) => {
    const random = prng(seed)
    const below = (n: number): number => Math.floor(random.next() * n)
    const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
    // Half of the runs are of sane files, so that there is something to be known.
    const odd = seed % 2 === 0 ? 0.05 : 0.3
    const block = (): string => service(below(20), random.next() < odd ? pick(WITHIN) : '', below(3) + 1)
    const part = (): string => (random.next() < odd ? pick(BETWEEN) : '') + block()
    const parts = Array.from({ length: 8 }, part)
    const more = Array.from({ length: 3 }, part)
    let memory: Memory | undefined
    let spared = 0
    for (let round = 0; round < 20; round++) {
      const files = { [MAIN]: GLOBALS + parts.join(''), '/etc/keepalived/more.conf': more.join('') }
      const { config, read, memory: next } = again(files, memory)
      const { notActedOn, ...expected } = whole(files)
      expect(config).toMatchObject(expected)
      spared += (config.check?.virtualServers.length ?? 0) - read
      memory = next
      const list = random.next() < 0.8 ? parts : more
      const change = random.next()
      if (change < 0.4) list[below(list.length)] = part()
      else if (change < 0.6) list.splice(below(list.length), 0, part())
      else if (change < 0.8) list.splice(below(list.length), 1)
      else if (list.length > 1) list.push(...list.splice(0, 1))
    }
    if (seed === 0) expect(spared).toBeGreaterThan(0)
  })
})
