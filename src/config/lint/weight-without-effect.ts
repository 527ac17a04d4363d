import { type Lint, lineOf } from './lint.ts'

/** Effective priorities are held within these (protocol table: 0 and 255 are spoken for). */
const LOWEST = 1
const HIGHEST = 254

export const weightWithoutEffect: Lint = {
  code: 'weight-without-effect',
  summary: 'a tracker’s weight that the bounds of the priority swallow changes nothing',
  check(subject, say) {
    const { instances, scripts, trackFiles, trackProcesses } = subject.parsed.vrrp
    for (const draft of instances.values()) {
      const priority = draft.priority ?? 100
      const lines = [
        ...draft.track_script.map((line) => ({
          block: 'track_script',
          name: line.name,
          weight: line.weight ?? scripts.get(line.name)?.weight ?? 0,
        })),
        ...draft.track_file.map((line) => ({
          block: 'track_file',
          name: line.name,
          weight: line.weight ?? trackFiles.get(line.name)?.weight ?? 1,
        })),
        ...draft.track_process.map((line) => ({
          block: 'track_process',
          name: line.name,
          weight: line.weight ?? trackProcesses.get(line.name)?.weight ?? 0,
        })),
        ...draft.track_interface.map((line) => ({ block: 'track_interface', name: line.name, weight: line.weight ?? 0 })),
      ]
      for (const { block, name, weight } of lines) {
        const swallowed = (weight > 0 && priority >= HIGHEST) || (weight < 0 && priority <= LOWEST)
        if (!swallowed) continue
        const bound = weight > 0 ? HIGHEST : LOWEST
        say(
          lineOf(subject, draft.line, block),
          `(${draft.name}) weight ${weight} of ${name} changes nothing: the priority is ${priority}, and ${bound} is the bound`,
          'room between the priority and its bounds',
        )
      }
    }
  },
}
