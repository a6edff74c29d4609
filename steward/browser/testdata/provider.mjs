// A certified OpenID provider for the tests: node provider.mjs NODE_MODULES PORT REDIRECT_URI.
// Its login page takes any password.
import { pathToFileURL } from 'node:url';
const [, , modules, port, redirect] = process.argv;
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`).href);
const people = {
  'op-anna': { email: 'anna@example.test', name: 'Анна Ёлкина', groups: ['data-stewards'] },
  'op-boris': { email: 'boris@example.test', name: 'Борис Жуков', groups: [] },
};
new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'kartoteka', client_secret: 'app-secret', redirect_uris: [redirect] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, email_verified: true, ...people[id] }) },
  pkce: { required: () => true },
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
