import { fromMillis } from '../../src/base/units.ts'
import { Scripts } from '../../src/drivers/scripts.ts'

/** Run by unit.test.ts with the rights of the service: how scripts of other users end. */
const nobody = { user: 'nobody', group: undefined }
const scripts = new Scripts()
const ends = [
  await scripts.run({ argv: ['/bin/sh', '-c', 'exit 3'], runAs: nobody }, { timeout: fromMillis(5_000) }),
  await scripts.run({ argv: ['/bin/sh', '-c', 'trap "" TERM; echo $$ >&2; exec sleep 25.5'], runAs: nobody }, { timeout: fromMillis(200) }),
]
console.log(JSON.stringify(ends))
