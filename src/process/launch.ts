import { basename } from 'node:path'
import type { Identity } from './version.ts'

/** How this program starts itself once more, in another role. */
export interface Launch {
  readonly program: string
  readonly argv0: string
  /** Node's own flags and the script. */
  readonly arguments: readonly string[]
  /** What the child is to be called from its first instruction on, unless the configuration names it. */
  readonly identity: Identity
}

/** The identity that the name decides under which we were called. */
export function identityOf(calledAs: string, asKeepalived: boolean): Identity {
  return asKeepalived || basename(calledAs) === 'keepalived' ? 'keepalived' : 'vipkeeper'
}

export function launchOf(identity: Identity): Launch {
  const script = process.argv[1]
  return {
    program: process.execPath,
    argv0: identity,
    arguments: script === undefined ? process.execArgv : [...process.execArgv, script],
    identity,
  }
}
