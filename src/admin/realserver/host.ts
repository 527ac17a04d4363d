import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { errnoName, ifNameToIndex } from 'linux-syscalls'
import { familyOf, type IpAddress, type Prefix } from '../../base/ip.ts'
import type { AddressObject } from '../../core/reconcile/kinds.ts'
import { NetlinkKernel } from '../../drivers/kernel.ts'
import { IFF_UP, IFLA_IFNAME, RTM_NEWLINK } from '../../netlink/constants.ts'
import { listLinks, readLink, writeInterfaceInfo } from '../../netlink/route/link.ts'
import { lazyConnection } from '../../netlink/socket.ts'

/** The addresses, links and settings of this host. A change answers undefined, or why it could not be made. */
export class HostNetwork {
  readonly #kernel = new NetlinkKernel()
  readonly #connect = lazyConnection('route')

  addresses(): readonly AddressObject[] {
    const found = this.#kernel.list('address') ?? []
    return found.filter((object) => object.kind === 'address')
  }

  has(device: string, { address }: Prefix): boolean {
    return this.addresses().some((one) => one.interface === device && one.prefix.address === address)
  }

  changeAddress(kind: 'add' | 'remove', device: string, prefix: Prefix): string | undefined {
    const object: AddressObject = {
      kind: 'address',
      interface: device,
      prefix,
      scope: 0,
      label: undefined,
      broadcast: undefined,
      peer: undefined,
      flags: familyOf(prefix.address) === 6 ? IFA_F_NODAD : 0,
      preferredLft: undefined,
    }
    const [result] = this.#kernel.apply([{ kind, object }])
    return result === undefined || result.errno === 0 ? undefined : result.detail
  }

  /** Undefined if there is none of that name. */
  link(name: string): { readonly up: boolean } | undefined {
    const connection = this.#connect()
    const dump = connection.ok ? connection.value.dump(listLinks) : undefined
    if (dump?.ok !== true) return undefined
    return dump.value.flatMap((message) => readLink(message) ?? []).find((link) => link.name === name)
  }

  changeLink(name: string, up: boolean): string | undefined {
    // The device of a tunnel is made by its module.
    if (up && ifNameToIndex(name) < 0) spawnSync('modprobe', ['--', name === 'tunl0' ? 'ipip' : 'ip6_tunnel'], { timeout: 10_000 })
    const connection = this.#connect()
    if (!connection.ok) return errnoName(connection.error)
    const answer = connection.value.request({
      type: RTM_NEWLINK,
      flags: 0,
      write(writer) {
        writeInterfaceInfo(writer, { flags: up ? IFF_UP : 0, change: IFF_UP })
        writer.attributeText(IFLA_IFNAME, name)
      },
    })
    if (answer.ok) return undefined
    return answer.error.kind === 'refused' ? errnoName(answer.error.errno) : answer.error.kind
  }

  /** Below /proc/sys; undefined if there is no such setting. */
  setting(path: string): string | undefined {
    try {
      return readFileSync(`/proc/sys/${path}`, 'utf8').trim()
    } catch {
      return undefined
    }
  }

  changeSetting(path: string, value: string): string | undefined {
    try {
      writeFileSync(`/proc/sys/${path}`, value)
      return undefined
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error)
    }
  }
}

const IFA_F_NODAD = 0x02

export const ownAddresses = (network: HostNetwork): ReadonlySet<IpAddress> =>
  new Set(network.addresses().map(({ prefix }) => prefix.address))
