import { createServer } from 'node:http'

// A web server that says who it is: `node web.ts NAME [PORT]`.
const [name = 'web', port = '80'] = process.argv.slice(2)
createServer((_request, response) => {
  response.setHeader('connection', 'close')
  response.end(`${name}\n`)
}).listen(Number(port))
