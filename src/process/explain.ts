import { explainKeyword, listKeywords } from '../explain/keyword.ts'

const USAGE = `usage: vipkeeper explain KEYWORD|LINT [--block BLOCK]
       vipkeeper explain --list [--block BLOCK]
       vipkeeper explain --pair FILE FILE [--ids ID ID]     (what -i is on each, where lines begin with @ID)
Status: 0; 1 unknown keyword, or something in the pair that must not be; 2 no such question, or a file that cannot be used.
`

/** 0 explained, 1 there is something wrong with what was asked about, 2 the question itself is wrong. */
export type ExplainCode = 0 | 1 | 2

/** `vipkeeper explain …`: answers go to standard output, complaints to standard error. */
export async function runExplain(words: readonly string[]): Promise<ExplainCode> {
  const question = readQuestion(words)
  switch (question.kind) {
    case 'keyword': {
      const { kind, text } = explainKeyword(question.word, question.block)
      if (kind === 'known') process.stdout.write(text)
      else process.stderr.write(text)
      return kind === 'known' ? 0 : 1
    }
    case 'list':
      process.stdout.write(listKeywords(question.block))
      return 0
    case 'pair': {
      const { explainFiles } = await import('./explain-pair.ts')
      return explainFiles(question.files, question.ids)
    }
    case 'help':
      process.stdout.write(USAGE)
      return 0
    case 'unclear':
      process.stderr.write(USAGE)
      return 2
  }
}

export type Question =
  | { readonly kind: 'keyword'; readonly word: string; readonly block: string | undefined }
  | { readonly kind: 'list'; readonly block: string | undefined }
  | { readonly kind: 'pair'; readonly files: readonly [string, string]; readonly ids: readonly [string, string] | undefined }
  | { readonly kind: 'help' | 'unclear' }

export function readQuestion(words: readonly string[]): Question {
  const rest = [...words]
  let block: string | undefined
  const at = rest.indexOf('--block')
  if (at >= 0) {
    block = rest[at + 1]
    if (block === undefined) return { kind: 'unclear' }
    rest.splice(at, 2)
  }
  if (rest.includes('--pair')) return block === undefined ? readPair(rest) : { kind: 'unclear' }
  const [first] = rest
  if (rest.length !== 1 || first === undefined) return { kind: 'unclear' }
  if (first === '--list') return { kind: 'list', block }
  if (first === '--help' || first === '-h') return { kind: 'help' }
  return { kind: 'keyword', word: first, block }
}

function readPair(words: readonly string[]): Question {
  const rest = words.filter((word) => word !== '--pair')
  const at = rest.indexOf('--ids')
  const [one, other] = at < 0 ? [] : rest.splice(at, 3).slice(1)
  const [a, b, more] = rest
  if (a === undefined || b === undefined || more !== undefined || (at >= 0 && other === undefined)) return { kind: 'unclear' }
  return { kind: 'pair', files: [a, b], ids: one === undefined || other === undefined ? undefined : [one, other] }
}
