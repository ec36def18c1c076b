// node audit.mjs URL: the complete audit of GraphQL over HTTP; one line of JSON for each check, and ends with 1 if any is not ok.
import { serverAudits } from 'graphql-http';

const results = [];
for (const { fn } of serverAudits({ url: process.argv[2], fetchFn: fetch })) results.push(await fn());
for (const { id, name, status, reason } of results) console.log(JSON.stringify({ id, name, status, reason }));
const passed = results.filter(({ status }) => status === 'ok').length;
console.error(`${passed} of ${results.length} audits passed`);
process.exit(passed === results.length ? 0 : 1);
