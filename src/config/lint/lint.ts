import type { Diagnostic } from '../diagnostic.ts'
import type { LineStore } from '../line-store.ts'
import type { Loaded } from '../load.ts'
import type { Reader } from '../reader.ts'
import type { LogicalLine } from '../tree.ts'

/** What a lint looks at: the configuration, all that was read for it, and the host. */
export interface Subject extends Loaded {
  readonly reader: Reader
}

/** A classic trap: the file is right, and does not do what its author wants. */
export interface Lint {
  /** Stable; findings bear it with `lint-` in front. */
  readonly code: string
  /** What is wrong with what it finds. */
  readonly summary: string
  check(subject: Subject, say: Say): void
}

/** `cure` says what to write instead. */
export type Say = (line: LogicalLine, message: string, cure: string) => void

export function runLint(lint: Lint, subject: Subject): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  lint.check(subject, (line, message, cure) => {
    found.push({
      code: `lint-${lint.code}`,
      severity: 'warning',
      at: line.at,
      message,
      expected: cure,
      scope: 'line',
      ...(line.chain === undefined ? {} : { chain: line.chain }),
    })
  })
  return found
}

/** The line below `from` whose first word is this, before the block of `from` ends; else `from` itself. */
export function lineOf({ lines }: Subject, from: LogicalLine, keyword: string): LogicalLine {
  let depth = 0
  const start = placesOf(lines).get(placeOf(from))
  for (let i = start === undefined ? lines.length : start + 1; i < lines.length; i++) {
    const line = lines.at(i)
    if (line === undefined) break
    if (line.text === '{') depth++
    else if (line.text === '}') depth--
    else if (depth === 1 && line.text.split(/\s/)[0] === keyword) return line
    if (depth === 0 && line.text === '}') break
  }
  return from
}

/** A sequence makes several lines of one place, which differ in their text. */
const placeOf = ({ text, at }: LogicalLine): string => `${at.line}:${at.column}:${at.file}:${text}`

const places = new WeakMap<LineStore, ReadonlyMap<string, number>>()

/** Where each line is, made once for a configuration: a large one has a million. */
function placesOf(lines: LineStore): ReadonlyMap<string, number> {
  let known = places.get(lines)
  if (known === undefined) {
    const found = new Map<string, number>()
    for (const [index, line] of lines.all().entries()) {
      if (line.text === '{' || line.text === '}') continue
      const place = placeOf(line)
      if (!found.has(place)) found.set(place, index)
    }
    known = found
    places.set(lines, known)
  }
  return known
}
