import { assert } from '../../../src/base/assert.ts'
import { ok } from '../../../src/base/result.ts'
import type { AgentConfig } from '../../../src/config/agent-config.ts'
import { lint } from '../../../src/config/lint/all.ts'
import { type Loaded, loadWhole } from '../../../src/config/load.ts'
import { printConfiguration } from '../../../src/config/print-config.ts'
import { printSource, sourceOf } from '../../../src/config/print-source.ts'
import type { Reader } from '../../../src/config/reader.ts'
import { explainPair } from '../../../src/explain/pair.ts'
import { host } from '../../support/config-text.ts'
import { seeds as whole } from './config.ts'

export const name = 'round-trip'

/** And what a printer has to take care of. */
export const seeds: readonly Uint8Array[] = [
  ...whole,
  new TextEncoder().encode(
    'global_defs {\n router_id a\\#b\\!c\\\\d"e#f"\n}\n$A=$B=5\n$A\n$C=@main x\n$C\nvrrp_instance $B { priority 10$B } # c\n',
  ),
]

const PATH = '/etc/keepalived/fuzz.conf'

/** A configuration, printed as understood and read again, means the same; lints, excerpts and explanations are made of anything. */
export function run(bytes: Uint8Array): void {
  const [first, reader] = read(bytes)
  lint({ ...first, reader })
  printSource(
    first.config.diagnostics,
    sourceOf(() => new TextDecoder().decode(bytes)),
  )
  const node = { name: 'a', vrrp: first.config.vrrp, parsed: first.parsed }
  explainPair(node, { ...node, name: 'b' })
  const { fatal } = first.config
  if (fatal !== undefined && fatal.kind !== 'vrrp-unusable') return
  const printed = printConfiguration(first.lines.all())
  const [again] = read(new TextEncoder().encode(printed))
  assert(meaning(first.config) === meaning(again.config), `another meaning:\n${printed}`)
}

function read(bytes: Uint8Array): readonly [Loaded, Reader] {
  const reader: Reader = {
    ...host,
    absolute: (path, folder) => (path.startsWith('/') ? path : `${folder ?? ''}/${path}`),
    readFile: () => ok(bytes),
    // No includes: what is printed has none.
    glob: (pattern) => ({ paths: pattern === PATH ? [PATH] : [], missingAlternatives: [], folderExists: true }),
  }
  return [loadWhole(PATH, reader, { configId: 'main', allChecks: false, test: true }), reader]
}

function meaning({ global, vrrp, check, bfd, notActedOn, fatal }: AgentConfig): string {
  const words = notActedOn.map(({ block, keyword }) => `${block}/${keyword}`)
  return JSON.stringify({ global, vrrp, check, bfd, words, fatal }, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}
