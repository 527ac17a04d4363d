import { familyOf } from '../base/ip.ts'
import type { Report } from '../core/vrrp/reports.ts'
import type { LogLine } from './log-line.ts'

type Announcing = Extract<Report, { readonly event: 'announcing' }>

/**
 * keepalived has a line for each address that it announces and for each packet that does, which people count. Ours is one line until it
 * reaches the log's own thread, where they delay nobody. Where that has no `room` for as many, the one that names all addresses has to
 * do: they must not push others out of the log.
 */
export function packetLines(line: LogLine, room: number): readonly LogLine[] {
  const { fields } = line
  if (!isAnnouncing(fields)) return [line]
  const { addresses, repeat } = fields
  if (addresses.length * (1 + repeat) > room) return [line]
  const first = addresses.flatMap((address) => [announcingText(fields, [address]), packetText(fields, address)])
  const others = addresses.map((address) => packetText(fields, address))
  const texts = [first, ...Array.from({ length: repeat - 1 }, () => others)].flat()
  return texts.map((text) => ({ ...line, text }))
}

/** Of addresses of one family. */
export function announcingText({ instance, interface: device }: Announcing, addresses: Announcing['addresses']): string {
  const [first] = addresses
  const what = first !== undefined && familyOf(first) === 6 ? 'Unsolicited Neighbour Adverts' : 'gratuitous ARPs'
  return `(${instance}) Sending/queueing ${what} on ${device} for ${addresses.join(', ')}`
}

function packetText({ interface: device }: Announcing, address: Announcing['addresses'][number]): string {
  return `Sending ${familyOf(address) === 6 ? 'unsolicited Neighbour Advert' : 'gratuitous ARP'} on ${device} for ${address}`
}

function isAnnouncing(fields: LogLine['fields']): fields is Announcing & NonNullable<LogLine['fields']> {
  return fields?.['event'] === 'announcing'
}
