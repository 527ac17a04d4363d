import { basename } from 'node:path'
import { EXIT } from './exit-codes.ts'
import { identityOf } from './launch.ts'

/** What this program is besides the daemon: asked for by its first word. keepalived has none of these. */
export interface Subcommand {
  readonly word: string
  /** What follows the word, for the usage text. */
  readonly grammar: string
  readonly summary: string
}

export const SUBCOMMANDS = [
  { word: 'explain', grammar: '--help', summary: 'what a keyword means, what a pair of configurations will do' },
  { word: 'ipvs', grammar: '--help', summary: 'the ip_vs table, with the options and the output of ipvsadm' },
  { word: 'doctor', grammar: '--help', summary: 'whether this host can be the director that its configuration describes' },
  { word: 'realserver', grammar: '--help', summary: 'prepares a real server for LVS-DR and LVS-TUN, and undoes it' },
] as const satisfies readonly Subcommand[]

type Word = (typeof SUBCOMMANDS)[number]['word']
type Work = () => Promise<number>

/** What is to be done if it is no daemon that is wanted: by the name we are called by, or the first word. */
export function subcommandOf(calledAs: string, words: readonly string[]): Work | undefined {
  const name = basename(calledAs)
  const [first, ...rest] = words
  switch (name) {
    case 'genhash':
      return () => genhash('genhash', words)
    case 'ipvsadm':
    case 'ipvsadm-save':
    case 'ipvsadm-restore':
      return () => ipvsadm(name, name, words)
  }
  if (first === '--genhash' || first === '-T') return () => genhash(`${name} --genhash`, rest)
  // Under keepalived's name such words keep their meaning, which is none.
  if (identityOf(calledAs, words.includes('--as-keepalived')) === 'keepalived') return undefined
  const known = SUBCOMMANDS.find(({ word }) => word === first)
  return known === undefined ? undefined : () => perform(known.word, name, rest)
}

async function perform(word: Word, program: string, words: readonly string[]): Promise<number> {
  switch (word) {
    case 'explain': {
      const { runExplain } = await import('./explain.ts')
      return runExplain(words)
    }
    case 'doctor': {
      const { runDoctor } = await import('../admin/doctor/run.ts')
      return runDoctor(words, standardStreams)
    }
    case 'realserver': {
      const { runRealServer } = await import('../admin/realserver/run.ts')
      return runRealServer(words, standardStreams)
    }
    case 'ipvs':
      return ipvsadm('ipvsadm', `${program} ipvs`, words)
  }
}

const standardStreams = {
  print: (text: string) => void process.stdout.write(text),
  complain: (text: string) => void process.stderr.write(text),
}

async function ipvsadm(name: 'ipvsadm' | 'ipvsadm-save' | 'ipvsadm-restore', program: string, words: readonly string[]): Promise<number> {
  const { runIpvsadm } = await import('../admin/ipvs/host.ts')
  return runIpvsadm(name, program, words)
}

async function genhash(program: string, words: readonly string[]): Promise<number> {
  const { genhashUsage, parseGenhash, runGenhash } = await import('./genhash.ts')
  const command = parseGenhash(words)
  if (command.kind === 'refused') {
    for (const message of command.messages) process.stderr.write(`${message}\n`)
    process.stderr.write(genhashUsage(program))
    return EXIT.fatal
  }
  await runGenhash(
    command.options,
    (text) => process.stdout.write(text),
    (text) => process.stderr.write(text),
  )
  return EXIT.ok
}
