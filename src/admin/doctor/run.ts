import { DEFAULT_FILE, readConfiguration } from '../configuration.ts'
import { directorOf } from './director.ts'
import type { Finding } from './finding.ts'
import { firewallChecks } from './firewall-check.ts'
import { hostView } from './host.ts'
import { kernelChecks } from './kernel-checks.ts'
import { addressChecks, networkChecks } from './network-checks.ts'
import { wayBackChecks } from './way-back-checks.ts'

const USAGE = `usage: vipkeeper doctor [-f FILE] [--config-id ID] [--format text|json]
Looks whether this host can be the director that FILE (${DEFAULT_FILE}) describes: the kernel, the firewall, other programs, the way
back from real servers, and who answers ARP for the virtual addresses. It changes nothing.
Status: 0 nothing was found; 3 something doubtful; 1 something wrong; 2 no such option, or a file that cannot be used.
`

/** 0 well, 1 wrong, 2 not understood, 3 doubtful. */
export type DoctorStatus = 0 | 1 | 2 | 3

/** `vipkeeper doctor …` */
export async function runDoctor(
  words: readonly string[],
  { print, complain }: { print(text: string): void; complain(text: string): void },
): Promise<DoctorStatus> {
  if (words[0] === '--help' || words[0] === '-h') {
    print(USAGE)
    return 0
  }
  const asked = readOptions(words)
  if (asked === undefined) {
    complain(USAGE)
    return 2
  }
  const config = readConfiguration(asked.file, 'ours', asked.id)
  if (!config.ok) {
    complain(config.error)
    return 2
  }
  const host = hostView()
  const director = directorOf(config.value, host.addresses)
  const findings: readonly Finding[] = [
    ...kernelChecks(director, host),
    ...firewallChecks(director, host),
    ...networkChecks(director, host),
    ...(await wayBackChecks(director, host)),
    ...(await addressChecks(director, host)),
  ]
  print(asked.format === 'json' ? `${JSON.stringify(findings, undefined, 2)}\n` : textOf(findings))
  if (findings.some(({ kind }) => kind === 'wrong')) return 1
  return findings.some(({ kind }) => kind === 'doubtful') ? 3 : 0
}

function readOptions(
  words: readonly string[],
): { readonly file: string; readonly id: string | undefined; readonly format: 'text' | 'json' } | undefined {
  let [file, id, format]: [string, string | undefined, 'text' | 'json'] = [DEFAULT_FILE, undefined, 'text']
  for (let i = 0; i < words.length; i += 2) {
    const [word, value] = [words[i], words[i + 1]]
    if (value === undefined) return undefined
    if (word === '-f' || word === '--use-file' || word === '--conf') file = value
    else if (word === '-i' || word === '--config-id') id = value
    else if (word === '--format' && (value === 'text' || value === 'json')) format = value
    else return undefined
  }
  return { file, id, format }
}

const SIGNS = { well: 'ok      ', wrong: 'WRONG   ', doubtful: 'doubtful', unknown: 'unknown ' } as const

export function textOf(findings: readonly Finding[]): string {
  return findings
    .map((finding) => {
      const head = `${SIGNS[finding.kind]} ${finding.check}: ${finding.says}\n`
      if (finding.kind === 'well' || finding.kind === 'unknown') return head
      return `${head}         why:  ${finding.why}\n${finding.mend === '' ? '' : `         mend: ${finding.mend}\n`}`
    })
    .join('')
}
