import { describe, expect, test } from 'vitest'
import { type Options, parseCommandLine, usage } from '../../src/process/options.ts'

function options(...words: readonly string[]): Options {
  const command = parseCommandLine(words)
  if (command.kind !== 'run') throw new Error(`${words.join(' ')}: ${JSON.stringify(command)}`)
  return command.options
}

describe('options that act', () => {
  test.each<{ name: string; words: readonly string[]; expected: Partial<Options> }>([
    { name: '-f FILE', words: ['-f', 'a.conf'], expected: { useFile: 'a.conf' } },
    { name: '-fFILE', words: ['-fa.conf'], expected: { useFile: 'a.conf' } },
    { name: '--use-file FILE', words: ['--use-file', 'a.conf'], expected: { useFile: 'a.conf' } },
    { name: '--use-file=FILE', words: ['--use-file=a=b.conf'], expected: { useFile: 'a=b.conf' } },
    { name: 'an unambiguous beginning of a long option', words: ['--use=a.conf'], expected: { useFile: 'a.conf' } },
    { name: '-P runs vrrp only', words: ['-P'], expected: { vrrp: true, check: false } },
    { name: '--vrrp runs vrrp only', words: ['--vrrp'], expected: { vrrp: true, check: false } },
    { name: '-C runs the checker only', words: ['-C'], expected: { vrrp: false, check: true } },
    { name: 'flags together, -nlD', words: ['-nlD'], expected: { dontFork: true, logConsole: true, logDetail: 1 } },
    { name: '-D twice', words: ['-DD'], expected: { logDetail: 2 } },
    { name: '-D three times is no more than twice', words: ['-D', '-DD'], expected: { logDetail: 2 } },
    {
      name: 'flags before an option with its argument attached',
      words: ['-nlfx.conf'],
      expected: { dontFork: true, logConsole: true, useFile: 'x.conf' },
    },
    {
      name: '-t keeps in the foreground and off syslog',
      words: ['-t'],
      expected: { configTest: { kind: 'stderr' }, dontFork: true, dontRespawn: true, noSyslog: true },
    },
    { name: '-tFILE', words: ['-t/tmp/x'], expected: { configTest: { kind: 'file', path: '/tmp/x' } } },
    { name: '-t takes no separate word', words: ['-t', '-f', 'x'], expected: { configTest: { kind: 'stderr' }, useFile: 'x' } },
    { name: '--config-test=FILE', words: ['--config-test=/tmp/x'], expected: { configTest: { kind: 'file', path: '/tmp/x' } } },
    { name: '-p -r -c', words: ['-p', '1', '-r', '2', '-c', '3'], expected: { pid: '1', vrrpPid: '2', checkersPid: '3' } },
    {
      name: '--pid --vrrp_pid --checkers_pid',
      words: ['--pid=1', '--vrrp_pid=2', '--checkers_pid=3'],
      expected: { pid: '1', vrrpPid: '2', checkersPid: '3' },
    },
    {
      name: '-X -V -I -R -d',
      words: ['-XVIRd'],
      expected: { releaseVips: true, dontReleaseVrrp: true, dontReleaseIpvs: true, dontRespawn: true, dumpConf: true },
    },
    { name: '-i ID', words: ['-i', 'node1'], expected: { configId: 'node1' } },
    { name: '-S local3', words: ['-S', 'local3'], expected: { logFacility: 19 } },
    { name: '-S 0', words: ['-S0'], expected: { logFacility: 16 } },
    { name: 'the last of two wins', words: ['-f', 'a', '-f', 'b'], expected: { useFile: 'b' } },
    {
      name: 'the words of a container',
      words: ['--dont-fork', '--log-console', '--log-detail'],
      expected: { dontFork: true, logConsole: true, logDetail: 1 },
    },
    {
      name: 'the words of a packaged test',
      words: ['-l', '-t', '-f', '/etc/k.conf'],
      expected: { logConsole: true, useFile: '/etc/k.conf' },
    },
  ])('$name', ({ words, expected }) => {
    expect(options(...words)).toMatchObject(expected)
  })
})

test.each([
  { word: '-u022', umask: 0o22 },
  { word: '--umask=0x1ff', umask: 0o777 },
  { word: '-u18', umask: 0o22 },
  { word: '-u0', umask: 0 },
  { word: '-u01000', umask: undefined },
])('$word is the umask $umask', ({ word, umask }) => expect(options(word).umask).toBe(umask))

test('-s names the network namespace', () => expect(options('-sblue').namespace).toBe('blue'))

