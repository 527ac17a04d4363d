import { block, bool, leaf, type Row, type Table, text, whole } from '../schema.ts'
import { type ConnectingDraft, connectOptions, SINCE_1_3, scheduleOptions } from './checker-options.ts'
import { newUrl, type UrlDraft, url } from './url.ts'

/** HTTP_GET and SSL_GET { url { ... } ... }: up when every url answers as it must. */
export interface HttpGetDraft extends ConnectingDraft {
  readonly kind: 'HTTP_GET' | 'SSL_GET'
  readonly urls: UrlDraft[]
  virtualhost?: string
  http_protocol?: '1.0' | '1.0C' | '1.1'
  enable_sni?: boolean
  sni_name?: string
  fast_recovery?: boolean
  tls_compliant?: boolean
}

export const httpGet: Table<HttpGetDraft> = httpTable(url)

/** The keywords of both kinds, with the table of their urls. */
export function httpTable(urls: Table<UrlDraft>): Table<HttpGetDraft> {
  const replaced: Row = { twice: 'replace-reported' }
  return {
    ...connectOptions(true, SINCE_1_3),
    ...scheduleOptions(true, SINCE_1_3, { retry: '1', delay: '3' }),
    nb_get_retry: oldRetry(),
    virtualhost: text('Host header of all urls', {
      ...replaced,
      missing: 'report',
      since: '1.3.6',
      default: 'the real server’s',
      acted: true,
    }),
    http_protocol: leaf(
      '1.0 | 1.0C | 1.0c | 1.1',
      'version of the request; C and 1.1 close the connection',
      { since: '2.0.17', default: '1.0', acted: true },
      (draft, { words }, context) => {
        const word = words[1]
        const version = word === '1.0c' ? '1.0C' : word
        if (version === '1.0' || version === '1.0C' || version === '1.1') draft.http_protocol = version
        else
          context.report(
            'general',
            'http-protocol',
            `http_protocol version '${word ?? ''}' is not valid; it is ignored`,
            '1.0, 1.0C or 1.1',
            1,
          )
      },
    ),
    enable_sni: bool('send the server name in the TLS handshake', { since: '1.4.3', build: 'SSL_SNI', default: 'off', acted: true }),
    sni_name: text('server name to send; enables it too', {
      ...replaced,
      missing: 'ignore',
      since: '2.4.4',
      build: 'SSL_SNI',
      default: 'virtualhost',
      acted: true,
    }),
    fast_recovery: bool('check the other urls without delay at start or recovery', {
      since: '2.0.17',
      default: 'off; here they never wait',
      acted: true,
    }),
    url: block<HttpGetDraft, UrlDraft>(
      '',
      'one request',
      { since: '<=1.0.0', default: 'required', acted: true },
      {
        table: urls,
        open: newUrl,
        close(child, parent, context) {
          if (child.path !== undefined) parent.urls.push(child)
          else context.report('general', 'url-path', `${parent.kind}: the url has no path; it is ignored`, 'path /...')
        },
      },
    ),
  }
}

function oldRetry() {
  const retry = whole<HttpGetDraft>('retries, old word', {
    slot: 'retry',
    min: 0,
    max: 4_294_967_295,
    since: '<=1.0.0',
    deprecated: 'retry',
    acted: true,
  })
  return {
    ...retry,
    apply(...[draft, statement, context]: Parameters<typeof retry.apply>) {
      context.report('deprecated', 'deprecated', "nb_get_retry is deprecated - please use 'retry'", 'retry', 0)
      retry.apply(draft, statement, context)
    },
  }
}
