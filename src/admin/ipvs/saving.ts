import type { ServiceKey } from '../../core/check/config.ts'
import type { DestinationObject, ServiceObject } from '../../core/reconcile/kinds.ts'
import { type Label, markOf, protocolOf } from './labels.ts'
import { type Listed, persistence, TUNNELS } from './listing.ts'
import { flagNames } from './scheduler-flags.ts'

/** The table as lines that make it again. */
export async function saving(table: readonly Listed[], label: Label): Promise<string> {
  const lines: string[] = []
  for (const { entry, servers } of table) {
    const where = await serviceWords(entry.service.key, label)
    lines.push(serviceRule(entry.service, where))
    for (const { destination } of servers) lines.push(await serverRule(destination, where, label))
  }
  return lines.map((line) => `${line}\n`).join('')
}

const LETTERS = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const

async function serviceWords(key: ServiceKey, label: Label): Promise<string> {
  if (key.kind === 'fwmark') return `-f ${markOf(key.fwmark)}${key.family === 6 ? ' -6' : ''}`
  return `${LETTERS[key.protocol]} ${await label(key.address, key.port, key.protocol)}`
}

function serviceRule(service: ServiceObject, where: string): string {
  const { scheduler, flags, persistenceEngine } = service
  const names = flagNames(scheduler, flags)
  const persistent = persistence(service, [' -p ', ' -M '])
  const engine = persistenceEngine === undefined ? '' : ` --pe ${persistenceEngine}`
  const onePacket = (flags & 4) === 0 ? '' : ' -o'
  return `-A ${where} -s ${scheduler}${persistent}${engine}${onePacket}${names === '' ? '' : ` -b ${names}`}`
}

const CHECKSUMS = ['nocsum', 'csum', 'remcsum'] as const
const FORWARDING = ['-m', '-l', '-i', '-g'] as const

async function serverRule(destination: DestinationObject, where: string, label: Label): Promise<string> {
  const { address, port, forwarding, weight, service } = destination
  return `-a ${where} -r ${await label(address, port, protocolOf(service))} ${FORWARDING[forwarding]} -w ${weight}${tunnelWords(destination)}`
}

function tunnelWords({ forwarding, tunnelType, tunnelPort, tunnelFlags }: DestinationObject): string {
  if (forwarding !== 2) return ''
  const type = TUNNELS[tunnelType]
  if (type === 'ipip') return ' --tun-type ipip'
  return ` --tun-type ${type}${type === 'gue' ? ` --tun-port ${tunnelPort}` : ''} --tun-${CHECKSUMS[tunnelFlags]}`
}
