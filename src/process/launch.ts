import { basename } from 'node:path'
import type { ChildRole } from './messages.ts'
import type { Identity } from './version.ts'

/** How this program starts itself once more, in another role. */
export interface Launch {
  readonly program: string
  readonly argv0: string
  /** Node's own. */
  readonly flags: readonly string[]
  /** None where Node is not told of one. */
  readonly script: readonly string[]
  /** What the child is to be called from its first instruction on, unless the configuration names it. */
  readonly identity: Identity
}

/** It collects its garbage by itself: to wait for threads that would help takes longer on a busy machine, and for seconds on one without any time. */
const ALONE = '--single-threaded-gc'

const PUNCTUAL = ['--no-maglev', '--no-turbofan', ALONE]

/**
 * Node's flags for a role alone, after those of the launcher. Who has to be on time does without V8's optimising compilers: they take up
 * to six milliseconds of the loop when they think a function worth it, and on a loop that runs ten times a second they never earn them
 * back. Thousands of checks a second earn back the quick one, not the thorough one; what they leave behind is collected when it is a third
 * of what lives, not three times as much.
 */
export const FLAGS: { readonly [role in ChildRole]: readonly string[] } = {
  vrrp: PUNCTUAL,
  checker: ['--no-turbofan', ALONE, '--max-semi-space-size=2', '--heap-growing-percent=30'],
  bfd: PUNCTUAL,
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
    flags: process.execArgv,
    script: script === undefined ? [] : [script],
    identity,
  }
}
