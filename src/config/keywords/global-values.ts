import { familyOf, type IpAddress, isMulticast, parseIp } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import { parseCNumber, parseWhole } from '../numbers.ts'
import { type Leaf, leaf, type Row, text, whole } from '../schema.ts'
import type { Statement } from '../tree.ts'
import type { FifoDraft, GlobalDraft, SyncDaemonDraft } from './global-defs.ts'

const UINT = 4_294_967_295

/** A process name; the kernel keeps 15 bytes. */
export const limitedName = (summary: string, row: Row): Leaf<GlobalDraft, string> =>
  leaf('<str max15>', summary, row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (word.length > 15) context.report('general', 'name-too-long', `'${word}' is cut to 15 characters`, 'at most 15 characters', 1)
    put(draft, row.slot ?? statement.keyword, word.slice(0, 15))
  })

/** Real-time priority, pressed into 1..99. */
export const limitedPriority = (role: string, row: Row): Leaf<GlobalDraft, number> =>
  leaf('<int 1..99>', `real-time priority of the ${role} process`, row, (draft, statement, context) => {
    const word = statement.words[1]
    if (word === undefined) return noArgument(statement, context, 'a priority from 1 to 99')
    const parsed = parseWhole(word, { min: -2_147_483_648, max: 2_147_483_647 })
    if (parsed.kind === 'fault')
      return context.report('invalid-number', 'invalid-number', `'${word}' is no priority`, 'a number from 1 to 99', 1)
    const value = Math.min(99, Math.max(1, parsed.value))
    if (value !== parsed.value) context.report('general', 'limited', `${parsed.value} becomes ${value}`, 'a number from 1 to 99', 1)
    put(draft, statement.keyword, value)
  })

/** A list of processors; one bad number undoes the list. */
export const affinity = (role: string, row: Row): Leaf<GlobalDraft, readonly number[]> =>
  leaf('<processor> ...', `processors of the ${role} process`, row, (draft, statement, context) => {
    if (statement.words.length < 2) return noArgument(statement, context, 'numbers of processors')
    const list: number[] = []
    for (const [i, word] of statement.words.entries()) {
      if (i === 0) continue
      const value = context.whole(word, i, { min: 0, max: Math.max(0, context.reader.processors - 1) })
      if (value === undefined) return put(draft, statement.keyword, undefined)
      list.push(value)
    }
    put(draft, statement.keyword, list)
  })

export const nice = (role: string, row: Row): Leaf<GlobalDraft, number> =>
  whole(`nice value of the ${role} process`, { ...row, missing: 'report', min: -20, max: 19, default: '0' })

export const rlimit = (role: string, row: Row): Leaf<GlobalDraft, number> =>
  whole(`microseconds the ${role} process may compute in one go`, { ...row, min: 1, max: UINT, default: '10000' })

/** As it was spelt before 2.1.0. */
export const oldRlimit = (role: string, build: Row['build']): Leaf<GlobalDraft, number> =>
  rlimit(role, { slot: `${role}_rlimit_rttime`, deprecated: `${role}_rlimit_rttime`, build, since: '2.0.0', acted: true })

export const bufferBytes = (what: string, row: Row): Leaf<GlobalDraft, number> =>
  whole(`bytes of the netlink buffer for ${what}`, { ...row, missing: 'report', min: 0, max: UINT, default: 'of the kernel' })

/** Path, user, group of a pipe; the first one given stays. */
export const fifo = (summary: string, row: Row): Leaf<GlobalDraft, FifoDraft> =>
  leaf('<path> [<user> [[:]<group>]]', summary, row, (draft, statement, context) => {
    const [, path, user, group] = statement.words
    if (path === undefined) return noArgument(statement, context, 'a path')
    if (get(draft, statement.keyword) !== undefined) return givenBefore(statement, context)
    put(draft, statement.keyword, { path, user, group })
  })

