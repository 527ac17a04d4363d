import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import { fail, ok, type Result } from '../../base/result.ts'
import type { SslConfig } from '../../core/check/config.ts'

/** Whatever the server can: a check asks whether it answers, not how well it is configured. */
export const oldest = { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const

/** What `SSL` says to show to servers, read from its files; the error names the file that could not be used. */
export function readCredentials(ssl: SslConfig): Result<SecureContext, string> {
  const { password: passphrase } = ssl
  const parts = [
    { path: ssl.certificate, what: 'certificate', as: (pem: Buffer) => ({ cert: pem }) },
    { path: ssl.key, what: 'private key', as: (pem: Buffer) => ({ key: pem, ...(passphrase !== undefined && { passphrase }) }) },
    { path: ssl.ca, what: 'CA', as: (pem: Buffer) => ({ ca: pem }) },
  ]
  let all = {}
  for (const { path, what, as } of parts) {
    if (path === undefined) continue
    try {
      all = { ...all, ...as(readFileSync(path)) }
      createSecureContext({ ...oldest, ...all })
    } catch (error) {
      return fail(`SSL error : Cant load ${what} file ${path} (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return ok(createSecureContext({ ...oldest, ...all }))
}
