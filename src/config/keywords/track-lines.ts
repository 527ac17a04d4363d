import type { Context } from '../context.ts'
import { describeFault, parseWhole } from '../numbers.ts'
import { type LineReader, type LineWord, readLine } from './value-line.ts'

export type TrackKind = 'track_interface' | 'track_script' | 'track_file' | 'track_process' | 'track_bfd'

/** A line of a track block: `NAME [weight N [reverse|noreverse]]`. What is undefined is left to the object's own definition. */
export interface TrackLine {
  readonly name: string
  readonly weight: number | undefined
  readonly reverse: boolean | undefined
}

export interface TrackContext {
  readonly kind: TrackKind
  /** The instance or sync group, for messages. */
  readonly owner: string
  /** The object is defined before this line, or the interface is there. */
  readonly exists: (name: string) => boolean
  readonly tracked: { has(name: string): boolean }
}

/** Undefined: the line is dropped. */
export function readTrackLine(words: readonly string[], context: Context, use: TrackContext): TrackLine | undefined {
  const reader = readLine(words, context)
  const name = reader.next()
  if (name === undefined || !canTrack(reader, name, use)) return undefined
  const option = reader.next()
  if (option === undefined) return { name: name.text, weight: undefined, reverse: undefined }
  const value = reader.next()
  if (option.text !== 'weight' || value === undefined) {
    const what = option.text === 'weight' ? 'weight without value' : `unknown option ${option.text}`
    reader.report({
      code: 'track-option',
      at: option,
      message: `(${use.owner}) ${use.kind} ${name.text}: ${what}; it is not tracked`,
      expected: grammar(use),
    })
    return undefined
  }
  const weight = readWeight(reader, value, name, use)
  return readReverse(reader, { name: name.text, weight, reverse: undefined }, use)
}

const grammar = ({ kind }: TrackContext): string => `NAME [weight N [${kind === 'track_interface' ? 'reverse' : 'reverse|noreverse'}]]`

function canTrack(reader: LineReader, name: LineWord, use: TrackContext): boolean {
  if (!use.exists(name.text)) {
    const expected = use.kind === 'track_interface' ? 'an interface of this host' : 'an object defined earlier in the file'
    reader.report({
      code: 'track-unknown',
      at: name,
      message: `(${use.owner}) ${use.kind}: ${name.text} not found; it is not tracked`,
      expected,
    })
    return false
  }
  if (!use.tracked.has(name.text)) return true
  reader.report({
    code: 'track-duplicate',
    at: name,
    message: `(${use.owner}) duplicate ${use.kind} ${name.text} - ignoring`,
    expected: 'each name once',
  })
  return false
}

// The parser takes one more than can ever be used; interfaces and scripts are then reduced with a report.
function readWeight(reader: LineReader, word: LineWord, name: LineWord, { kind, owner }: TrackContext): number | undefined {
  const most = kind === 'track_bfd' ? 253 : 254
  const weight = parseWhole(word.text, { min: -most, max: most })
  if (weight.kind === 'fault') {
    const message = `(${owner}) weight '${word.text}' of ${name.text} ${describeFault(weight.fault)}; the default weight is used`
    reader.report({ code: 'track-weight', at: word, message, expected: '-253..253' })
    return undefined
  }
  if (Math.abs(weight.value) < 254 || (kind !== 'track_interface' && kind !== 'track_script')) return weight.value
  const message = `(${owner}) weight for ${name.text} cannot be +/-254. Setting to +/-253`
  reader.report({ code: 'track-weight-254', at: word, message, expected: '-253..253' })
  return Math.sign(weight.value) * 253
}

function readReverse(reader: LineReader, line: TrackLine, { kind, owner }: TrackContext): TrackLine | undefined {
  const word = reader.next()
  if (word === undefined) return line
  if (word.text === 'reverse') return { ...line, reverse: true }
  if (word.text === 'noreverse' && kind !== 'track_interface') return { ...line, reverse: false }
  const dropped = kind === 'track_file'
  const message = `(${owner}) ${kind} ${line.name}: unknown option ${word.text}; ${dropped ? 'it is not tracked' : 'the option is ignored'}`
  reader.report({ code: 'track-reverse', at: word, message, expected: kind === 'track_interface' ? 'reverse' : 'reverse or noreverse' })
  return dropped ? undefined : line
}
