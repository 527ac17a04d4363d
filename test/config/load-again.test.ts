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
  const drafts = loaded.parsed.check.virtualServers
  return { config: loaded.config, drafts, read: drafts.length, memory: next }
}

const service = (n: number, more = '', weight = 1): string =>
  `virtual_server 192.0.2.${n} 80 {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n  real_server 198.51.100.1 80 {\n    weight ${weight}\n  }\n${more}}\n`

/** With so many servers. */
const grown = (n: number, weights: readonly number[], more = ''): string => {
  const servers = weights.map((weight, i) => `  real_server 198.51.100.${i + 1} 80 {\n    weight ${weight}\n  }\n`)
  return `virtual_server 192.0.2.${n} 80 {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n${servers.join('')}${more}}\n`
}

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

  test('of a service that has changed the first server and the changed one are read', () => {
    const before = again({ [MAIN]: GLOBALS + service(1) + grown(2, [1, 1, 1, 1]) }, undefined)
    const text = GLOBALS + service(1) + grown(2, [1, 1, 7, 1])
    const after = again({ [MAIN]: text }, before.memory)
    expect(after.config).toEqual(whole({ [MAIN]: text }))
    expect(after.drafts.map(({ real_server }) => real_server.map(({ address }) => address))).toEqual([
      ['198.51.100.1'],
      ['198.51.100.1', '198.51.100.3'],
    ])
    const [old, now] = [before, after].map(({ config }) => config.check?.virtualServers[1])
    expect(now?.realServers.map((server, i) => server === old?.realServers[i])).toEqual([true, true, false, true])
    expect([old?.realServers[2]?.weight, now?.realServers[2]?.weight]).toEqual([1, 7])
  })

  test('a server that is new at the front leaves the others what they are', () => {
    const before = again({ [MAIN]: grown(2, [1, 2, 3]) }, undefined)
    const text = grown(2, [1, 2, 3]).replace('  real_server', '  real_server 198.51.100.77 80 {\n  }\n  real_server')
    const after = again({ [MAIN]: text }, before.memory)
    expect(after.config).toEqual(whole({ [MAIN]: text }))
    const [old, now] = [before, after].map(({ config }) => config.check?.virtualServers[0]?.realServers)
    expect(now?.slice(1).map((server, i) => server === old?.[i])).toEqual([true, true, true])
  })

  test.each([
    ['a quorum that the servers cannot meet any longer', '  quorum 3\n', [3, 1], [1, 1]],
    ['servers without weight', '', [1, 1], [0, 0]],
  ])('all of a service is read for the sake of %s', (_, more, weights, later) => {
    const files = (list: readonly number[]): Files => ({ [MAIN]: service(1) + grown(2, list, more) })
    const before = again(files(weights), undefined)
    expect(again(files(later), before.memory).config).toEqual(whole(files(later)))
  })

  test.each([' ', '\t', ' \t '])('all servers decide the family of a firewall mark, whatever stands in front of it: %j', (gap) => {
    const server = (address: string, method: string): string => `  real_server ${address} 80 {\n    lvs_method ${method}\n  }\n`
    const files = (last: string): Files => {
      const servers = server('198.51.100.1', 'TUN') + server('198.51.100.2', 'NAT') + server(last, 'NAT')
      return { [MAIN]: `${service(1)}virtual_server ${gap}fwmark 3 {\n  lvs_sched rr\n${servers}}\n` }
    }
    const before = again(files('198.51.100.3'), undefined)
    const after = again(files('2001:db8::3'), before.memory)
    expect(after.config).toEqual(whole(files('2001:db8::3')))
    expect(after.config.diagnostics.map(({ code }) => code)).toContain('server-family')
  })

  test('a server that has become the twin of one that is known is reported', () => {
    const before = again({ [MAIN]: service(1) + grown(2, [1, 1, 1]) }, undefined)
    const text = (service(1) + grown(2, [1, 1, 1])).replace('198.51.100.3', '198.51.100.2')
    const after = again({ [MAIN]: text }, before.memory)
    expect(after.config).toEqual(whole({ [MAIN]: text }))
    expect(after.config.diagnostics.map(({ code }) => code)).toEqual(['real-server-twin'])
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

function dice(seed: number) {
  const random = prng(seed)
  const below = (n: number): number => Math.floor(random.next() * n)
  return { random, below, pick: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item }
}

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

/** Real servers, and what may stand where one does. */
const SERVERS = [
  ...[1, 2, 3].flatMap((weight) => Array.from({ length: 30 }, (_, i) => `  real_server 198.51.100.${i} 80 {\n    weight ${weight}\n  }\n`)),
  '  real_server 198.51.100.1 80 {\n    TCP_CHECK {\n      connect_timeout 2\n    }\n  }\n\n',
  '\n  real_server 198.51.100.7 {\n    weight 2\n  }\n',
] as const
const ODD_SERVERS = [
  '  real_server 198.51.100.1 81 {\n    lvs_method DR\n  }\n',
  '  real_server 198.51.100.2 80 {\n    lvs_method DR\n  }\n',
  '  real_server 2001:db8::1 80 {\n    lvs_method TUN\n  }\n',
  '  real_server 2001:db8::2 80 {\n  }\n',
  '  real_server 198.51.100.8 80 { weight 3 }\n',
  '  real_server 198.51.100.9 80\n  {\n    weight 3\n  }\n',
  '  real_server 198.51.100.9 80 {\n  } delay_loop 4\n',
  '  real_server 198.51.100.9 80 {\n    unknown_word\n  }\n',
  '  real_server 198.51.100.9 80 {\n    notify_up "/usr/bin/true"\n  }\n',
  '  real_server 198.51.100.9 80 {\n    MISC_CHECK {\n      misc_path "/usr/bin/true"\n    }\n  }\n',
  '  real_server 198.51.100.9 80 {\n    weight $A\n  }\n',
  '  real_server 198.51.100.5 80 {\n    weight 0\n  }\n',
  '  real_server nonsense 80 {\n  }\n',
  '  delay_loop 7\n',
  '  quorum 4\n',
  '  weight 3\n',
  '  # real_server 198.51.100.3 80 {\n',
  '  }\n',
  '  real_server 198.51.100.9 80 {\n',
] as const
const HEADS = [
  '192.0.2.1 80',
  '192.0.2.2 80',
  '192.0.2.3 8080',
  '192.0.2.4 0',
  '2001:db8::99 80',
  'fwmark 3',
  'group G',
  '\tgroup G',
  '\tfwmark 4',
] as const
const FRAMES = [
  '  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n',
  '  lvs_sched wlc\n  lvs_method DR\n  protocol TCP\n',
  '  lb_algo rr\n  protocol TCP\n',
] as const

/** A service with several servers. */
interface Block {
  head: string
  frame: string
  readonly servers: string[]
  tail: string
}

const blockText = ({ head, frame, servers, tail }: Block): string => `virtual_server ${head} {\n${frame}${servers.join('')}${tail}}\n`

describe('a service of several servers that is read again after random changes of them is what it is the first time', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', (seed) => {
    const { random, below, pick } = dice(seed)
    const odd = seed % 2 === 0 ? 0.02 : 0.2
    const isOdd = (): boolean => random.next() < odd
    const server = (): string => pick(isOdd() ? ODD_SERVERS : SERVERS)
    const block = (): Block => ({
      head: isOdd() ? pick(HEADS) : (HEADS[below(4)] ?? ''),
      frame: isOdd() ? pick(FRAMES) + pick(WITHIN) : FRAMES[0],
      servers: Array.from({ length: 1 + below(5) }, server),
      tail: isOdd() ? pick(WITHIN) : '',
    })
    const blocks = Array.from({ length: 5 }, block)
    let memory: Memory | undefined
    let spared = 0
    for (let round = 0; round < 30; round++) {
      const files = { [MAIN]: `${GLOBALS}virtual_server_group G {\n  192.0.2.200 80\n}\n${blocks.map(blockText).join('')}` }
      const { config, drafts, memory: next } = again(files, memory)
      const { notActedOn, ...expected } = whole(files)
      expect(config).toMatchObject(expected)
      const servers = config.check?.virtualServers.flatMap(({ realServers }) => realServers).length ?? 0
      spared += servers - drafts.flatMap(({ real_server }) => real_server).length
      memory = next
      const one = pick(blocks)
      const change = random.next()
      const at = below(one.servers.length + 1)
      if (change < 0.4) one.servers.splice(at, 1, server())
      else if (change < 0.55) one.servers.splice(at, 0, server())
      else if (change < 0.7) one.servers.splice(at, 1)
      else if (change < 0.8) one.servers.push(...one.servers.splice(0, 1))
      else if (change < 0.85) one.frame = pick(FRAMES)
      else if (change < 0.9) one.tail = isOdd() ? pick(WITHIN) : ''
      else blocks.splice(below(blocks.length), 1, block())
    }
    if (seed === 0) expect(spared).toBeGreaterThan(50)
  })
})

describe('read again after random changes it is what it is when it is read for the first time', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', (seed) => {
    const { random, below, pick } = dice(seed)
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
