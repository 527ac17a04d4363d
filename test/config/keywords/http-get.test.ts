import { describe, expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

/** Lines of a checker with a url, which stand on lines 8 and following. */
const http = (lines: string, kind = 'HTTP_GET', above = '') =>
  readCheck(
    `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.1 80 {\n${kind} {\nurl { path / }\n${lines}\n}\n}\n${above}\n}`,
  )
/** Lines of a url, which stand on lines 8 and following. */
const url = (lines: string, kind = 'HTTP_GET') =>
  readCheck(
    `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.1 80 {\n${kind} {\nurl {\n${lines}\n}\n}\n}\n}`,
  )
const first = (read: ReturnType<typeof readCheck>) => read.config.virtualServers[0]?.realServers[0]?.checkers[0]

describe('HTTP_GET', () => {
  test('asks with HTTP/1.0 for 200-299, retrying once after 3 s', () => {
    expect(first(http(''))).toMatchObject({
      kind: 'HTTP_GET',
      retry: 1,
      delayBeforeRetry: 3_000_000,
      httpProtocol: '1.0',
      virtualhost: undefined,
      enableSni: false,
      urls: [
        {
          path: '/',
          statusCodes: [{ low: 200, high: 299 }],
          digest: undefined,
          regex: undefined,
          virtualhost: undefined,
          tlsCompliant: false,
        },
      ],
    })
  })

  test.each([
    { name: 'http_protocol 1.0c is 1.0C', lines: 'http_protocol 1.0c', value: { httpProtocol: '1.0C' } },
    { name: 'http_protocol 1.1', lines: 'http_protocol 1.1', value: { httpProtocol: '1.1' } },
    { name: 'virtualhost', lines: 'virtualhost a', value: { virtualhost: 'a' } },
    { name: 'enable_sni', lines: 'enable_sni', value: { enableSni: true } },
    { name: 'sni_name enables too', lines: 'sni_name a', value: { enableSni: true, sniName: 'a' } },
    { name: 'fast_recovery is read', lines: 'fast_recovery', value: {} },
    { name: 'retry', lines: 'retry 3', value: { retry: 3 } },
  ])('$name', ({ lines, value }) => {
    const read = http(lines)
    expect(read.codes).toEqual([])
    expect(first(read)).toMatchObject(value)
  })

  test('nb_get_retry is retry, and told', () => {
    const read = http('nb_get_retry 3')
    expect(read.codes).toEqual(['8 deprecated'])
    expect(first(read)).toMatchObject({ retry: 3 })
  })

  test('virtualhost comes from the virtual_server where nothing is nearer', () => {
    expect(first(http('', 'HTTP_GET', 'virtualhost far'))).toMatchObject({ virtualhost: 'far' })
  })

  test.each([
    ['http_protocol 2.0', 'http_protocol 2.0', ['8 http-protocol']],
    ['http_protocol alone', 'http_protocol', ['8 http-protocol']],
    ['virtualhost alone', 'virtualhost', ['8 missing-argument']],
    ['virtualhost twice', 'virtualhost a\nvirtualhost b', ['9 duplicate']],
    ['sni_name twice', 'sni_name a\nsni_name b', ['9 duplicate']],
    ['enable_sni TRUE', 'enable_sni TRUE', ['8 bad-boolean']],
    ['fast_recovery 1', 'fast_recovery 1', ['8 bad-boolean']],
    ['nb_get_retry x', 'nb_get_retry x', ['8 deprecated', '8 invalid-number']],
    ['tls_compliant, which SSL_GET alone has', 'tls_compliant', ['8 unknown-keyword']],
    ['path, which url has', 'path /', ['8 unknown-keyword']],
  ])('%s is told', (_name, lines, codes) => {
    expect(http(lines).codes).toEqual(codes)
  })

  test('without a url there is no check', () => {
    const read = readCheck(
      'virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 10.0.0.1 80 {\nHTTP_GET {\nconnect_timeout 3\n}\n}\n}',
    )
    expect(read.codes).toEqual(['8 http-urls'])
    expect(first(read)).toBeUndefined()
  })
})

describe('SSL_GET', () => {
  test('tls_compliant of the checker is that of its urls', () => {
    const read = http('tls_compliant', 'SSL_GET')
    expect(read.codes).toEqual([])
    expect(first(read)).toMatchObject({ kind: 'SSL_GET', urls: [{ tlsCompliant: true }] })
  })

  test('tls_compliant of a url', () => {
    expect(first(url('path /\ntls_compliant', 'SSL_GET'))).toMatchObject({ urls: [{ tlsCompliant: true }] })
    expect(url('path /\ntls_compliant').codes).toEqual(['9 unknown-keyword'])
  })
})

describe('url', () => {
  test.each([
    {
      name: 'status_code in ranges, over several lines',
      lines: 'path /\nstatus_code 200 301-302\nstatus_code 404',
      value: {
        statusCodes: [
          { low: 200, high: 200 },
          { low: 301, high: 302 },
          { low: 404, high: 404 },
        ],
      },
    },
    { name: 'bare status_code means nothing', lines: 'path /\nstatus_code', value: { statusCodes: [{ low: 200, high: 299 }] } },
    {
      name: 'digest in small letters',
      lines: 'path /\ndigest FF20AD2481F97B1754EF3E12ECD3A9CC',
      value: { digest: 'ff20ad2481f97b1754ef3e12ecd3a9cc' },
    },
    { name: 'virtualhost', lines: 'path /\nvirtualhost a', value: { virtualhost: 'a' } },
    {
      name: 'regex with regex_options, regex_no_match, regex_min_offset and regex_max_offset',
      lines: 'path /\nregex "^ok \\d"\nregex_options caseless multiline\nregex_no_match\nregex_min_offset 5\nregex_max_offset 9',
      value: { regex: { pattern: '^ok \\d', options: ['caseless', 'multiline'], noMatch: true, minOffset: 5, maxOffset: 9 } },
    },
    { name: 'regex in single quotes', lines: "path /\nregex 'a b'", value: { regex: { pattern: 'a b' } } },
    {
      name: 'a regex that does not compile is not judged here',
      lines: 'path /\nregex "(unclosed"',
      value: { regex: { pattern: '(unclosed' } },
    },
    { name: 'regex_min_offset of no number is 0', lines: 'path /\nregex a\nregex_min_offset x', value: { regex: { minOffset: 0 } } },
    { name: 'regex_stack is read', lines: 'path /\nregex_stack', value: { path: '/' } },
  ])('$name', ({ lines, value }) => {
    const read = url(lines)
    expect(read.codes).toEqual([])
    expect(first(read)).toMatchObject({ urls: [value] })
  })

  test.each([
    ['status_code 99', 'path /\nstatus_code 99', ['9 status-code']],
    ['status_code backwards', 'path /\nstatus_code 299-200', ['9 status-code']],
    ['two bad status_code words', 'path /\nstatus_code 600 2xx', ['9 status-code', '9 status-code']],
    ['digest of 6 digits', 'path /\ndigest ff20ad', ['9 digest']],
    ['digest with a z', 'path /\ndigest zz20ad2481f97b1754ef3e12ecd3a9cc', ['9 digest']],
    ['digest twice', `path /\ndigest ${'0'.repeat(32)}\ndigest ${'1'.repeat(32)}`, ['10 digest-duplicate']],
    ['path twice', 'path /\npath /b', ['9 duplicate']],
    ['virtualhost alone', 'path /\nvirtualhost', ['9 missing-argument']],
    ['regex twice', 'path /\nregex a\nregex b', ['10 duplicate']],
  ])('%s is told and the url stays', (_name, lines, codes) => {
    const read = url(lines)
    expect(read.codes).toEqual(codes)
    expect(first(read)).toBeDefined()
  })

  test('without a path it is dropped, and with it the checker', () => {
    expect(url('status_code 200').codes).toEqual(['9 url-path', '10 http-urls'])
  })

  test.each(['path', 'digest'])('status 2 where %s has no argument', (keyword) => {
    expect(url(keyword).stopped).toBe(true)
  })
})
