// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes its names so
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/config/diagnostic.ts'
import { Expander } from '../../src/config/expand.ts'
import { allChecks, noChecks } from '../../src/config/include-check.ts'
import { type FileContent, MAIN, readerOf } from '../support/config-files.ts'

interface More {
  readonly files?: Readonly<Record<string, FileContent>>
  readonly configId?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly all?: boolean
}

function expand(text: string, { files = {}, configId = 'main', environment = {}, all = false }: More = {}) {
  const findings: Diagnostic[] = []
  const lines: string[] = []
  const places: string[] = []
  const expander = new Expander({
    reader: readerOf({ [MAIN]: text, ...files }, { environment: (name) => environment[name] }),
    configId,
    checks: all ? allChecks : noChecks,
    findings,
    sink(line) {
      lines.push(line.text)
      places.push(`${line.at.line}:${line.at.column}`)
      return true
    },
  })
  expander.readFile(MAIN)
  return {
    lines,
    places,
    codes: findings.map(({ code, at }) => `${at.line} ${code}`),
    fatal: expander.fatalInclude,
    ending: expander.ending,
  }
}

describe('braces', () => {
  test.each([
    { text: 'global_defs { router_id x }', lines: ['global_defs', '{', 'router_id x', '}'] },
    { text: 'global_defs{router_id x}', lines: ['global_defs', '{', 'router_id x', '}'] },
    { text: 'a "{ }" b', lines: ['a "{ }" b'] },
    { text: "a '{' b", lines: ["a '", '{', "' b"] },
  ])('$text', ({ text, lines }) => {
    expect(expand(text).lines).toEqual(lines)
  })

  test('each piece knows its column', () => {
    expect(expand('  a{b 1 }').places).toEqual(['1:3', '1:4', '1:5', '1:9'])
  })
})

describe('definitions', () => {
  test.each([
    { name: 'a name in braces is replaced anywhere', text: '$A=x\na${A}b "${A}"', lines: ['axb "x"'] },
    {
      name: 'a bare name is replaced before a blank, comma, parenthesis or the end',
      text: '$A=x\ny$A $A, ($A) $A',
      lines: ['yx x, (x) x'],
    },
    { name: 'a bare name before anything else stays', text: '$A=x\n"$A" $A.b $A/c', lines: ['"$A" $A.b $A/c'] },
    { name: 'a backslash does not protect', text: '$A=x\nb \\$A', lines: ['b \\x'] },
    { name: 'values are looked up when used', text: '$C=${D}\n$D=late\na $C', lines: ['a late'] },
    { name: 'a blank before = makes no definition', text: '$B = x', lines: ['$B = x'] },
    { name: 'a later value replaces an earlier', text: '$A=1\n$A=2\na $A', lines: ['a 2'] },
    { name: 'an undefined name in braces is torn by them', text: 'a ${X} b', lines: ['a $', '{', 'X', '}', 'b'] },
    { name: 'an undefined bare name stays', text: 'a $X b', lines: ['a $X b'] },
    { name: 'an empty value leaves the rest', text: '$A=\nb ${A}c', lines: ['b c'] },
    { name: 'a line that is only an empty value disappears', text: '$A=\n${A}', lines: [] },
    { name: 'a comment that a value brings ends the line', text: 'router_id ab${_HASH}cd ${_BANG}', lines: ['router_id ab'] },
    { name: 'inside quotes it does not', text: 'a "${_HASH}x"', lines: ['a "#x"'] },
  ])('$name', ({ text, lines }) => {
    expect(expand(text)).toMatchObject({ lines, codes: [] })
  })

  test.each([
    { name: '_PWD is the folder of the file', text: 'a ${_PWD}', lines: ['a /etc/keepalived'] },
    { name: '_INSTANCE is the configuration id', text: 'a ${_INSTANCE}', lines: ['a main'] },
    { name: '_ENV takes a name', text: 'a ${_ENV X}b${_ENV Y}', lines: ['a 7b'] },
    { name: '_RANDOM keeps its bounds', text: 'a ${_RANDOM 4 4}', lines: ['a 4'] },
    { name: 'a predefined name can be overridden', text: '$_PWD=/x\na ${_PWD}', lines: ['a /x'] },
  ])('$name', ({ text, lines }) => {
    expect(expand(text, { environment: { X: '7' } })).toMatchObject({ lines, codes: [] })
  })

  test.each([
    { name: '_ENV without a name ends everything', text: 'a\nb ${_ENV}\nc', lines: ['a'], codes: ['2 no-variable'] },
    {
      name: '_RANDOM with its bounds the wrong way round takes the lower',
      text: 'a ${_RANDOM 9 4}',
      lines: ['a 9'],
      codes: ['1 bad-random'],
    },
    { name: 'a definition of itself is told, not followed', text: '$A=$A\nb\n$A', lines: ['b'], codes: ['3 endless-definition'] },
    {
      name: 'a line that grows too long stays as it is',
      text: `$A=${'x'.repeat(600)}\na $A $A`,
      lines: ['a $A $A'],
      codes: ['2 substitution-too-long'],
    },
  ])('$name', ({ text, lines, codes }) => {
    expect(expand(text)).toMatchObject({ lines, codes })
  })
})

