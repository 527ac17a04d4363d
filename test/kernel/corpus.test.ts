import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { confPath, verdictOf } from '../conformance/corpus.ts'
import { DIFFERENCES } from '../conformance/corpus-differences.ts'
import type { Row } from '../conformance/corpus-reader.ts'
import { liveVerdicts } from '../conformance/live-verdicts.ts'

const OURS = fileURLToPath(new URL('../conformance/keepalived/corpus', import.meta.url))
/** Files of other people: read where they lie, if they do. */
const THEIRS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))

/** Programs that a file names, and that the host of its verdict had, are here as well. */
const isLikeHost = ({ paths_exist, commands_found }: Row): boolean =>
  paths_exist.every((path) => existsSync(path)) &&
  commands_found.every((name) => ['/bin', '/usr/bin', '/sbin', '/usr/sbin'].some((folder) => existsSync(join(folder, name))))

/** It hung or crashed; 204 is a status of its own. */
const isAccident = (exit: number | null): boolean => exit === null || exit === 124 || (exit >= 128 && exit !== 204)

describe("Debian's keepalived beside ours on every configuration of the corpus", () => {
  test.each([
    { kind: 'synthetic', root: OURS },
    { kind: 'sweep', root: OURS },
    { kind: 'real', root: THEIRS },
  ])('corpus $kind: the exit status of -t is the same, but where 2.4.3 and Debian differ themselves', async ({ kind, root }) => {
    if (!existsSync(`${root}/verdicts-${kind}.json`)) {
      console.log(`corpus ${kind}: not compared, its files are not on this machine (${root})`)
      return
    }
    const folder = `${root}/${kind}`
    const nameOf = (row: Row): string => [`${kind}/${row.id}`, ...row.args].join(' ')
    const all = JSON.parse(readFileSync(`${root}/verdicts-${kind}.json`, 'utf8')) as readonly Row[]
    const usable = (row: Row): boolean =>
      !isAccident(row['keepalived-2.2.7'].exit) && confPath(row, folder) !== undefined && isLikeHost(row)
    const rows = all.filter((row) => usable(row) && DIFFERENCES[nameOf(row)] === undefined)
    const live = await liveVerdicts(rows, folder)
    const wrong = rows.flatMap((row) => {
      const debian = live.get(row)
      const ours = verdictOf(row, folder).exitStatus
      const agreed = row['keepalived-2.2.7'].exit === row['keepalived-2.4.3'].exit
      const right = debian === (agreed ? ours : row['keepalived-2.2.7'].exit)
      return right ? [] : [`${nameOf(row)}: Debian's keepalived ends with ${debian}, ours with ${ours}`]
    })
    const beside = rows.filter((row) => live.get(row) === verdictOf(row, folder).exitStatus).length
    console.log(`corpus ${kind}: ${beside} of ${rows.length} the same; the others are differences between 2.4.3 and Debian's`)
    expect(wrong).toEqual([])
  })
})
