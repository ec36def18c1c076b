// node follow.mjs URL TOKEN: the clients that browsers use follow something, lose the connection, and go on from where they were.
import { createClient as overEvents } from 'graphql-sse';
import { createClient as overSockets } from 'graphql-ws';

const [url, token] = process.argv.slice(2);
const query = 'subscription($since: String) { connectionChanged(since: $since) { cursor connections { id state } } }';
const clients = {
  events: () => overEvents({ url, headers: { Authorization: `Bearer ${token}` } }),
  socket: () => overSockets({ url: url.replace('http', 'ws'), connectionParams: { Authorization: `Bearer ${token}` } }),
};
const told = {};
for (const [name, open] of Object.entries(clients)) {
  let since;
  told[name] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const client = open();
    for await (const { data, errors } of client.iterate({ query, variables: { since } })) {
      if (errors) throw new Error(JSON.stringify(errors));
      since = data.connectionChanged.cursor;
      told[name].push(data.connectionChanged.connections.length);
      break;
    }
    client.dispose();
  }
  const wrong = open();
  told[`${name} refused`] = await new Promise((resolve) => {
    wrong.subscribe({ query: '{ nonsense }' }, {
      next: ({ errors }) => resolve(errors[0].extensions.code),
      error: (errors) => resolve((errors[0] ?? errors).extensions?.code ?? String(errors)),
      complete: () => resolve('complete'),
    });
  });
  wrong.dispose();
}
console.log(JSON.stringify(told));
process.exit(0);