describe('definitions of several lines', () => {
  test.each([
    { name: 'each line is a line, the text before goes to the first', text: '$M= \\\n  a \\\n  b\nx $M', lines: ['x a', 'b'] },
    { name: 'text on the first line counts', text: '$M= a \\\n b\n$M', lines: ['a', 'b'] },
    { name: 'only at the end of a line', text: '$M= a \\\n b\n$M y', lines: ['$M y'] },
    { name: 'an empty line ends it', text: '$M= a \\\n\nb\n$M', lines: ['b', 'a'] },
    { name: 'a line of blanks does not', text: '$M= a \\\n  \n b\n$M', lines: ['a', 'b'] },
    { name: 'definitions inside are carried out where it is used', text: '$M= \\\n x \\\n $A=1 \\\n y $A\n$M', lines: ['x', 'y 1'] },
    { name: 'one can use another', text: '$N= \\\n c \\\n d\n$M= \\\n a \\\n $N\n$M', lines: ['a', 'c', 'd'] },
  ])('$name', ({ text, lines }) => {
    expect(expand(text)).toMatchObject({ lines, codes: [] })
  })

  test('one that holds itself is told once, and ends', () => {
    const { codes } = expand('$M= \\\n a \\\n $M\n$M')
    expect(codes).toEqual(['4 endless-definition'])
  })

  test('what doubles over and over is bounded', () => {
    const text = Array.from({ length: 40 }, (_, n) => `$A${n}= \\\n $A${n + 1} \\\n $A${n + 1}\n`).join('')
    expect(expand(`${text}$A0\n`).codes.map((code) => code.split(' ')[1])).toEqual(['limit'])
  })
})

describe('conditions', () => {
  test.each([
    { text: '@main a', lines: ['a'] },
    { text: '@other a', lines: [] },
    { text: '@^main a', lines: [] },
    { text: '@^other a', lines: ['a'] },
    { text: '@mai a', lines: [] },
    { text: '@main @main x', lines: ['@main x'] },
    { text: '@main $A=1\nb $A', lines: ['b 1'] },
    { text: '@main {', lines: ['{'] },
    { text: '@main', lines: [] },
  ])('$text', ({ text, lines }) => {
    expect(expand(text)).toMatchObject({ lines, codes: [] })
  })
})

