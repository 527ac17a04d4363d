import { bool, type Table } from '../schema.ts'
import { type HttpGetDraft, httpTable } from './http-get.ts'
import { sslUrl } from './url.ts'

/** SSL_GET { the keywords of HTTP_GET, and tls_compliant }. */
export const sslGet: Table<HttpGetDraft> = {
  ...httpTable(sslUrl),
  tls_compliant: bool('close_notify for all urls', { since: '2.2.8', default: 'off; here it is always sent', acted: true }),
}
