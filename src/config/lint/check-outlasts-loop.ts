import { toSeconds } from '../../base/units.ts'
import { serviceName } from '../keywords/virtual-server.ts'
import type { Lint } from './lint.ts'

export const checkOutlastsLoop: Lint = {
  code: 'check-outlasts-loop',
  summary: 'a check that may take longer than delay_loop is made less often than it says',
  check({ config, parsed }, say) {
    const drafts = new Map(parsed.check.virtualServers.map((draft) => [serviceName(draft), draft]))
    for (const service of config.check?.virtualServers ?? []) {
      const draft = drafts.get(service.name)
      if (draft === undefined) continue
      for (const server of service.realServers)
        for (const checker of server.checkers) {
          if (!('target' in checker) || !('delayLoop' in checker) || checker.target.connectTimeout <= checker.delayLoop) continue
          const [timeout, loop] = [toSeconds(checker.target.connectTimeout), toSeconds(checker.delayLoop)]
          const line = draft.real_server.find(({ address }) => address === server.address)?.line ?? draft.line
          say(
            line,
            `${checker.kind} of ${server.address} may take ${timeout} s (connect_timeout), longer than delay_loop ${loop}`,
            'connect_timeout below delay_loop',
          )
        }
    }
  },
}
