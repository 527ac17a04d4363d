import { type Prefix, parsePrefix } from '../../base/ip.ts'
import type { Context } from '../context.ts'
import { parseCNumber } from '../numbers.ts'
import { type Leaf, leaf, type Row } from '../schema.ts'
import type { Statement } from '../tree.ts'
import type { InstanceDraft } from './vrrp-instance.ts'

/** `use_vmac` or `use_ipvlan`: a link of the instance's own. */
export interface VmacDraft {
  readonly name: string | undefined
  readonly mac?: string | undefined
  readonly netlinkNotify?: boolean
  readonly group?: string | undefined
  readonly address?: Prefix | undefined
  readonly mode?: string | undefined
}

const MAC = /^[0-9a-fA-F]{1,2}([:-][0-9a-fA-F]{1,2}){4,5}$/

/** `use_vmac [[name] IFNAME] [MAC] [netlink_notify_msg] [group ID]` */
export const useVmac = (row: Row): Leaf<InstanceDraft, VmacDraft> =>
  leaf(
    '[[name] <ifname>] [<mac>] [netlink_notify_msg] [group <id>]',
    'a link with the virtual MAC',
    { ...row, build: 'VMAC' },
    (draft, statement, context) => {
      let vmac: VmacDraft = draft.use_vmac ?? { name: undefined }
      const { words } = statement
      for (let i = 1; i < words.length; i++) {
        const word = words[i] ?? ''
        if (word === 'netlink_notify_msg') vmac = { ...vmac, netlinkNotify: true }
        else if (word === 'group' && words[i + 1] !== undefined) vmac = { ...vmac, group: readGroup(words[++i] ?? '', i, context) }
        else if (MAC.test(word)) {
          if (vmac.mac !== undefined) context.report('general', 'duplicate', `(${draft.name}) the MAC was given before`, 'one MAC', i)
          else vmac = { ...vmac, mac: word }
        } else {
          const name = word === 'name' && words[i + 1] !== undefined ? (words[++i] ?? '') : word
          if (!acceptsName(draft, name, i, context, vmac)) continue
          vmac = { ...vmac, name }
        }
      }
      draft.use_vmac = vmac
    },
  )

/** `use_ipvlan [[name] IFNAME] [ADDRESS[/LENGTH]] [bridge|private|vepa] [group ID]` */
export const useIpvlan = (row: Row): Leaf<InstanceDraft, VmacDraft> =>
  leaf(
    '[[name] <ifname>] [<ip>[/len]] [bridge|private|vepa] [group <id>]',
    'an L2 ipvlan of its own',
    { ...row, build: 'IPVLAN' },
    (draft, statement, context) => {
      if (draft.use_ipvlan !== undefined)
        return context.report('general', 'duplicate', `(${draft.name}) use_ipvlan was given before`, 'only once', 0)
      const value = readIpvlan(draft, statement, context)
      draft.use_ipvlan = value
    },
  )

function readIpvlan(draft: InstanceDraft, statement: Statement, context: Context): VmacDraft {
  let vlan: VmacDraft = { name: undefined }
  const { words } = statement
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? ''
    const address = parsePrefix(word)
    if (address !== undefined) vlan = { ...vlan, address }
    else if (word === 'bridge' || word === 'private' || word === 'vepa') vlan = { ...vlan, mode: word }
    else if (word === 'group' && words[i + 1] !== undefined) vlan = { ...vlan, group: readGroup(words[++i] ?? '', i, context) }
    else {
      const name = word === 'name' && words[i + 1] !== undefined ? (words[++i] ?? '') : word
      if (acceptsName(draft, name, i, context, vlan)) vlan = { ...vlan, name }
    }
  }
  return vlan
}

function readGroup(word: string, index: number, context: Context): string | undefined {
  const number = parseCNumber(word, { min: 0, max: 4_294_967_295 })
  if (number.kind === 'number' || context.routingName('group', word) !== undefined) return word
  context.report('general', 'bad-group', `'${word}' is no interface group`, 'a number, or a name of iproute2', index)
  return undefined
}

function acceptsName(draft: InstanceDraft, name: string, index: number, context: Context, so: VmacDraft): boolean {
  const refuse = (message: string, expected: string): boolean => {
    context.report('general', 'bad-vmac-name', `(${draft.name}) ${message}`, expected, index)
    return false
  }
  if (so.name !== undefined) return refuse(`'${name}' is one word too many`, 'one name')
  if (name.length > 15) return refuse(`interface name '${name}' is too long`, 'at most 15 characters')
  for (const other of context.parsed.vrrp.instances.values()) {
    if (other !== draft && (other.use_vmac?.name === name || other.use_ipvlan?.name === name)) {
      return refuse(`instance ${other.name} uses the name ${name} already`, 'another name')
    }
  }
  if (context.reader.interfaceExists(name) && !context.reader.upperLinks().some((link) => link.name === name))
    return refuse(`interface ${name} already exists and is not a private macvlan; ignoring vmac if_name`, 'a name that is free')
  return true
}
