/** An option as libpopt knows it. `optional` takes the next word unless that begins with a dash. */
export interface Option {
  readonly letter?: string
  readonly long: string
  readonly argument: 'none' | 'required' | 'optional'
}

/** What the words say next; `written` is the last word that was looked at, which is how libpopt names what is wrong. */
export type Step<Row extends Option> =
  | { readonly kind: 'option'; readonly option: Row; readonly value: string | undefined; readonly written: string }
  | { readonly kind: 'wrong'; readonly written: string; readonly reason: string }

/** Reads words as popt(3) does, option by option; those that are none are put into `rest`. Nothing follows a wrong one. */
export function* readOptions<Row extends Option>(words: readonly string[], table: readonly Row[], rest: string[]): Generator<Step<Row>> {
  let at = 0
  const next = (kind: 'required' | 'optional'): string | undefined => {
    const word = words[at]
    if (word === undefined || (kind === 'optional' && word.startsWith('-'))) return undefined
    at++
    return word
  }
  const take = (option: Row | undefined, attached: string | undefined): Step<Row> => {
    const wrong = (reason: string): Step<Row> => ({ kind: 'wrong', written: words[at - 1] ?? '', reason })
    if (option === undefined) return wrong('unknown option')
    if (option.argument === 'none') {
      if (attached !== undefined) return wrong('option does not take an argument')
      return { kind: 'option', option, value: undefined, written: words[at - 1] ?? '' }
    }
    const value = attached ?? next(option.argument)
    if (value === undefined && option.argument === 'required') return wrong('missing argument')
    return { kind: 'option', option, value, written: words[at - 1] ?? '' }
  }

  while (at < words.length) {
    const word = words[at++] ?? ''
    if (word === '--') {
      rest.push(...words.slice(at))
      return
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word)
      continue
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=')
      const name = word.slice(2, equals < 0 ? undefined : equals)
      const step = take(
        table.find(({ long }) => long === name),
        equals < 0 ? undefined : word.slice(equals + 1),
      )
      yield step
      if (step.kind === 'wrong') return
      continue
    }
    for (let i = 1; i < word.length; i++) {
      const option = table.find(({ letter }) => letter === word.charAt(i))
      const behind = word.slice(i + 1).replace(/^=/, '')
      const takesRest = option !== undefined && option.argument !== 'none' && i + 1 < word.length
      const step = take(option, takesRest ? behind : undefined)
      yield step
      if (step.kind === 'wrong') return
      if (takesRest) break
    }
  }
}
