#!/usr/bin/env -S node --conditions=source
import { run } from './process/roles.ts'

// The launcher says by which name it was called: a script cannot hand on argv[0].
const calledAs = process.env['VIPKEEPER_CALLED_AS'] ?? process.argv0
delete process.env['VIPKEEPER_CALLED_AS']

try {
  const code = await run(calledAs, process.argv.slice(2))
  if (code !== undefined) process.exit(code)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(70)
}
