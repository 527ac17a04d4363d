import { describe, expect, test } from 'vitest'
import { readUnicastPeer } from '../../../src/config/keywords/unicast-peer.ts'
import { readWords } from '../../support/config-text.ts'

const read = (text: string, family: 4 | 6 | undefined = undefined, peers: readonly string[] = []) =>
  readWords(text, (words, context) => readUnicastPeer(words, context, { instance: 'A', family, peers: new Set(peers) as never }))

describe('a unicast_peer line', () => {
  test.each([
    { name: 'alone takes every TTL', text: '192.0.2.2', value: { address: '192.0.2.2', minTtl: 0, maxTtl: 255 } },
    { name: 'min_ttl and max_ttl', text: '192.0.2.2 min_ttl 10 max_ttl 64', value: { address: '192.0.2.2', minTtl: 10, maxTtl: 64 } },
    { name: 'min_ttl may be max_ttl', text: '192.0.2.2 min_ttl 5 max_ttl 5', value: { address: '192.0.2.2', minTtl: 5, maxTtl: 5 } },
    { name: 'a prefix is cut off', text: '192.0.2.2/24', value: { address: '192.0.2.2', minTtl: 0, maxTtl: 255 } },
    { name: 'the last min_ttl counts', text: '192.0.2.2 min_ttl 5 min_ttl 6', value: { address: '192.0.2.2', minTtl: 6, maxTtl: 255 } },
  ])('$name', ({ text, value }) => {
    expect(read(text)).toMatchObject({ value, codes: [] })
  })

  test.each([
    { name: 'an option without value', text: '192.0.2.2 min_ttl', codes: ['peer-option'] },
    { name: 'a second address', text: '192.0.2.2 192.0.2.3', codes: ['peer-option'] },
    { name: 'an unknown option', text: '192.0.2.2 port 5', codes: ['peer-option'] },
    { name: 'max_ttl 256', text: '192.0.2.2 max_ttl 256', codes: ['line-number'] },
    { name: 'min_ttl above max_ttl', text: '192.0.2.2 min_ttl 5 max_ttl 4', codes: ['peer-ttl'] },
  ])('keeps the peer though there is $name', ({ text, codes }) => {
    const line = read(text)
    expect(line.codes).toEqual(codes)
    expect(line.value?.address).toBe('192.0.2.2')
  })

  test('drops a host name', () => {
    expect(read('peer.example.com')).toMatchObject({ value: undefined, codes: ['peer-address'] })
  })

  test('drops a peer of another family than the instance', () => {
    expect(read('192.0.2.2', 6)).toMatchObject({ value: undefined, codes: ['peer-family'] })
  })

  test('drops a peer that was named before', () => {
    expect(read('192.0.2.2', 4, ['192.0.2.2'])).toMatchObject({ value: undefined, codes: ['peer-duplicate'] })
  })
})
