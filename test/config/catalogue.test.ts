import { describe, expect, test } from 'vitest'
import { catalogue, placeOf, rangeOf } from '../../src/config/catalogue.ts'
import { exampleOf } from '../../src/config/example.ts'
import { addressOptions } from '../../src/config/keywords/address-options.ts'
import { routeOptions } from '../../src/config/keywords/route-options.ts'
import { ruleOptions } from '../../src/config/keywords/rule-options.ts'
import { addressOptionWords } from '../../src/config/keywords/virtual-address.ts'
import { routeOptionWords } from '../../src/config/keywords/virtual-route.ts'
import { ruleOptionWords } from '../../src/config/keywords/virtual-rule.ts'

/** Types of routes stand in front of the destination and are read apart from the options. */
const ROUTE_TYPES = /^(unicast|local|broadcast|brd|anycast|multicast|throw|unreachable|prohibit|blackhole|nat|xresolve)$/

describe('the catalogue', () => {
  test.each([
    { block: 'virtual_ipaddress', manual: Object.keys(addressOptions), reader: addressOptionWords },
    { block: 'virtual_routes', manual: Object.keys(routeOptions).filter((word) => !ROUTE_TYPES.test(word)), reader: routeOptionWords },
    { block: 'virtual_rules', manual: Object.keys(ruleOptions), reader: ruleOptionWords },
  ])('the manual and the reader of $block know the same words', ({ manual, reader }) => {
    expect([...manual].sort()).toEqual([...reader].sort())
  })

  test('each entry has a meaning and an example without a placeholder', () => {
    const poor = catalogue().filter((entry) => entry.about.summary === '' || /<\w|\]/.test(exampleOf(entry)))
    expect(poor.map((entry) => `${entry.keyword} ${placeOf(entry)}: ${exampleOf(entry)}`)).toEqual([])
  })

  test('each example begins with its keyword or, for options of a line, holds it', () => {
    const strange = catalogue().filter((entry) => {
      const word = entry.keyword
        .replace('$NAME=', '$')
        .replace(/^@(\^?)ID$/, '@$1')
        .replace('<address>', '')
      return !(entry.kind === 'line option' ? exampleOf(entry).includes(word) : exampleOf(entry).startsWith(word))
    })
    expect(strange.map((entry) => `${entry.keyword}: ${exampleOf(entry)}`)).toEqual([])
  })

  test('priority is 1..255 in vrrp_instance, and nopreempt has no range', () => {
    const about = (keyword: string) => catalogue().find((entry) => entry.keyword === keyword && entry.path[0] === 'vrrp_instance')?.about
    const [priority, nopreempt] = [about('priority'), about('nopreempt')]
    expect(priority && rangeOf(priority)).toBe('1..255')
    expect(nopreempt && rangeOf(nopreempt)).toBeUndefined()
  })
})
