// The library that applications on Node.js use for OpenID Connect, unchanged: it discovers the server first and holds
// every answer against the standards.

import assert from 'node:assert/strict';
import { generateKeyPair } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import * as oidc from 'openid-client';
import { startDemo } from './harness.mjs';
import { openCallback, register } from './party.mjs';
import { Visitor } from './visitor.mjs';

const demo = await startDemo();
const callback = await openCallback();
after(async () => {
  callback.close();
  await demo.stop();
});

const redirect = `${callback.origin}/callback`;
const bye = `${callback.origin}/bye`;
const scopes = 'openid profile email offline_access read';
const usual = ['--dialect', 'own', '--scopes', scopes, '--redirect-uri', redirect, '--post-logout-uri', bye];

async function discover(id, metadata, proof) {
  return oidc.discovery(new URL(demo.url), id, metadata, proof, { execute: [oidc.allowInsecureRequests] });
}

/** A person's way through the pages, and the tokens at its end. */
async function signIn(config, key, scope, visitor = new Visitor(demo.url)) {
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const isOpenId = scope.split(' ').includes('openid');
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope,
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(isOpenId && { nonce }),
  });
  const outward = await visitor.allow(url, demo.person(key));
  const expected = { pkceCodeVerifier: verifier, expectedState: state };
  if (isOpenId) Object.assign(expected, { expectedNonce: nonce, idTokenExpected: true });
  return { tokens: await oidc.authorizationCodeGrant(config, outward, expected), visitor };
}

/** What every application goes through: in, who is it, again, and out. */
async function wholeWay(config) {
  const { tokens, visitor } = await signIn(config, 'anna', 'openid profile email offline_access');
  const { sub, acr } = tokens.claims();
  assert.equal(acr, '1');
  const told = await oidc.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(told.email, demo.person('anna').email);
  const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(again.claims().sub, sub);
  assert.equal((await oidc.fetchUserInfo(config, again.access_token, sub)).sub, sub);
  const out = oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: bye,
    state: 'gone',
  });
  const { outward } = await visitor.open(out);
  assert.equal(String(outward), `${bye}?state=gone`);
  assert.match((await visitor.open(`${demo.url}/account`)).url, /\/login/);
}

test('an application with a secret signs somebody in and out, by either way of bringing it', async () => {
  const client = await register(demo, 'With a secret', usual);
  for (const proof of [oidc.ClientSecretPost(client.client_secret), oidc.ClientSecretBasic(client.client_secret)]) {
    await wholeWay(await discover(client.client_id, undefined, proof));
  }
});

test('an application that can keep no secret signs somebody in and out', async () => {
  const client = await register(demo, 'In a browser', [...usual, '--public']);
  await wholeWay(await discover(client.client_id, undefined, oidc.None()));
});

for (const [alg, type, options] of [
  ['ES256', 'ec', { namedCurve: 'P-256' }],
  ['RS256', 'rsa', { modulusLength: 2048 }],
]) {
  test(`an application that proves itself by a key of its own (${alg}) signs somebody in and out`, async () => {
    const pair = await promisify(generateKeyPair)(type, options);
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), alg, kid: 'one', use: 'sig' };
    const file = join(demo.data, `${alg}.json`);
    await writeFile(file, JSON.stringify({ keys: [jwk] }));
    const client = await register(demo, `With a key, ${alg}`, [...usual, '--jwks', file]);
    const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    const how = type === 'ec' ? { name: 'ECDSA', ...options } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, how, false, ['sign']);
    await wholeWay(await discover(client.client_id, undefined, oidc.PrivateKeyJwt({ key, kid: 'one' })));
  });
}

test('an application may have its ID tokens signed with ES256 or EdDSA, and be told a subject of its own', async () => {
  for (const alg of ['ES256', 'EdDSA']) {
    const client = await register(demo, `Signed ${alg}`, [...usual, '--id-token-alg', alg, '--pairwise']);
    const metadata = { id_token_signed_response_alg: alg };
    const config = await discover(client.client_id, metadata, oidc.ClientSecretPost(client.client_secret));
    const { tokens } = await signIn(config, 'anna', 'openid');
    assert.match(tokens.claims().sub, /^[\w-]{43}$/);
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).sub, tokens.claims().sub);
  }
});

test('without openid it is plain OAuth: a token, and nothing said of who it is', async () => {
  const client = await register(demo, 'Plain', usual);
  const config = await discover(client.client_id, undefined, oidc.ClientSecretPost(client.client_secret));
  const { tokens } = await signIn(config, 'anna', 'read');
  assert.equal(tokens.id_token, undefined);
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck), { status: 403 });
});
