import { explainKeyword, listKeywords } from '../explain/keyword.ts'

const USAGE = `usage: vipkeeper explain KEYWORD|LINT [--block BLOCK]
       vipkeeper explain --list [--block BLOCK]
       vipkeeper explain --pair FILE FILE
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
      return explainFiles(question.files)
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
  | { readonly kind: 'pair'; readonly files: readonly [string, string] }
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
  const [first, second, third, more] = rest
  if (first === '--pair' && second !== undefined && third !== undefined && more === undefined && block === undefined)
    return { kind: 'pair', files: [second, third] }
  if (rest.length !== 1 || first === undefined) return { kind: 'unclear' }
  if (first === '--list') return { kind: 'list', block }
  if (first === '--help' || first === '-h') return { kind: 'help' }
  return first === '--pair' ? { kind: 'unclear' } : { kind: 'keyword', word: first, block }
}
