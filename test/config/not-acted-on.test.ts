import { expect, test } from 'vitest'
import { instanceText, loadText } from '../support/config-files.ts'

test('namespace_with_ipsets is judged, and reported as not acted on with its place', () => {
  const { notActedOn, diagnostics } = loadText(`namespace_with_ipsets\n${instanceText()}`)
  expect(diagnostics).toEqual([])
  expect(notActedOn).toContainEqual({
    keyword: 'namespace_with_ipsets',
    block: '',
    at: expect.objectContaining({ line: 1, column: 1 }),
  })
})
