import '@asyncapi/react-component/styles/default.min.css'

import AsyncApi from '@asyncapi/react-component/browser/without-parser'
import { createRoot } from 'react-dom/client'

// The document is our own and checked when it is made, so the page needs no parser; it wants what the parser would have left:
// references followed, and a mark that it was here.
type Json = { [key: string]: unknown }

function follow(part: unknown, whole: Json): unknown {
  if (Array.isArray(part)) return part.map((one) => follow(one, whole))
  if (part === null || typeof part !== 'object') return part
  const to = (part as Json).$ref
  if (typeof to === 'string') {
    const names = to.slice(2).split('/')
    return follow(names.reduce<unknown>((at, name) => (at as Json)[name], whole), whole)
  }
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, follow(value, whole)]))
}

function marked(whole: Json): Json {
  const channels = whole.channels as Record<string, Json>
  for (const [id, channel] of Object.entries(channels)) {
    channel['x-parser-unique-object-id'] = id
    for (const [name, message] of Object.entries(channel.messages as Record<string, Json>)) message['x-parser-unique-object-id'] = name
  }
  const operations = whole.operations as Record<string, Json>
  for (const [id, operation] of Object.entries(operations)) operation['x-parser-unique-object-id'] = id
  return { ...(follow(whole, whole) as Json), 'x-parser-spec-parsed': true, 'x-parser-api-version': 1 }
}

const said = (await (await fetch('/events/asyncapi.json')).json()) as Json
createRoot(document.getElementById('page')!).render(<AsyncApi schema={marked(said)} config={{ show: { servers: false, errors: true } }} />)
