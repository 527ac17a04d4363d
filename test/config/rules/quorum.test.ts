import { expect, test } from 'vitest'
import { readCheck } from '../../support/config-text.ts'

const vs = (lines: string, weights: readonly number[]) =>
  readCheck(
    `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${lines}\n${weights.map((weight, i) => `real_server 10.0.0.${i + 1} 80 {\nweight ${weight}\n}`).join('\n')}\n}`,
  )

test.each([
  { name: 'quorum above the weights is the weights', lines: 'quorum 5', weights: [1, 1], codes: ['quorum'], quorum: 2, hysteresis: 0 },
  {
    name: 'hysteresis of quorum is reduced below it',
    lines: 'quorum 5\nhysteresis 7',
    weights: [6],
    codes: ['hysteresis'],
    quorum: 5,
    hysteresis: 4,
  },
  { name: 'hysteresis 1 with the default quorum', lines: 'hysteresis 1', weights: [1], codes: ['hysteresis'], quorum: 1, hysteresis: 0 },
  { name: 'hysteresis below quorum stays', lines: 'quorum 3\nhysteresis 2', weights: [2, 2], codes: [], quorum: 3, hysteresis: 2 },
  {
    name: 'all weights 0: quorum 0 and a hysteresis that wraps',
    lines: '',
    weights: [0],
    codes: ['quorum', 'hysteresis'],
    quorum: 0,
    hysteresis: 4_294_967_295,
  },
])('$name', ({ lines, weights, codes, quorum, hysteresis }) => {
  const read = vs(lines, weights)
  expect(read.codes).toEqual(codes)
  expect(read.config.virtualServers[0]).toMatchObject({ quorum, hysteresis })
})
