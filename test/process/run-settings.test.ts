import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromSeconds } from '../../src/base/units.ts'
import { settingsOf } from '../../src/process/run-settings.ts'
import { DEFAULT_SETTINGS } from '../../src/process/settings-table.ts'

test.each([
  { name: 'nothing', text: '', expected: {} },
  { name: 'log.format', text: '[log]\nformat = "json"', expected: { logFormat: 'json' } },
  { name: 'log.level', text: '[log]\nlevel = "warn"', expected: { logLevel: 'warn' } },
  { name: 'kernel.reconcile_period', text: '[kernel]\nreconcile_period = 5', expected: { reconcilePeriod: fromSeconds(5) } },
  { name: 'checks.share_probes', text: '[checks]\nshare_probes = "off"', expected: { shareProbes: 'off' } },
  { name: 'limits.include_depth', text: '[limits]\ninclude_depth = 2', expected: { limits: { includeDepth: 2 } } },
  { name: 'limits.files', text: '[limits]\nfiles = 2', expected: { limits: { files: 2 } } },
  { name: 'limits.bytes', text: '[limits]\nbytes = 268_435_456', expected: { limits: { bytes: 268_435_456 } } },
  { name: 'limits.lines', text: '[limits]\nlines = 2', expected: { limits: { lines: 2 } } },
  { name: 'limits.made_lines', text: '[limits]\nmade_lines = 2', expected: { limits: { madeLines: 2 } } },
  { name: 'limits.sequence_rounds', text: '[limits]\nsequence_rounds = 2', expected: { limits: { sequenceRounds: 2 } } },
])('agent.toml with $name', ({ text, expected }) => {
  const { limits = {}, ...rest } = expected as { readonly limits?: object }
  expect(settingsOf(text, 'agent.toml')).toEqual({
    ...DEFAULT_SETTINGS,
    ...rest,
    limits: { ...DEFAULT_SETTINGS.limits, ...limits },
  })
})

test('conf/agent.toml says the defaults and nothing is wrong with it', () => {
  const file = new URL('../../conf/agent.toml', import.meta.url)
  expect(settingsOf(readFileSync(file, 'utf8'), 'agent.toml')).toEqual(DEFAULT_SETTINGS)
})

test.each([
  { name: 'a value out of the list', text: '[log]\nformat = "xml"', complaint: /log\.format is "xml", expected human, json/ },
  { name: 'a value of another type', text: '[log]\nlevel = 3', complaint: /log\.level is 3, expected/ },
  { name: 'an unknown key', text: '[log]\ncolour = true', complaint: /unknown key 'log\.colour'/ },
  { name: 'an unknown section', text: '[vrrp]\npriority = 1', complaint: /unknown section or key 'vrrp'/ },
  { name: 'a log that is no table', text: 'log = "json"', complaint: /log is "json", expected a section \[log\]/ },
  { name: 'a list of limits', text: '[[limits]]\nfiles = 5', complaint: /limits is \[.*\], expected a section/ },
  { name: 'no TOML', text: '[log\nformat', complaint: /^agent\.toml:\d+:\d+: / },
  {
    name: 'a reconcile_period of nothing',
    text: '[kernel]\nreconcile_period = 0',
    complaint: /reconcile_period is 0, expected a whole number from 1 to 86400/,
  },
  { name: 'a reconcile_period of two days', text: '[kernel]\nreconcile_period = 172800', complaint: /reconcile_period is 172800/ },
  { name: 'a reconcile_period with a fraction', text: '[kernel]\nreconcile_period = 1.5', complaint: /reconcile_period is 1\.5/ },
  { name: 'a reconcile_period in words', text: '[kernel]\nreconcile_period = "30s"', complaint: /reconcile_period is "30s"/ },
  { name: 'a share_probes of true', text: '[checks]\nshare_probes = true', complaint: /share_probes is true, expected auto, on, off/ },
  { name: 'an unknown limit', text: '[limits]\nfile = 5', complaint: /unknown key 'limits\.file'/ },
  { name: 'a negative limit', text: '[limits]\nfiles = -1', complaint: /limits\.files is -1, expected a whole number from 1 to/ },
  { name: 'a limit beyond what memory holds', text: '[limits]\nbytes = 999999999999', complaint: /limits\.bytes is 999999999999/ },
  { name: 'a limit named as we name it inside', text: '[limits]\nincludeDepth = 3', complaint: /unknown key 'limits\.includeDepth'/ },
])('$name is complained of and the default holds', ({ text, complaint }) => {
  const { complaints, ...settings } = settingsOf(text, 'agent.toml')
  expect({ ...settings, complaints: [] }).toEqual(DEFAULT_SETTINGS)
  expect(complaints.join('\n')).toMatch(complaint)
})
