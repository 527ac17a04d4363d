/** Keywords whose last word is shown to nobody: `auth_pass`, `password` of SSL, and `key` of auth_hmac, which has a number before. */
const SECRET = /((?:^|[\s{;])(?:auth_pass|password|key[ \t]+\d+)[ \t]+)("[^"]*"?|[^\s{}]+)/g

/**
 * A line of a configuration as people may see it: passwords and keys become stars, as many as there were characters, so that columns
 * stay. Where a key is, `file:/etc/key`, is no secret.
 */
export function withoutSecrets(line: string): string {
  return line.replace(SECRET, (all: string, before: string, secret: string) =>
    secret.startsWith('file:') ? all : before + '*'.repeat(secret.length),
  )
}
