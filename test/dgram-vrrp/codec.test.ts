import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** All modules that a file imports, types aside, directly or not. */
function reached(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  if (!path.startsWith('/')) return seen
  for (const [, type, module = ''] of readFileSync(path, 'utf8').matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gm)) {
    if (type !== undefined) continue
    if (module === 'linux-syscalls/checksum') reached(join(source, 'linux-syscalls/checksum.ts'), seen)
    else reached(module.startsWith('.') ? join(dirname(path), module) : module, seen)
  }
  return seen
}

test('dgram-vrrp/codec is pure: nothing of Node and nothing native behind it, only the hashes', () => {
  const modules = [...reached(join(source, 'dgram-vrrp/codec.ts'))]
  expect(modules.filter((module) => !module.startsWith('/'))).toEqual([
    '@noble/hashes/hmac.js',
    '@noble/hashes/sha2.js',
    '@noble/hashes/legacy.js',
  ])
  const own = modules.filter((module) => module.startsWith('/'))
  expect(own.map((module) => module.slice(source.length)).sort()).toEqual([
    'dgram-vrrp/address.ts',
    'dgram-vrrp/advertisement.ts',
    'dgram-vrrp/arp.ts',
    'dgram-vrrp/authentication-header.ts',
    'dgram-vrrp/authentication.ts',
    'dgram-vrrp/codec.ts',
    'dgram-vrrp/ipv4.ts',
    'dgram-vrrp/ndp.ts',
    'dgram-vrrp/signature.ts',
    'linux-syscalls/checksum.ts',
  ])
})
