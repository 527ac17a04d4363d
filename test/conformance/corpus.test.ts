import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { compareCorpus } from './corpus.ts'
import { DIFFERENCES } from './corpus-differences.ts'

const OURS = fileURLToPath(new URL('./keepalived/corpus', import.meta.url))
/** Files of other people: read where they lie, if they do. */
const THEIRS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))

describe('keepalived 2.4.3 and ours agree on exit status of -t and on the offending lines', () => {
  test.each([
    { kind: 'synthetic', root: OURS },
    { kind: 'sweep', root: OURS },
    { kind: 'real', root: THEIRS },
  ])('corpus $kind: every row agrees, but for those named with a reason', ({ kind, root }) => {
    if (!existsSync(`${root}/verdicts-${kind}.json`)) {
      console.log(`corpus ${kind}: not compared, its files are not on this machine (${root})`)
      return
    }
    const { compared, different } = compareCorpus(root, kind)
    const unexplained = [...different].filter(([row]) => DIFFERENCES[row] === undefined).map(([row, difference]) => `${row}: ${difference}`)
    const outdated = Object.keys(DIFFERENCES).filter((row) => row.startsWith(`${kind}/`) && !different.has(row))
    console.log(`corpus ${kind}: ${compared - different.size} of ${compared} rows agree`)
    expect(unexplained).toEqual([])
    expect(outdated).toEqual([])
  })
})
