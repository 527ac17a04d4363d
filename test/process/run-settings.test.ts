import { expect, test } from 'vitest'
import { settingsOf } from '../../src/process/run-settings.ts'

test.each([
  { name: 'nothing', text: '', expected: { logFormat: 'human', logLevel: 'info', complaints: [] } },
  { name: 'log.format', text: '[log]\nformat = "json"', expected: { logFormat: 'json', logLevel: 'info', complaints: [] } },
  { name: 'log.level', text: '[log]\nlevel = "warn"', expected: { logFormat: 'human', logLevel: 'warn', complaints: [] } },
])('agent.toml with $name', ({ text, expected }) => {
  expect(settingsOf(text, 'agent.toml')).toEqual(expected)
})

test.each([
  { name: 'a value out of the list', text: '[log]\nformat = "xml"', complaint: /log\.format is "xml", expected human, json/ },
  { name: 'a value of another type', text: '[log]\nlevel = 3', complaint: /log\.level is 3, expected/ },
  { name: 'an unknown key', text: '[log]\ncolour = true', complaint: /unknown key 'log\.colour'/ },
  { name: 'an unknown section', text: '[vrrp]\npriority = 1', complaint: /unknown section or key 'vrrp'/ },
  { name: 'a log that is no table', text: 'log = "json"', complaint: undefined },
  { name: 'no TOML', text: '[log\nformat', complaint: /^agent\.toml:\d+:\d+: / },
])('$name is complained of and the default holds', ({ text, complaint }) => {
  const { logFormat, logLevel, complaints } = settingsOf(text, 'agent.toml')
  expect({ logFormat, logLevel }).toEqual({ logFormat: 'human', logLevel: 'info' })
  if (complaint !== undefined) expect(complaints.join('\n')).toMatch(complaint)
})
