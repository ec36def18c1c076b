// A tab for each task: a document in `tasks/`, and its variables beside it.
export interface Task {
  name: string
  query: string
  variables?: string
}

const documents = import.meta.glob<string>('./tasks/*.graphql', { eager: true, query: '?raw', import: 'default' })
const variables = import.meta.glob<string>('./tasks/*.json', { eager: true, query: '?raw', import: 'default' })

export const TASKS: Task[] = Object.keys(documents)
  .sort()
  .map((path) => ({
    name: path.replace(/^.*\/\d+-(.*)\.graphql$/, '$1').replaceAll('-', ' '),
    query: documents[path],
    variables: variables[path.replace(/\.graphql$/, '.json')],
  }))
