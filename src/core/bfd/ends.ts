import type { SessionConfig } from './config.ts'

/** What a session is: with other figures, or another name, it is the same one. */
export type SessionEnds = Pick<SessionConfig, 'neighborIp' | 'sourceIp' | 'multihop' | 'ttl'>

export const endsOf = ({ neighborIp, sourceIp, multihop, ttl }: SessionEnds): string => `${neighborIp} ${sourceIp ?? ''} ${multihop} ${ttl}`
