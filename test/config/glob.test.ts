import { describe, expect, test } from 'vitest'
import { globPaths, matchesName, unfoldBraces } from '../../src/config/glob.ts'

const tree: Readonly<Record<string, readonly string[]>> = {
  '/': ['etc'],
  '/etc': ['k', 'l'],
  '/etc/k': ['b.conf', 'a.conf', '.hidden.conf', 'x'],
}
const folders = {
  list: (folder: string) => tree[folder],
  exists: (path: string) =>
    tree[path] !== undefined || (tree[path.slice(0, path.lastIndexOf('/')) || '/'] ?? []).includes(path.slice(path.lastIndexOf('/') + 1)),
}

describe('patterns of include', () => {
  test.each([
    { pattern: '/etc/k/*.conf', paths: ['/etc/k/a.conf', '/etc/k/b.conf'] },
    { pattern: '/etc/k/?', paths: ['/etc/k/x'] },
    { pattern: '/etc/*/[ab].conf', paths: ['/etc/k/a.conf', '/etc/k/b.conf'] },
    { pattern: '/etc/k/[!a].conf', paths: ['/etc/k/b.conf'] },
    { pattern: '/etc/k/{b,a}.conf', paths: ['/etc/k/b.conf', '/etc/k/a.conf'] },
    { pattern: '/etc/k/.*', paths: ['/etc/k/.hidden.conf'] },
    { pattern: '/etc/k/zz', paths: [] },
  ])('$pattern', ({ pattern, paths }) => {
    expect(globPaths(pattern, folders).paths).toEqual(paths)
  })

  test('a brace alternative without a match is told', () => {
    expect(globPaths('/etc/k/{a,zz}.conf', folders).missingAlternatives).toEqual(['/etc/k/zz.conf'])
  })

  test.each([
    { pattern: '/etc/k/z*', folderExists: true },
    { pattern: '/nowhere/z*', folderExists: false },
  ])('$pattern: the folder exists $folderExists', ({ pattern, folderExists }) => {
    expect(globPaths(pattern, folders).folderExists).toBe(folderExists)
  })

  test('a pattern of many stars does not take for ever', () => {
    expect(matchesName(`${'*a'.repeat(30)}b`, 'a'.repeat(200))).toBe(false)
  })

  test('braces nest and unfold from left to right', () => {
    expect(unfoldBraces('{a,b{c,d}}e')).toEqual(['ae', 'bce', 'bde'])
  })

  test('braces that would unfold without end are left', () => {
    expect(unfoldBraces('{a,b}'.repeat(20)).length).toBeLessThanOrEqual(1024)
  })
})
