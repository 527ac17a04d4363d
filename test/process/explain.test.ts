import { describe, expect, test } from 'vitest'
import { readQuestion } from '../../src/process/explain.ts'

describe('vipkeeper explain', () => {
  test.each([
    { words: 'nopreempt', question: { kind: 'keyword', word: 'nopreempt', block: undefined } },
    { words: 'weight --block real_server', question: { kind: 'keyword', word: 'weight', block: 'real_server' } },
    { words: '--block real_server weight', question: { kind: 'keyword', word: 'weight', block: 'real_server' } },
    { words: '-nodad', question: { kind: 'keyword', word: '-nodad', block: undefined } },
    { words: '--list', question: { kind: 'list', block: undefined } },
    { words: '--list --block url', question: { kind: 'list', block: 'url' } },
    { words: '--pair a.conf b.conf', question: { kind: 'pair', files: ['a.conf', 'b.conf'], ids: undefined } },
    { words: '--pair k.conf k.conf --ids lb1 lb2', question: { kind: 'pair', files: ['k.conf', 'k.conf'], ids: ['lb1', 'lb2'] } },
    { words: '--pair --ids lb1 lb2 k.conf k.conf', question: { kind: 'pair', files: ['k.conf', 'k.conf'], ids: ['lb1', 'lb2'] } },
    { words: '--pair k.conf k.conf --ids lb1', question: { kind: 'unclear' } },
    { words: '--pair k.conf --ids lb1 lb2', question: { kind: 'unclear' } },
    { words: '--help', question: { kind: 'help' } },
    { words: '', question: { kind: 'unclear' } },
    { words: 'weight --block', question: { kind: 'unclear' } },
    { words: 'weight priority', question: { kind: 'unclear' } },
    { words: '--pair', question: { kind: 'unclear' } },
    { words: '--pair a.conf', question: { kind: 'unclear' } },
    { words: '--pair a.conf b.conf c.conf', question: { kind: 'unclear' } },
    { words: '--pair a.conf b.conf --block url', question: { kind: 'unclear' } },
  ])('"explain $words" asks for $question.kind', ({ words, question }) => {
    expect(readQuestion(words.split(' ').filter((word) => word !== ''))).toEqual(question)
  })
})
