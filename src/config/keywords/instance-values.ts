import { familyOf, type IpAddress, isMulticast, parseIp } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import { type Leaf, leaf, type Row } from '../schema.ts'
import type { Statement } from '../tree.ts'
import { type Command, splitCommand } from '../words.ts'
import { parseLooseAddress } from './loose-address.ts'
import type { InstanceDraft } from './vrrp-instance.ts'

type Draft = InstanceDraft

export const interfaceName = (row: Row): Leaf<Draft, string> =>
  leaf('<ifname>', 'link that carries the adverts', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    // Nobody else is on it. Without an interface the instance ends the run, as one without the word does.
    if (word === 'lo')
      return context.report('general', 'interface-loopback', `(${draft.name}) lo is a loopback interface`, 'a link to other routers', 1)
    draft.interface = word
    draft.interface_missing = false
    if (context.reader.interfaceExists(word) || context.parsed.global.dynamic_interfaces !== undefined) return
    draft.interface_missing = true
    context.report(
      'bad-interface',
      'interface-missing',
      `(${draft.name}) interface ${word} does not exist`,
      'an interface of this host, or dynamic_interfaces',
      1,
    )
    context.report('general', 'interface-missing', `(${draft.name}) runs on no interface`, undefined, 1)
  })

/** An address that fixes the family of the instance. */
export const instanceAddress = (keyword: 'mcast_src_ip' | 'unicast_src_ip', summary: string, row: Row): Leaf<Draft, IpAddress> =>
  leaf('<ip>', summary, { build: 'VRRP', acted: true, ...row }, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (keyword === 'unicast_src_ip') draft.unicast = true
    const address = parseLooseAddress(word)
    if (address === undefined) {
      return context.report('general', 'bad-address', `(${draft.name}) ${keyword} '${word}' is no address`, 'a numeric address', 1)
    }
    if (!fixFamily(draft, address))
      return context.report(
        'general',
        'bad-family',
        `(${draft.name}) ${address} is of another family than the instance`,
        `an IPv${draft.family} address`,
        1,
      )
    draft[keyword] = address
  })

export const multicastDestination = (row: Row): Leaf<Draft, IpAddress> =>
  leaf('<multicast ip>', 'where adverts go instead', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    const address = parseIp(word)
    if (address === undefined)
      return context.report('general', 'bad-address', `(${draft.name}) mcast_dst_ip '${word}' is no address`, 'a multicast address', 1)
    if (draft.family !== undefined && familyOf(address) !== draft.family) {
      return context.report(
        'general',
        'bad-family',
        `(${draft.name}) ${address} is of another family than the instance`,
        `an IPv${draft.family} address`,
        1,
      )
    }
    if (!isMulticast(address))
      return context.report(
        'general',
        'not-multicast',
        `(${draft.name}) mcast_dst_ip ${address} is not multicast`,
        'a multicast address',
        1,
      )
    if (familyOf(address) === 6 && !/^ff[0-9a-f]2/.test(address)) {
      return context.report('general', 'group-scope', `(${draft.name}) ${address} leaves the link`, 'a link-local group, ff02::/16', 1)
    }
    draft.family = familyOf(address)
    draft.mcast_dst_ip = address
  })

export const virtualRouterId = (row: Row): Leaf<Draft, number> =>
  leaf('<uint 1..255>', 'number of the virtual router', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    const value = word === undefined ? undefined : context.whole(word, 1, { min: 1, max: 255 })
    if (value !== undefined) draft.virtual_router_id = value
  })

export const priority = (row: Row): Leaf<Draft, number> =>
  leaf('<uint 1..255>', 'who wins; 255 owns the addresses', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    if (word === undefined) return
    draft.priority = context.whole(word, 1, { min: 1, max: 255 }) ?? 100
  })

/** A version once written, or deduced from IPv6, stays. */
export const version = (row: Row): Leaf<Draft, 2 | 3> =>
  leaf('2 | 3', 'protocol version', row, (draft, statement, context) => {
    const word = context.word(statement, 1)
    const value = word === undefined ? undefined : context.whole(word, 1, { min: 2, max: 3 })
    if (value === undefined) return
    if (draft.version !== undefined && draft.version !== value) {
      return context.report(
        'general',
        'version-conflict',
        `(${draft.name}) version ${value} contradicts ${draft.version}; it is ignored`,
        String(draft.version),
        1,
      )
    }
    draft.version = value as 2 | 3
  })

export const lvsSyncInterface = (row: Row): Leaf<Draft, string> =>
  leaf('<ifname>', 'link of the connection copies', row, (draft, statement, context) => {
    context.report(
      'general',
      'deprecated',
      `(${draft.name}) lvs_sync_daemon_interface in an instance is old`,
      'lvs_sync_daemon in global_defs',
      0,
    )
    const word = context.word(statement, 1)
    if (word === undefined) return
    if (draft.lvs_sync_daemon_interface !== undefined) {
      return context.report('general', 'duplicate', `(${draft.name}) lvs_sync_daemon_interface was given before`, 'only once', 0)
    }
    draft.lvs_sync_daemon_interface = word
  })

interface Notified {
  readonly name: string
}

/** A notify script; the first one given stays. */
export function notify<Target extends Notified>(
  summary: string,
  since: string,
  more: { readonly bare?: boolean; readonly build?: string } = {},
): Leaf<Target, Command> {
  const row: Row = { since, build: more.build ?? 'VRRP', acted: true }
  return leaf('<command> [<user> [[:]<group>]]', summary, row, (draft, statement, context) => {
    takeScript(draft as unknown as Record<string, unknown>, statement, context, more.bare === true)
  })
}

/** Reads the command of a statement into the field of its keyword. */
export function takeScript(fields: Record<string, unknown>, statement: Statement, context: Context, bare: boolean): void {
  const { keyword } = statement
  const value = splitCommand(statement.line.text)
  if (bare && statement.words.length === 1) {
    fields[keyword] ??= true
    return
  }
  if (value.kind === 'unterminated') {
    context.report('unmatched-quote', 'unmatched-quote', 'a quote is not closed', 'a closing quote', 1)
    // A single quote leaves the whole line without words: the command is missing.
    if (!statement.line.text.includes('"')) context.missing(1)
    return
  }
  if (fields[keyword] !== undefined) {
    context.report('general', 'duplicate', `${keyword} was given before; this one is ignored`, 'only once', 0)
    return
  }
  if (statement.words.length < 2) {
    context.missing(1)
    return
  }
  const command = context.script(value, keyword)
  if (command !== undefined) fields[keyword] = command
}

/** False if the address is of another family than what the instance has. */
export function fixFamily(draft: Draft, address: IpAddress): boolean {
  draft.family ??= familyOf(address)
  return draft.family === familyOf(address)
}
