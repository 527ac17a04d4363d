import type { Micros } from '../../base/units.ts'
import type { SessionParameters } from './reports.ts'
import type { Session, Surroundings } from './session.ts'
import { detectionTime, remoteDetectionTime, remoteInterval, transmitInterval } from './timing.ts'

/** Both ends as keepalived shows them. */
export function parametersOf(session: Session): { readonly local: SessionParameters; readonly remote: SessionParameters } {
  const { desiredMinTx, requiredMinRx, remote, config } = session
  return {
    local: {
      minTx: desiredMinTx,
      minRx: requiredMinRx,
      transmitInterval: transmitInterval(session),
      multiplier: config.multiplier,
      detectionTime: detectionTime(session),
    },
    remote: {
      minTx: remote.minTx,
      minRx: remote.minRx,
      transmitInterval: remoteInterval(session),
      multiplier: remote.multiplier,
      detectionTime: remoteDetectionTime(session),
    },
  }
}

/** Said when something of it is otherwise than before. */
export function reportParameters(before: Session, after: Session, { out }: Surroundings): void {
  const figures = parametersOf(after)
  if (JSON.stringify(figures) === JSON.stringify(parametersOf(before))) return
  const detectionTimeBefore = before.expiresAt === undefined ? (0 as Micros) : detectionTime(before)
  out.push({ kind: 'report', report: { event: 'parameters-changed', session: after.config.name, ...figures, detectionTimeBefore } })
}