/** A multicast address of one family. */
export const group = (family: 4 | 6, summary: string, row: Row): Leaf<GlobalDraft, IpAddress> =>
  leaf(`<multicast IPv${family}>`, summary, row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    const address = parseIp(word)
    if (address === undefined) return context.report('general', 'bad-address', `'${word}' is no address`, 'a multicast address', 1)
    if (familyOf(address) !== family)
      return context.report('general', 'bad-family', `${address} is not IPv${family}`, `an IPv${family} address`, 1)
    if (!isMulticast(address)) return context.report('general', 'not-multicast', `${address} is not multicast`, 'a multicast address', 1)
    if (family === 6 && !/^ff[0-9a-f]2/.test(address)) {
      context.report('general', 'group-scope', `${address} leaves the link`, 'a link-local group, ff02::/16', 1)
    }
    put(draft, statement.keyword, address)
  })

export const lvsTimeouts = (row: Row): Leaf<GlobalDraft, { readonly tcp: number; readonly tcpfin: number; readonly udp: number }> =>
  leaf('[tcp <s>] [tcpfin <s>] [udp <s>]', 'how long ip_vs keeps connections, seconds up to 2678400', row, (draft, statement, context) => {
    const { words } = statement
    if (words.length < 3) return noArgument(statement, context, 'tcp, tcpfin or udp with seconds')
    const result = { tcp: 0, tcpfin: 0, udp: 0, ...draft.lvs_timeouts }
    for (let i = 1; i < words.length; i += 2) {
      const name = words[i]
      const word = words[i + 1]
      if (name !== 'tcp' && name !== 'tcpfin' && name !== 'udp')
        return context.report('general', 'bad-choice', `'${name}' is no timeout`, 'tcp, tcpfin or udp', i)
      if (word === undefined) return context.report('general', 'missing-argument', `${name} has no value`, 'seconds', i)
      const value = context.whole(word, i + 1, { min: 0, max: 2_678_400 })
      if (value !== undefined) result[name] = value
    }
    draft.lvs_timeouts = result
  })

export const lvsSyncDaemon = (row: Row): Leaf<GlobalDraft, SyncDaemonDraft> =>
  leaf(
    '<ifname> [[inst] <instance>] [id <0..255>] [maxlen <1..65507>] [port <1..65535>] [ttl <1..255>] [group <ip>]',
    'copy connections to the other director',
    row,
    (draft, statement, context) => {
      const { words } = statement
      const name = words[1]
      if (name === undefined) return noArgument(statement, context, 'an interface')
      if (draft.lvs_sync_daemon !== undefined) return givenBefore(statement, context)
      const daemon = readSyncDaemon(name, words, context)
      if (daemon !== undefined) draft.lvs_sync_daemon = daemon
    },
  )

const SYNC_RANGES = { id: [0, 255], maxlen: [1, 65_507], port: [1, 65_535], ttl: [1, 255] } as const

function readSyncDaemon(name: string, words: readonly string[], context: Context): SyncDaemonDraft | undefined {
  let daemon: SyncDaemonDraft = { interface: name }
  let i = 2
  const first = words[2]
  if (first !== undefined && first !== 'inst' && first !== 'group' && !(first in SYNC_RANGES)) {
    daemon = { ...daemon, instance: first }
    i = 3
  }
  for (; i < words.length; i += 2) {
    const option = words[i] ?? ''
    const word = words[i + 1]
    const range = SYNC_RANGES[option as keyof typeof SYNC_RANGES]
    if (range === undefined && option !== 'inst' && option !== 'group') {
      context.report('general', 'unknown-option', `lvs_sync_daemon does not know '${option}'`, 'inst, id, maxlen, port, ttl or group', i)
      return daemon
    }
    if (word === undefined) {
      context.report('general', 'missing-argument', `${option} has no value`, 'a value', i)
      return daemon
    }
    if (option === 'inst') daemon = { ...daemon, instance: word }
    else if (option === 'group') {
      const address = parseIp(word)
      if (address === undefined || !isMulticast(address))
        context.report('general', 'not-multicast', `'${word}' is no multicast address`, 'a multicast address', i + 1)
      else daemon = { ...daemon, group: address }
    } else if (range !== undefined) {
      const value = context.whole(word, i + 1, { min: range[0], max: range[1] })
      if (value !== undefined) daemon = { ...daemon, [option]: value }
    }
  }
  return daemon
}

