import { fail, ok, type Result } from '../../base/result.ts'
import type { SessionConfig } from './config.ts'
import type { DatagramEvent } from './events.ts'
import type { ControlPacket } from './packet.ts'
import type { Discard } from './reports.ts'
import { portOf, type Session } from './session.ts'

/** The session that a packet is for (RFC 5880 §6.3, §6.8.6), if it may be heard at all. */
export function addressee(sessions: readonly Session[], packet: ControlPacket, from: DatagramEvent): Result<Session, Discard> {
  const { yourDiscriminator } = packet
  const session = sessions.find((one) =>
    yourDiscriminator === 0 ? isBetween(one.config, from) : one.localDiscriminator === yourDiscriminator && isFrom(one.config, from),
  )
  if (session === undefined || session.state === 'AdminDown') return fail({ kind: 'no-session', yourDiscriminator })
  const least = leastTtl(session.config)
  if (least !== undefined && (from.ttl === undefined || from.ttl < least)) return fail({ kind: 'ttl', ttl: from.ttl, least })
  return packet.authenticated ? fail({ kind: 'authenticated' }) : ok(session)
}

/** A discriminator can be guessed or overheard; that the neighbour's address is right costs nothing to ask. */
const isFrom = ({ neighborIp, multihop }: SessionConfig, { source, port }: DatagramEvent): boolean =>
  source === neighborIp && port === portOf(multihop)

const isBetween = (config: SessionConfig, from: DatagramEvent): boolean =>
  isFrom(config, from) && (config.sourceIp === undefined || config.sourceIp === from.destination)

/** What a packet that made at most `max_hops` hops has left of its TTL (RFC 5881 §5); undefined asks for nothing. */
function leastTtl({ ttl, maxHops }: SessionConfig): number | undefined {
  return maxHops < 0 || maxHops >= ttl ? undefined : ttl - maxHops
}
