import type { Lint } from './lint.ts'

export const uncheckedServer: Lint = {
  code: 'unchecked-server',
  summary: 'a real server without a checker gets traffic whether it lives or not',
  check({ parsed }, say) {
    for (const service of parsed.check.virtualServers)
      for (const server of service.real_server)
        if (server.checkers.length === 0)
          say(server.line, `real_server ${server.address} has no checker: it is served when it is dead, too`, 'TCP_CHECK { } at least')
  },
}
