import { type Lint, lineOf } from './lint.ts'

export const strictUnreachable: Lint = {
  code: 'strict-unreachable',
  summary: 'strict mode drops what is sent to a virtual address, unless its master owns it or accepts',
  check(subject, say) {
    const { instances } = subject.parsed.vrrp
    for (const draft of instances.values()) {
      const strict = draft.strict_mode ?? subject.parsed.global.vrrp_strict ?? false
      if (!strict || draft.accept === true || draft.priority === 255 || draft.virtual_ipaddress.length === 0) continue
      const line = lineOf(subject, draft.line, 'virtual_ipaddress')
      say(
        line,
        `(${draft.name}) in strict mode the master answers neither ping nor connections to these addresses`,
        'accept, or no vrrp_strict',
      )
    }
  },
}