/** A name of its own length limit that may be given once; alone it takes `bare`. */
export const tableName = (summary: string, bare: string, row: Row): Leaf<GlobalDraft, string> =>
  leaf('[<table max254>]', summary, { ...row, default: bare }, (draft, statement, context) => {
    const word = statement.words[1] ?? bare
    if (get(draft, statement.keyword) !== undefined) return givenBefore(statement, context)
    if (word.length === 0 || word.length > 254)
      return context.report('general', 'bad-name', 'a table name has 1 to 254 characters', 'a shorter name', 1)
    put(draft, statement.keyword, word)
  })

/** Names in a fixed order; alone they take `bare`. */
export const names = (
  bare: readonly string[],
  max: number,
  grammar: string,
  summary: string,
  row: Row,
): Leaf<GlobalDraft, readonly string[]> =>
  leaf(grammar, summary, row, (draft, statement, context) => {
    const list = statement.words.slice(1)
    if (statement.keyword === 'vrrp_iptables' && get(draft, statement.keyword) !== undefined) return givenBefore(statement, context)
    const long = list.findIndex((name) => name.length > max)
    if (long >= 0) return context.report('general', 'name-too-long', `'${list[long]}' is too long`, `at most ${max} characters`, long + 1)
    if (new Set(list).size !== list.length) return context.report('general', 'same-names', 'the names must differ', 'different names', 1)
    put(draft, statement.keyword, list.length === 0 ? bare : list)
  })

export const extraInterfaces = (summary: string, row: Row): Leaf<GlobalDraft, { readonly all: boolean; readonly interval: number }> =>
  leaf('[all] <uint 1..86400>', summary, { ...row, build: 'VMAC', default: '0' }, (draft, statement, context) => {
    if (row.deprecated !== undefined) context.report('deprecated', 'deprecated', `${statement.keyword} is the old word`, row.deprecated, 0)
    const value = readExtraInterfaces(statement, context, 1)
    if (value !== undefined) draft.vrrp_garp_extra_if = value
  })

export function readExtraInterfaces(
  statement: Statement,
  context: Context,
  min: number,
): { readonly all: boolean; readonly interval: number } | undefined {
  const all = statement.words[1] === 'all'
  const index = all ? 2 : 1
  const word = statement.words[index]
  if (word === undefined) {
    context.report('general', 'missing-argument', `${statement.keyword} has no time`, `seconds from ${min} to 86400`, 0)
    return undefined
  }
  const interval = context.whole(word, index, { min, max: 86_400 })
  return interval === undefined ? undefined : { all, interval }
}

/** Prefix of interface names we make: short enough to leave room for a number. */
export const prefix = (fallback: string, row: Row): Leaf<GlobalDraft, string> =>
  leaf('<str>', 'how names of our links begin', { ...row, build: 'VMAC', default: fallback }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (get(draft, statement.keyword) !== undefined) return givenBefore(statement, context)
    if (word.length > 11) return context.report('general', 'name-too-long', `'${word}' is too long`, 'at most 11 characters', 1)
    put(draft, statement.keyword, word)
  })

/** A word that may be left out. */
export const optionalText = (summary: string, bare: string, row: Row): Leaf<GlobalDraft, string> =>
  leaf('[<path>]', summary, row, (draft, statement) => put(draft, statement.keyword, statement.words[1] ?? bare))

export const scriptUser = (
  row: Row,
): Leaf<GlobalDraft, { readonly user: string; readonly group: string | undefined; readonly known: boolean }> =>
  leaf('<user> [[:]<group>]', 'who runs scripts', { ...row, default: 'keepalived_script' }, (draft, statement, context) => {
    const [, user, group] = statement.words
    if (user === undefined) return noArgument(statement, context, 'a user')
    const groupName = group?.replace(/^:/, '')
    const known = context.reader.userExists(user) && (groupName === undefined || groupName === '' || context.reader.groupExists(groupName))
    if (!known) {
      context.parsed.scriptUser.unknown = true
      context.parsed.scriptUser.reported = true
    }
    if (!known) context.report('general', 'unknown-user', `user or group of '${user}' is unknown`, 'a user of this host', 1)
    else draft.script_user = { user, group, known }
  })

