import { createServer } from 'node:http'

// A web server that says who it is, and on /from who asked: `node web.ts NAME [PORT...]`.
const [name = 'web', ...ports] = process.argv.slice(2)
for (const port of ports.length === 0 ? ['80'] : ports) {
  createServer((request, response) => {
    response.setHeader('connection', 'close')
    response.end(`${request.url === '/from' ? request.socket.remoteAddress?.replace('::ffff:', '') : name}\n`)
  }).listen(Number(port))
}
