import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'

import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { buildSchema } from 'graphql'
import { createRoot } from 'react-dom/client'

import { TASKS } from './tasks'

const HEADERS = JSON.stringify({ Authorization: 'Bearer ', 'Commons-Project': 'westem', 'Accept-Language': 'en' }, null, 2)
const CSRF = { 'Commons-Csrf': '1' } // a page of the platform's own: what a form on someone else's page cannot send

const here = new URL('/graphql', window.location.href)
const socket = here.href.replace(/^http/, 'ws')

// An empty token is nobody, and not someone whose token is bad.
function known(headers: Record<string, string> | undefined): Record<string, string> {
  const said = Object.entries(headers ?? {}).filter(([, value]) => value.trim() !== '' && value.trim() !== 'Bearer')
  return { ...CSRF, ...Object.fromEntries(said) }
}

const ask = createGraphiQLFetcher({ url: here.href, subscriptionUrl: socket })
const fetcher: typeof ask = (params, options) => ask(params, { ...options, headers: known(options?.headers) })

// The schema is public text: no introspection is needed, and none is allowed to strangers.
const text = await (await fetch('/graphql/schema.graphql')).text()
const tabs = TASKS.map((task) => ({ query: task.query, variables: task.variables, headers: HEADERS }))

createRoot(document.getElementById('page')!).render(
  <GraphiQL fetcher={fetcher} schema={buildSchema(text)} defaultTabs={tabs} defaultHeaders={HEADERS} defaultEditorToolsVisibility="headers">
    <GraphiQL.Logo>
      <a className="home" href="./index.html">STEM Commons</a>
    </GraphiQL.Logo>
  </GraphiQL>,
)