const SYMBOLS: Readonly<Record<string, number>> = {
  IRUSR: 0o400,
  IWUSR: 0o200,
  IXUSR: 0o100,
  IRWXU: 0o700,
  IRGRP: 0o040,
  IWGRP: 0o020,
  IXGRP: 0o010,
  IRWXG: 0o070,
  IROTH: 0o004,
  IWOTH: 0o002,
  IXOTH: 0o001,
  IRWXO: 0o007,
}

export const umask = (row: Row): Leaf<GlobalDraft, number> =>
  leaf('<0..0777> | <IRUSR ...>', 'rights that new files do not get', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    const rest = statement.words.slice(1).join('')
    const number = parseCNumber(word, { min: 0, max: 0o777 })
    if (number.kind === 'number') return put(draft, 'umask', number.value)
    let mask = 0
    for (const part of rest.split('|')) {
      const bits = SYMBOLS[part]
      if (bits === undefined)
        return context.report('general', 'bad-umask', `'${part}' is no right`, 'an octal number, or IRUSR|IWUSR|...', 1)
      mask |= bits
    }
    put(draft, 'umask', mask)
  })

export const smtpServer = (row: Row): Leaf<GlobalDraft, { readonly host: string; readonly port: number }> =>
  leaf('<ip or name> [<port 1..65535>]', 'where mail is sent', row, (draft, statement, context) => {
    const host = context.word(statement, 1)
    if (host === undefined) return
    const portWord = statement.words[2]
    const port = portWord === undefined ? 25 : context.whole(portWord, 2, { min: 1, max: 65_535 })
    if (port === undefined) return
    const looksLikeAddress = /^[\d.]+$|[[\]:]/.test(host)
    if (parseIp(host) === undefined && (looksLikeAddress || context.reader.hostResolves(host) === false)) {
      return context.report('general', 'bad-smtp-server', `'${host}' is neither an address nor a name`, 'an address or a host name', 1)
    }
    draft.smtp_server = { host, port }
  })

export const dynamicInterfaces = (row: Row): Leaf<GlobalDraft, 'yes' | 'allow_if_changes'> =>
  leaf('[allow_if_changes]', 'interfaces may be absent now and come later', row, (draft, statement, context) => {
    const word = statement.words[1]
    if (word !== undefined && word !== 'allow_if_changes')
      context.report('general', 'bad-choice', `'${word}' is unknown`, 'allow_if_changes', 1)
    draft.dynamic_interfaces = word === 'allow_if_changes' ? 'allow_if_changes' : 'yes'
  })

export const flushOnStop = (summary: string, row: Row): Leaf<GlobalDraft, 'all' | 'vs'> =>
  leaf('[VS]', summary, row, (draft, statement, context) => {
    const word = statement.words[1]
    if (word !== undefined && word !== 'VS') return context.report('general', 'bad-choice', `'${word}' is unknown`, 'VS', 1)
    draft.lvs_flush_on_stop = word === undefined ? 'all' : 'vs'
  })

export const receiveBuffers = (row: Row): Leaf<GlobalDraft, 'MTU' | 'ADVERT' | number> =>
  leaf('MTU | ADVERT | <uint>', 'how large receive buffers are', row, (draft, statement, context) => {
    const word = statement.words[1]
    if (word === undefined) return noArgument(statement, context, 'MTU, ADVERT or bytes')
    const name = word.toUpperCase()
    const policy = name === 'MTU' || name === 'ADVERT' ? name : context.whole(word, 1, { min: 0, max: UINT })
    if (policy !== undefined) draft.vrrp_rx_bufs_policy = policy
  })

export const firstText = (summary: string, row: Row): Leaf<GlobalDraft, string> =>
  text(summary, { ...row, missing: 'report', twice: 'keep' })

function noArgument(statement: Statement, context: Context, expected: string): void {
  context.report('general', 'missing-argument', `${statement.keyword} has no argument`, expected, 0)
}

function givenBefore(statement: Statement, context: Context): void {
  context.report('general', 'duplicate', `${statement.keyword} was given before; this one is ignored`, 'only once', 0)
}

const get = (draft: GlobalDraft, key: string): unknown => (draft as Record<string, unknown>)[key]
function put(draft: GlobalDraft, key: string, value: unknown): void {
  const fields = draft as Record<string, unknown>
  fields[key] = value
}
