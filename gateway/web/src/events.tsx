// The events as a page: what the AsyncAPI document says, for people. The document stays the truth; nothing is added here.
import './page.css'

import { useState } from 'react'
import { createRoot } from 'react-dom/client'

interface Schema {
  type?: string
  format?: string
  title?: string
  description?: string
  enum?: string[]
  const?: unknown
  default?: unknown
  items?: Schema
  prefixItems?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  additionalProperties?: Schema | boolean
  properties?: Record<string, Schema>
  required?: string[]
}
interface Fact { name: string; description: string; headers: Schema; payload: Schema }
interface Channel { address: string; tags: { name: string }[]; messages: Record<string, Fact> }
interface Said { info: { title: string; description: string }; channels: Record<string, Channel> }

/** A schema in a few words: `uuid`, `list of MENTOR | MENTEE`, `date or nothing`. */
function words(schema: Schema): string {
  if (schema.enum) return schema.enum.join(' | ')
  if (schema.const !== undefined) return String(schema.const)
  const choices = schema.anyOf ?? schema.allOf
  if (choices) return choices.map(words).join(' or ')
  if (schema.type === 'array') return `list of ${schema.items ? words(schema.items) : (schema.prefixItems ?? []).map(words).join(', ')}`
  if (schema.type === 'object') {
    if (typeof schema.additionalProperties === 'object') return `${words(schema.additionalProperties)} by name`
    return Object.keys(schema.properties ?? {}).length ? `{ ${Object.keys(schema.properties!).join(', ')} }` : 'object'
  }
  return schema.type === 'null' ? 'nothing' : (schema.format ?? schema.type ?? 'anything')
}

function Fields({ of, caption }: { of: Schema; caption: string }) {
  return (
    <div className="scrolls">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">field</th>
            <th scope="col">what</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(of.properties ?? {}).map(([name, field]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                {field.description ? `${field.description} ` : ''}
                <code>{words(field)}</code>
                {of.required?.includes(name) ? '' : ' (may be missing)'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function One({ subject, channel }: { subject: string; channel: Channel }) {
  const fact = Object.values(channel.messages)[0]
  return (
    <details id={subject}>
      <summary>
        <strong>{fact.name}</strong> {fact.description}
        <code>{subject}</code>
      </summary>
      <p>
        Told on <code>{channel.address}</code>
      </p>
      <Fields of={fact.payload} caption="What it says" />
    </details>
  )
}

function Events({ said }: { said: Said }) {
  const [wanted, want] = useState('')
  const found = Object.entries(said.channels).filter(([subject, channel]) => {
    const fact = Object.values(channel.messages)[0]
    return `${subject} ${fact.name} ${fact.description}`.toLowerCase().includes(wanted.toLowerCase())
  })
  const owners = [...new Set(found.map(([, channel]) => channel.tags[0].name))]
  const first = Object.values(Object.values(said.channels)[0].messages)[0]
  return (
    <main>
      <p>
        <a href="./index.html">STEM Commons</a>
      </p>
      <h1>{said.info.title}</h1>
      {said.info.description.split('\n\n').map((part) => (
        <p key={part}>{part}</p>
      ))}
      <p>
        The same for machines: <a href="/events/asyncapi.json">AsyncAPI 3.0</a>
      </p>
      <label>
        Look for <input type="search" value={wanted} onChange={(event) => want(event.target.value)} />
      </label>
      <p role="status">
        {found.length} of {Object.keys(said.channels).length} events
      </p>
      {owners.map((owner) => (
        <section key={owner} aria-labelledby={owner}>
          <h2 id={owner}>{owner}</h2>
          {found.filter(([, channel]) => channel.tags[0].name === owner).map(([subject, channel]) => (
            <One key={subject} subject={subject} channel={channel} />
          ))}
        </section>
      ))}
      <h2>Headers of every event</h2>
      <Fields of={first.headers} caption="CloudEvents 1.0, in headers of the message" />
    </main>
  )
}

const said = (await (await fetch('/events/asyncapi.json')).json()) as Said
createRoot(document.getElementById('page')!).render(<Events said={said} />)
