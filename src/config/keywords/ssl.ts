import type { Parsed } from '../parsed.ts'
import { block, leaf, type Row, type Table } from '../schema.ts'

/** SSL { password, ca, certificate, key }: what SSL_GET shows to the servers. */
export interface SslDraft {
  password?: string
  ca?: string
  certificate?: string
  key?: string
}

const file = (field: keyof SslDraft, grammar: string, summary: string) =>
  leaf<SslDraft, string>(grammar, summary, { since: '<=1.0.0', acted: true }, (draft, { keyword, words }, context) => {
    const word = words[1]
    if (word === undefined) return context.report('general', 'missing-argument', `SSL ${keyword} missing`, grammar, 0)
    if (draft[field] !== undefined) {
      context.report('general', 'duplicate', `SSL ${keyword} was given before; '${word}' replaces '${draft[field]}'`, 'only once', 0)
    }
    draft[field] = word
  })

export const ssl: Table<SslDraft> = {
  password: file('password', '<str>', 'password of the key'),
  ca: file('ca', '<path>', 'certificates that are trusted'),
  certificate: file('certificate', '<path>', 'own certificate'),
  key: file('key', '<path>', 'key of the own certificate'),
}

/** The root keyword. */
export const sslBlock = (row: Row) =>
  block<Parsed['check'], SslDraft>('', 'client certificate of SSL_GET', row, {
    table: ssl,
    open(check, _statement, context) {
      if (check.ssl !== undefined) context.report('general', 'duplicate', 'SSL context already specified - replacing', 'one SSL block', 0)
      return {}
    },
    close(child, check) {
      check.ssl = child
    },
  })
