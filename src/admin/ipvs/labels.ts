import { familyOf, type IpAddress } from '../../base/ip.ts'
import type { Protocol, ServiceKey } from '../../core/check/config.ts'
import type { Names } from './names.ts'

/** What an address with a port is called: numbers, or names where there are some. A port has a name in its protocol only. */
export type Label = (address: IpAddress, port: number, protocol: Protocol | undefined) => Promise<string>

export const numericLabel: Label = async (address, port) => `${bracketed(address)}:${port}`

export const nameLabel =
  (names: Names): Label =>
  async (address, port, protocol) => {
    const service = port === 0 || protocol === undefined ? undefined : names.serviceOf(port, protocol)
    return `${(await names.nameOf(address)) ?? bracketed(address)}:${service ?? port}`
  }

const bracketed = (address: IpAddress): string => (familyOf(address) === 6 ? `[${address}]` : address)

export const protocolOf = (key: ServiceKey): Protocol | undefined => (key.kind === 'address' ? key.protocol : undefined)

/** A mark as ipvsadm prints it: signed. */
export const markOf = (fwmark: number): number => fwmark | 0