describe('what a command line gets wrong', () => {
  test.each<{ name: string; words: readonly string[]; messages: readonly string[] }>([
    { name: 'an unknown long option', words: ['--bogus'], messages: ['Unknown option --bogus'] },
    { name: 'an unknown letter', words: ['-Z'], messages: ['Unknown option -Z'] },
    { name: 'an unknown letter among known ones', words: ['-nZl'], messages: ['Unknown option -Z'] },
    {
      name: 'all of the line is read before it is refused',
      words: ['-Z', '--foo=1', '-nq'],
      messages: ['Unknown option -Z', 'Unknown option --foo=1', 'Unknown option -q'],
    },
    { name: 'a missing argument of a letter', words: ['-f'], messages: ['Missing parameter for option -f'] },
    { name: 'an empty argument of a letter', words: ['-f', ''], messages: ['Missing parameter for option -f'] },
    { name: 'an empty argument of a long option', words: ['--use-file='], messages: ['Missing parameter for option --use-file'] },
    { name: 'a missing argument of a long option', words: ['--pid'], messages: ['Missing parameter for option --pid'] },
    { name: 'an argument for one that takes none', words: ['--version=3'], messages: ['Unknown option --version=3'] },
    { name: 'an ambiguous beginning', words: ['--log'], messages: ['Unknown option --log'] },
    { name: 'an unknown name for --signum', words: ['--signum=FOO'], messages: ['Unknown sigfunc FOO'] },
  ])('$name', ({ words, messages }) => {
    expect(parseCommandLine(words)).toEqual({ kind: 'refused', messages })
  })

  test.each([
    { name: 'words without an option', words: ['-n', 'foo', '-l', 'bar'], unexpected: ['foo', 'bar'] },
    { name: 'everything after --', words: ['-n', '--', '-l'], unexpected: ['-l'] },
    { name: 'a lone -', words: ['-'], unexpected: ['-'] },
  ])('$name is listed and ignored', ({ words, unexpected }) => {
    expect(parseCommandLine(words)).toMatchObject({ kind: 'run', unexpected })
  })

  test.each([
    { name: '-S local9', words: ['-S', 'local9'], complaint: "Invalid log facility 'local9'" },
    { name: '-u 01000', words: ['-u', '01000'], complaint: "Invalid umask '01000'" },
    { name: '-u ten', words: ['-u', 'ten'], complaint: "Invalid umask 'ten'" },
  ])('$name is reported and nothing else', ({ words, complaint }) => {
    expect(parseCommandLine(words)).toMatchObject({ kind: 'run', complaints: [complaint] })
  })
})

test.each([
  { signal: 'STOP', number: 15 },
  { signal: 'RELOAD', number: 1 },
  { signal: 'DATA', number: 10 },
  { signal: 'STATS', number: 12 },
  { signal: 'STATS_CLEAR', number: 63 },
  { signal: 'JSON', number: 36 },
])('--signum=$signal is $number', ({ signal, number }) => {
  expect(parseCommandLine([`--signum=${signal}`])).toEqual({ kind: 'signum', signal: number })
})

test.each([
  { words: ['-v'], kind: 'version' },
  { words: ['-n', '--version', '--bogus'], kind: 'version' },
  { words: ['-h'], kind: 'help' },
  { words: ['--help'], kind: 'help' },
])('$words answers at once', ({ words, kind }) => {
  expect(parseCommandLine(words)).toEqual({ kind })
})

test.each(['-gfile', '-g', '-x', '-Aaddr', '-m', '-M', '-Mcore.%p', '-a', '--perf=all', '--debug', '--flush-log-file'])(
  '%s is accepted, and named as not acted on',
  (word) => {
    expect(parseCommandLine([word, '-n'])).toMatchObject({ kind: 'run', notActedOn: [word], options: { dontFork: true } })
  },
)

test('the help names every option once, in 80 columns or on two lines', () => {
  const text = usage('keepalived')
  for (const word of ['--use-file=FILE', '--config-test[=FILE]', '--dont-release-ipvs', '--signum=SIGFUNC'])
    expect(text.split(word)).toHaveLength(2)
})

test('-B and -b: no bfd process, and where its pid file is', () => {
  expect(parseCommandLine(['-B', '-b/run/b'])).toMatchObject({ kind: 'run', notActedOn: [], options: { bfd: false, bfdPid: '/run/b' } })
  expect(parseCommandLine(['--no_bfd', '--bfd_pid=/run/c'])).toMatchObject({ options: { bfd: false, bfdPid: '/run/c' } })
  expect(parseCommandLine([])).toMatchObject({ options: { bfd: true, bfdPid: undefined } })
})
