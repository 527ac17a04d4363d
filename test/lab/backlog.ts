import { createServer } from 'node:net'

// A server that lets the kernel take connections in and does nothing about them: `backlog.ts PORT,PORT...`. It says so and then stops
// itself, so that a thousand connections cost it nothing.
const ports = (process.argv[2] ?? '').split(',').map(Number)
let listening = 0
for (const port of ports) {
  createServer().listen({ port, host: '0.0.0.0', backlog: 4_096 }, () => {
    if (++listening < ports.length) return
    process.stdout.write('listening\n', () => process.kill(process.pid, 'SIGSTOP'))
  })
}
