import { type Lint, lineOf } from './lint.ts'
import { weightsOf } from './weights.ts'

/** Effective priorities are held within these: 0 resigns and 255 owns. */
const LOWEST = 1
const HIGHEST = 254

export const weightWithoutEffect: Lint = {
  code: 'weight-without-effect',
  summary: 'a tracker’s weight that the bounds of the priority swallow changes nothing',
  check(subject, say) {
    for (const draft of subject.parsed.vrrp.instances.values()) {
      const priority = draft.priority ?? 100
      for (const { block, name, weight } of weightsOf(draft, subject.parsed)) {
        // What a file says may have either sign.
        const swallowed = block !== 'track_file' && ((weight > 0 && priority >= HIGHEST) || (weight < 0 && priority <= LOWEST))
        if (!swallowed) continue
        const message = `(${draft.name}) weight ${weight} of ${name} changes nothing: the priority is ${priority}, and ${weight > 0 ? HIGHEST : LOWEST} is the bound`
        say(lineOf(subject, draft.line, block), message, 'room between the priority and its bounds')
      }
    }
  },
}
