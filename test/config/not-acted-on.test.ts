import { expect, test } from 'vitest'
import { instanceText, loadText } from '../support/config-files.ts'

test.each([{ keyword: 'linkbeat_interfaces', line: 'eth1' }])(
  '$keyword is judged, and reported as not acted on with its place',
  ({ keyword, line }) => {
    const { notActedOn, diagnostics } = loadText(`${keyword} {\n  ${line}\n}\n${instanceText()}`)
    expect(diagnostics).toEqual([])
    expect(notActedOn).toContainEqual({ keyword, block: '', at: expect.objectContaining({ line: 1, column: 1 }) })
  },
)
