import { assert } from '../../../src/base/assert.ts'
import type { ServiceKey } from '../../../src/core/check/config.ts'
import { readEvent } from '../../../src/drivers/monitor.ts'
import { Attributes } from '../../../src/netlink/attribute.ts'
import { Connection } from '../../../src/netlink/connection.ts'
import { readGeneric } from '../../../src/netlink/generic.ts'
import { putDestination, putService, readDestinationEntry, readInfo, readServiceEntry, readTimeouts } from '../../../src/netlink/ipvs.ts'
import { readDaemon } from '../../../src/netlink/ipvs-daemon.ts'
import { type Message, type Request, readMessages, readVerdict } from '../../../src/netlink/message.ts'
import { addressOfKey, linkLocalOfKey, readChain, readElements, readFilterRule, replaceFilter } from '../../../src/netlink/nftables.ts'
import { newAddress, readAddress } from '../../../src/netlink/route/address.ts'
import { readLink, readVrfTable } from '../../../src/netlink/route/link.ts'
import { readNeighbour } from '../../../src/netlink/route/neighbour.ts'
import { newLink, readSettings, readUpperLink } from '../../../src/netlink/route/own-link.ts'
import { newRoute, readRoute } from '../../../src/netlink/route/route.ts'
import { newRule, readRule } from '../../../src/netlink/route/rule.ts'
import { address, destination, filter, ip, link, route, rule, service } from '../../support/kernel-objects.ts'
import { datagram, done, message, verdict } from '../../support/scripted-transport.ts'

export const name = 'netlink'

const names = { indexOf: () => 3, nameOf: (index: number) => `eth${index}`, tableOf: () => 10 }

const written = ({ type, write }: Request): Uint8Array => message(type, 1, write)

/** Messages as they are: addresses of both families, routes, rules, a filter, services, destinations, a refusal with its sentence, the end of a dump, a link. */
export const seeds: readonly Uint8Array[] = [
  written(newAddress(address('192.0.2.1/24', { label: 'eth0:3', broadcast: ip('192.0.2.255'), preferredLft: 9 }), 3, 'add')),
  written(newAddress(address('2001:db8::1/64'), 3, 'add')),
  written(putService(30, 'add', service('192.0.2.1:80', { persistenceEngine: 'sip' }))),
  written(putService(30, 'add', service('fwmark 5 v6'))),
  written(putDestination(30, 'add', destination('192.0.2.1:80', '10.0.0.1:80', { forwarding: 2, tunnelType: 1, tunnelPort: 6080 }))),
  ...[
    '10.1.0.0/16 via 192.0.2.1 dev eth0 metric 5 mtu lock 1400 congctl reno realms 1/2',
    '10.1.0.0/16 nexthop via 192.0.2.1 dev eth0 realms 1/2 nexthop via 192.0.2.2 weight 3 encap mpls 100/200',
    '2001:db8:1::/64 via fe80::1 dev eth0 pref high expires 60 encap ip6 id 7 dst 2001:db8::9',
  ].map((line) => written(newRoute(route(line), names))),
  written(newRule(rule('from 10.0.0.0/8 fwmark 1/0xff iif eth0 uidrange 1-2 sport 1-2 tunnel-id 7 table 100 realms 1/2 preference 5'))),
  ...replaceFilter(filter(6, ['2001:db8::5', 'fe80::7%eth0']), () => 3).map(written),
  written(newLink(link({ group: 3 }), 7)),
  verdict(1, 17, 'File exists'),
  done(1),
  message(16, 1, (writer) => {
    writer.bytes(Uint8Array.of(0, 0, 1, 0, 7, 0, 0, 0, 0x43, 0x10, 0, 0, 0, 0, 0, 0))
    writer.attributeText(3, 'eth0')
    writer.attributeU32(4, 1_500)
  }),
].flatMap((bytes, i, all) => [bytes, Uint8Array.from([...bytes, ...(all[i - 1] ?? [])])])

const key: ServiceKey = { kind: 'fwmark', fwmark: 5, family: 4 }

/** Whatever comes out of the socket: no exception, no endless walk, and nothing that is not inside the bytes. */
export function run(bytes: Uint8Array): void {
  const { messages } = readMessages(bytes)
  assert(messages.length * 16 <= bytes.length, 'no more messages than there is room for')
  for (const one of messages) readAll(one)
  new Attributes(bytes).nest(1).nest(2).u64(3)

  let given = false
  const connection = new Connection({
    send: () => 0,
    receive() {
      if (given) return -11
      given = true
      return datagramOf(bytes)
    },
    close() {},
  })
  const verdicts = connection.batch([
    { type: 20, flags: 0, write() {} },
    { type: 20, flags: 0, write() {} },
  ])
  assert(verdicts.length === 2 && verdicts.every(({ errno }) => errno >= 0), 'every request has an answer')
}

const datagramOf = (bytes: Uint8Array) => ({ ...datagram(), bytes })

function readAll(one: Message): void {
  const address = readAddress(one)
  if (address !== undefined) assert(address.prefix.length <= 128, 'a length is within its family')
  readLink(one)
  const upper = readUpperLink(one)
  if (upper?.type.kind === 'macvlan') assert(upper.type.mac.length === 17, 'a MAC is whole')
  readSettings(one)
  readNeighbour(one)
  readVrfTable(one)
  const found = readRoute(one, names)
  if (found !== undefined) assert((found.destination?.length ?? 0) <= 128, 'a length is within its family')
  readRule(one)
  readChain(one)
  readFilterRule(one)
  for (const key of readElements(one)) {
    addressOfKey(key)
    linkLocalOfKey(key, names.nameOf)
  }
  readEvent(one)
  readVerdict(one)
  readGeneric(one)
  readServiceEntry(one)
  readDestinationEntry(one, key)
  readInfo(one)
  readTimeouts(one)
  readDaemon(one)
}
