import { elapsed, type Instant } from '../base/units.ts'
import { parametersOf } from '../core/bfd/parameters.ts'
import type { Session } from '../core/bfd/session.ts'
import { diagnosticName } from '../core/bfd/wording.ts'

/** One moment by both clocks; `wall` in milliseconds since 1970. */
export interface Clocks {
  readonly instant: Instant
  readonly wall: number
}

/** The part of keepalived_bfd.data after the global definitions. */
export function bfdData(sessions: readonly Session[], clocks: Clocks, ctime: (wall: Date) => string): string {
  return ['------< BFD Topology >------', ...sessions.flatMap((session) => sessionLines(session, clocks, ctime)), ''].join('\n')
}

const yes = (value: boolean): string => (value ? 'Yes' : 'No')
const hex = (value: number): string => `0x${value.toString(16)}`

function sessionLines(session: Session, clocks: Clocks, ctime: (wall: Date) => string): readonly string[] {
  const { config, remote } = session
  const figures = parametersOf(session)
  return [
    ` BFD Instance = ${config.name}`,
    `   Neighbor IP = ${config.neighborIp}`,
    ...(config.sourceIp === undefined ? [] : [`   Source IP = ${config.sourceIp}`]),
    `   Required min RX interval = ${config.minRx} us`,
    `   Desired min TX interval = ${config.minTx} us`,
    `   Desired idle TX interval = ${config.idleTx} us`,
    `   Detection multiplier = ${config.multiplier}`,
    `   ${config.neighborIp.includes(':') ? 'hoplimit' : 'TTL'} = ${config.ttl}`,
    `   max_hops = ${config.maxHops}`,
    ...(config.multihop ? ['   multihop = true'] : []),
    `   passive = ${config.passive}`,
    `   send event to VRRP process = ${yes(config.vrrp)}`,
    `   send event to checker process = ${yes(config.checker)}`,
    `   local state = ${session.state}`,
    `   remote state = ${remote.state}`,
    `   local discriminator = ${hex(session.localDiscriminator)}`,
    `   remote discriminator = ${hex(remote.discriminator)}`,
    `   local diag = ${diagnosticName(session.diagnostic)}`,
    `   remote diag = ${diagnosticName(remote.diagnostic)}`,
    `   remote min tx intv = ${remote.minTx} us`,
    // The RFC has it begin with 1, which means nothing to a reader.
    `   remote min rx intv = ${remote.discriminator === 0 ? 0 : remote.minRx} us`,
    '   local demand = 0',
    `   remote demand = ${Number(remote.demand)}`,
    `   remote detect multiplier = ${remote.multiplier}`,
    `   ${session.poll === 'none' ? '!' : ''}poll, !final`,
    `   local tx intv = ${figures.local.transmitInterval} us`,
    `   remote tx intv = ${remote.multiplier === 0 ? 0 : figures.remote.transmitInterval} us`,
    `   local detection time = ${figures.local.detectionTime} us`,
    `   remote detection time = ${remote.multiplier === 0 ? 0 : figures.remote.detectionTime} us`,
    lastSeen(session, clocks, ctime),
  ]
}

function lastSeen({ heardAt }: Session, { instant, wall }: Clocks, ctime: (wall: Date) => string): string {
  if (heardAt === undefined) return '   last_seen = [never]'
  const at = wall - elapsed(heardAt, instant) / 1_000
  return `   last seen = ${(at / 1_000).toFixed(6)} (${ctime(new Date(at))})`
}
