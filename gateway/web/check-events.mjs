// Is what stands on stdin a good AsyncAPI document? Prints what is wrong with it, and ends with 1.
import { readFileSync } from 'node:fs'
import parser from '@asyncapi/parser/cjs/index.js'

const { document, diagnostics } = await new parser.Parser().parse(readFileSync(0, 'utf8'))
const wrong = diagnostics.filter((one) => one.severity === 0)
for (const one of wrong) console.error(`${one.path.join('.')}: ${one.message}`)
process.exit(document && wrong.length === 0 ? 0 : 1)
