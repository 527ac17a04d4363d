import { type Lint, lineOf } from './lint.ts'

export const nopreemptMaster: Lint = {
  code: 'nopreempt-master',
  summary: 'nopreempt with state MASTER is dropped, and the instance preempts',
  check(subject, say) {
    for (const draft of subject.parsed.vrrp.instances.values()) {
      if (draft.nopreempt !== true || draft.state !== 'MASTER') continue
      const line = lineOf(subject, draft.line, 'nopreempt')
      say(
        line,
        `(${draft.name}) nopreempt has no effect with state MASTER: this node takes the addresses back when it returns`,
        'state BACKUP on both nodes',
      )
    }
  },
}
