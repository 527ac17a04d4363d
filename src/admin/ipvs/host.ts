import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { IpvsTable } from '../../drivers/ipvs-table.ts'
import { lazyConnection } from '../../netlink/socket.ts'
import { hostNames } from './names.ts'
import { type IpvsStatus, type IpvsWorld, runIpvs } from './run.ts'

/** ipvsadm and its two companions: what saves the table, and what empties it and reads a saved one. */
export async function runIpvsadm(
  name: 'ipvsadm' | 'ipvsadm-save' | 'ipvsadm-restore',
  program: string,
  words: readonly string[],
): Promise<IpvsStatus> {
  const world = hostWorld()
  switch (name) {
    case 'ipvsadm':
      return runIpvs(program, words, world)
    case 'ipvsadm-save': {
      const options = words.filter((word) => word.startsWith('-'))
      if (options.every((word) => word === '-n')) return runIpvs(program, options.length > 0 ? ['-S', '-n'] : ['-S'], world)
      world.complain(`${name}: prints the ip_vs table as lines that ipvsadm-restore reads; with -n in numbers.\n`)
      return 1
    }
    case 'ipvsadm-restore': {
      const rules = world.input().replace(/^#.*$/gm, '')
      await runIpvs(program, ['-C'], world)
      return runIpvs(program, ['-R'], { ...world, input: () => rules })
    }
  }
}

/** This host, its kernel and its standard streams. */
export function hostWorld(): IpvsWorld {
  return {
    table: new IpvsTable(lazyConnection('generic')),
    names: hostNames(),
    loadModule: () => void spawnSync(read('/proc/sys/kernel/modprobe')?.trim() || '/sbin/modprobe', ['--', 'ip_vs'], { stdio: 'inherit' }),
    connections: () => read('/proc/net/ip_vs_conn'),
    input: () => readFileSync(0, 'utf8'),
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
