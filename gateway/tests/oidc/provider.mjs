// A provider as partners run one, for tests: `node provider.mjs CONFIG.json`. A POST to /control/keys rotates its keys.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const issuer = `http://127.0.0.1:${config.port}`
let asked = 0

function made(jwks) {
  const provider = new Provider(issuer, {
    jwks,
    clients: [config.client],
    cookies: { keys: ['for tests'] },
    claims: { openid: ['sub', 'eduperson_scoped_affiliation', 'schac_home_organization'] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, eduperson_scoped_affiliation: [`student@${config.home}`], schac_home_organization: config.home }),
    }),
    extraTokenClaims: () => ({ eduperson_scoped_affiliation: [`student@${config.home}`, 'faculty@elsewhere.example'] }),
    features: {
      devInteractions: { enabled: true },
      encryption: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => config.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'api', audience: config.audience, accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: 'RS256' } } }),
      },
    },
  })
  return provider.callback()
}

let answer = made(config.jwks)
createServer((request, response) => {
  if (request.url === '/control/keys') {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      answer = made(JSON.parse(body))
      response.end('rotated')
    })
  } else if (request.url === '/control/asked') {
    response.end(String(asked))
  } else {
    if (request.url === '/jwks') asked += 1
    answer(request, response)
  }
}).listen(config.port, '127.0.0.1', () => console.log('ready'))
