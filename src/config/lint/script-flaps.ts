import { type Lint, lineOf } from './lint.ts'

export const scriptFlaps: Lint = {
  code: 'script-flaps',
  summary: 'a tracked script whose first failure moves the addresses makes them flap',
  check(subject, say) {
    const { scripts, instances } = subject.parsed.vrrp
    const used = new Set([...instances.values()].flatMap(({ track_script }) => track_script.map(({ name }) => name)))
    for (const script of scripts.values()) {
      if (!used.has(script.name) || (script.fall ?? 1) > 1) continue
      const line = script.fall === undefined ? script.line : lineOf(subject, script.line, 'fall')
      say(line, `vrrp_script ${script.name}: a single failed run counts, be it a timeout under load`, 'fall 2 or more')
    }
  },
}
