import { errnoName, errnoOf, systemError } from 'linux-syscalls'
import { expect, test } from 'vitest'

test.each([
  [1, 'EPERM'],
  [11, 'EAGAIN'],
  [19, 'ENODEV'],
  [95, 'EOPNOTSUPP'],
  [99, 'EADDRNOTAVAIL'],
  [101, 'ENETUNREACH'],
  [105, 'ENOBUFS'],
] as const)('errno %i is %s, whatever its sign', (number, name) => {
  expect([errnoName(number), errnoName(-number), errnoOf(name)]).toEqual([name, name, number])
})

test('an unknown errno keeps its number, an unknown name has none', () => {
  expect([errnoName(-4000), errnoOf('ENOSUCHTHING')]).toEqual(['errno 4000', undefined])
})

test('a failed call becomes an error with the fields of those of Node', () => {
  expect(systemError(-101, 'sendmsg')).toMatchObject({
    message: 'sendmsg ENETUNREACH',
    code: 'ENETUNREACH',
    errno: -101,
    syscall: 'sendmsg',
  })
})
