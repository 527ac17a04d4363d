import { expect, test } from 'vitest'
import { instanceText, loadText } from '../support/config-files.ts'

test.each([
  { keyword: 'static_ipaddress', line: '192.0.2.7/24 dev eth1' },
  { keyword: 'static_routes', line: '10.0.0.0/8 via 192.0.2.1 dev eth1' },
  { keyword: 'static_rules', line: 'from 10.0.0.0/8 table 5 preference 7' },
])('$keyword is judged, and reported as not acted on with its place', ({ keyword, line }) => {
  const { notActedOn, diagnostics } = loadText(`${keyword} {\n  ${line}\n}\n${instanceText()}`)
  expect(diagnostics).toEqual([])
  expect(notActedOn).toContainEqual({ keyword, block: '', at: expect.objectContaining({ line: 1, column: 1 }) })
})
