import { dirname, join } from 'node:path'
import type { Program } from '../../lab/program.ts'
import { device } from './device.ts'

/** The signal that nothing of ours asks for: a planted script waits for it. */
export const CUE: NodeJS.Signals = 'SIGWINCH'

/**
 * The device under test, and a script that runs in each of its processes before anything of ours does: so a mistake can be planted in a
 * program that has no place for one. Only for our own: what Node's flags are, keepalived does not know.
 */
export function planted(script: string, flags: readonly string[] = []): Program {
  const [node = '', ...rest] = device.argv.length > 1 ? device.argv : unpacked(device.argv[0] ?? '')
  return { name: device.name, argv: [node, `--import=data:text/javascript,${encodeURIComponent(script)}`, ...flags, ...rest] }
}

/** What the launcher of the release starts. */
function unpacked(launcher: string): readonly string[] {
  const lib = join(dirname(launcher), 'lib')
  return [join(lib, 'node'), '--disable-sigusr1', '--no-warnings', join(lib, 'main.js')]
}
