import { expect, test } from 'vitest'
import type { LogLine } from '../../src/process/log-line.ts'
import { packetLines } from '../../src/process/log-packets.ts'

const lineOf = (fields: LogLine['fields']): LogLine => ({
  at: 1,
  role: 'vrrp',
  pid: 2,
  level: 'info',
  text: 'as it was said',
  event: 'announcing',
  fields,
})
const announcing = (addresses: readonly string[], repeat: number): LogLine =>
  lineOf({ event: 'announcing', instance: 'VI_1', interface: 'eth0', addresses, repeat })
const textsOf = (line: LogLine, room = 500): readonly string[] => packetLines(line, room).map(({ text }) => text)

test('each address is announced, and each packet is told, as keepalived does it', () => {
  expect(textsOf(announcing(['192.0.2.1', '192.0.2.2'], 2))).toEqual([
    '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.1',
    'Sending gratuitous ARP on eth0 for 192.0.2.1',
    '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.2',
    'Sending gratuitous ARP on eth0 for 192.0.2.2',
    'Sending gratuitous ARP on eth0 for 192.0.2.1',
    'Sending gratuitous ARP on eth0 for 192.0.2.2',
  ])
  expect(textsOf(announcing(['2001:db8::1'], 1))).toEqual([
    '(VI_1) Sending/queueing Unsolicited Neighbour Adverts on eth0 for 2001:db8::1',
    'Sending unsolicited Neighbour Advert on eth0 for 2001:db8::1',
  ])
})

test('all else of the line stays, and any other line is left alone', () => {
  const line = announcing(['192.0.2.1'], 1)
  for (const one of packetLines(line, 2)) expect({ ...one, text: line.text }).toEqual(line)
  const other = lineOf({ event: 'setting-vips', instance: 'VI_1' })
  expect([packetLines(other, 0), packetLines(lineOf(undefined), 0)]).toEqual([[other], [lineOf(undefined)]])
})

test('where there is no room for so many lines, the one that was said has to do', () => {
  const line = announcing(['192.0.2.1', '192.0.2.2'], 5)
  expect([textsOf(line, 12).length, textsOf(line, 11), textsOf(line, -1)]).toEqual([12, ['as it was said'], ['as it was said']])
})
