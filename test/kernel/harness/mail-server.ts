import { appendFileSync } from 'node:fs'
import { MailServer } from '../../support/mail-server.ts'

// `mail-server.ts ADDRESS PORT FILE [silent]`: each delivery is a line of JSON in the file; a silent one only lets connect.
const [address = '', port = '', file = '', silent] = process.argv.slice(2)
const server = new MailServer(silent === undefined ? undefined : () => null)
server.onDelivery = (delivery) => appendFileSync(file, `${JSON.stringify(delivery)}\n`)
await server.listen(Number(port), address)
appendFileSync(file, '')