describe('sequences', () => {
  test.each([
    { name: '~SEQ repeats the rest of the line', text: '~SEQ(I, 1, 3) 10.0.0.${I}', lines: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] },
    { name: 'the variable keeps its last value', text: '~SEQ(I, 2) a $I\nb $I', lines: ['a 1', 'a 2', 'b 2'] },
    {
      name: 'sequences nest',
      text: '~LST({N,A}, {red,10.0.0.1}, {blue,10.0.0.2}) ~SEQ(P, 80, 81) real ${N} ${A} ${P}',
      lines: ['real red 10.0.0.1 80', 'real red 10.0.0.1 81', 'real blue 10.0.0.2 80', 'real blue 10.0.0.2 81'],
    },
    { name: 'arguments may be definitions', text: '$E=2\n~SEQ(I, $E) x$I', lines: ['x1', 'x2'] },
    { name: 'the template may be a definition', text: '~SEQ(I,98,99) $X=$I\na $X', lines: ['a 99'] },
    { name: 'one that comes out of a definition is none', text: '$L=~SEQ(I,1,2) x\n$L', lines: ['~SEQ(I,1,2) x'] },
    { name: 'an unknown word is a keyword', text: '~FOO(1) x', lines: ['~FOO(1) x'] },
  ])('$name', ({ text, lines }) => {
    expect(expand(text)).toMatchObject({ lines, codes: [] })
  })

  test('a malformed one drops its line', () => {
    expect(expand('~SEQ(I,1,0,3) x\na')).toMatchObject({ lines: ['a'], codes: ['1 bad-sequence'] })
  })
})

describe('include', () => {
  const files = {
    '/etc/keepalived/a.conf': 'a ${_PWD}',
    '/etc/keepalived/d/b.conf': 'b ${_PWD}\ninclude c.conf',
    '/etc/keepalived/d/c.conf': 'c',
  }

  test('a relative path starts from the file that has it, and files come in order', () => {
    expect(expand('include a.conf\ninclude d/b.conf\nz ${_PWD}', { files }).lines).toEqual([
      'a /etc/keepalived',
      'b /etc/keepalived/d',
      'c',
      'z /etc/keepalived',
    ])
  })

  test.each([
    { directive: 'include', fatal: [false, false, false, false] },
    { directive: 'includer', fatal: [true, false, false, false] },
    { directive: 'includem', fatal: [true, true, false, false] },
    { directive: 'includew', fatal: [true, true, true, false] },
    { directive: 'includeb', fatal: [true, false, false, true] },
    { directive: 'includea', fatal: [true, true, true, true] },
  ])('$directive: fatal for a folder, a missing path, an empty pattern, a missing alternative: $fatal', ({ directive, fatal }) => {
    const patterns = ['d', 'missing.conf', 'zz*', '{a,zz}.conf']
    expect(patterns.map((pattern) => expand(`${directive} ${pattern}`, { files }).fatal)).toEqual(fatal)
  })

  test.each(['executable', 'unreadable', 'not-regular'] as const)('a file that is %s is skipped with a word', (error) => {
    const { lines, codes } = expand('include x.conf\na', { files: { '/etc/keepalived/x.conf': { error } } })
    expect({ lines, codes }).toEqual({ lines: ['a'], codes: ['1 include'] })
  })

  test('includes go 16 deep and no deeper', () => {
    expect(expand('include keepalived.conf')).toMatchObject({ lines: [], codes: ['1 limit'] })
  })

  test.each(['includex a.conf', 'include', 'including a'])('%s is a keyword', (text) => {
    expect(expand(text, { files }).lines).toEqual([text])
  })
})

test.each([
  { name: 'a quote without partner is told and the line kept', text: 'a "b', lines: ['a "b'], codes: ['1 unterminated-quote'] },
  { name: 'a NUL byte costs its line', text: 'a\0\nb', lines: ['b'], codes: ['1 nul-byte'] },
  { name: 'a backslash continues nothing', text: 'a \\\nb', lines: ['a \\', 'b'], codes: [] },
])('$name', ({ text, lines, codes }) => {
  expect(expand(text)).toMatchObject({ lines, codes })
})
