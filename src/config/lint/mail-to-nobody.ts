import { type Lint, lineOf } from './lint.ts'

export const mailToNobody: Lint = {
  code: 'mail-to-nobody',
  summary: 'smtp_alert without notification_email or smtp_server sends nothing',
  check(subject, say) {
    const { global, vrrp } = subject.parsed
    const lacks = [
      ...((global.notification_email ?? []).length === 0 ? ['notification_email'] : []),
      ...(global.smtp_server === undefined ? ['smtp_server'] : []),
    ]
    if (lacks.length === 0) return
    for (const draft of [...vrrp.instances.values(), ...vrrp.syncGroups.values()])
      if (draft.smtp_alert === true)
        say(
          lineOf(subject, draft.line, 'smtp_alert'),
          `(${draft.name}) smtp_alert sends nothing: ${lacks.join(' and ')} missing`,
          'both in global_defs',
        )
  },
}
