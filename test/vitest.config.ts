import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const conditions = ['source']

/** Milliseconds, for a machine that does much else; what hangs is ended by the suite's own limit. */
const PATIENCE = 60_000

/** One project for each kind of test: see test/README.md. */
const project = (name: string, include: readonly string[], more: object = {}) => ({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name, include: [...include], pool: 'forks' as const, execArgv: ['--conditions=source'], testTimeout: PATIENCE, ...more },
})

export default defineConfig({
  root,
  test: {
    projects: [
      // All files in one process: to start one for each of 240 took longer than most of the tests.
      project(
        'unit',
        ['test/{admin,base,config,core,explain,netlink,drivers,process,status,dgram-vrrp,linux-syscalls,packaging}/**/*.test.ts'],
        { isolate: false },
      ),
      project('conformance', ['test/conformance/**/*.test.ts']),
      project('simulation', ['test/simulation/**/*.test.ts'], { testTimeout: 120_000 }),
      project('fuzz', ['test/fuzz/**/*.test.ts'], { testTimeout: 120_000 }),
      project('kernel', ['test/kernel/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 120_000 }),
      project('tidy', ['test/tidy.test.ts']),
    ],
  },
})
