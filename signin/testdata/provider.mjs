// node provider.mjs PORT REDIRECT_URI: a certified OpenID provider whose login page takes any password.
import Provider from 'oidc-provider';
const port = Number(process.argv[2]), people = {
  anna: { email: 'anna@example.test', name: 'Анна Ёлкина', groups: ['data-stewards'] },
  boris: { email: 'boris@example.test', name: 'Борис Жуков', groups: [] },
};
new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'kartoteka', client_secret: 'app-secret', redirect_uris: [process.argv[3]] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: process.argv[4] === 'userinfo',
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, email_verified: true, ...people[id] }) },
  pkce: { required: () => true },
}).listen(port, '127.0.0.1', () => console.log('ready'));
