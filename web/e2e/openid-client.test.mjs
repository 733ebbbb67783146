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

/** As much of a browser as our pages need without a script: cookies, redirects, and one form on a page. */
class Visitor {
  #cookies = new Map();

  async open(url, form) {
    const headers = { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    if (form) Object.assign(headers, { 'sec-fetch-site': 'same-origin', origin: new URL(demo.url).origin });
    const sent = { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual' };
    const answer = await fetch(url, sent);
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const next = location && new URL(location, url);
    if (!next) return { url: String(url), text: await answer.text() };
    return next.origin === new URL(demo.url).origin ? this.open(next) : { outward: next };
  }

  /** Fills in the form of a page, and goes where it leads. */
  async submit({ url, text }, filled) {
    const main = /<main[\s\S]*<\/main>/.exec(text)[0];
    const form = new URLSearchParams();
    for (const [tag] of main.matchAll(/<input[^>]*>/g)) {
      form.set(/ name="([^"]*)"/.exec(tag)[1], plain(/ value="([^"]*)"/.exec(tag)?.[1] ?? ''));
    }
    for (const [name, value] of Object.entries(filled)) form.set(name, value);
    return this.open(new URL(/ action="([^"]*)"/.exec(main)[1], url), form);
  }

  /** Signs in as a demo person and allows what is asked, as far as either is asked for. */
  async allow(url, key) {
    const { email, password } = demo.person(key);
    let page = await this.open(url);
    if (page.text?.includes('name="password"')) page = await this.submit(page, { email, password });
    if (page.text?.includes('action="/consent"')) page = await this.submit(page, { answer: 'allow' });
    assert.ok(page.outward, `no way back from ${page.url}: ${page.text}`);
    return page.outward;
  }
}

function plain(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"' };
  const character = (_, name) => named[name] ?? String.fromCodePoint(Number(name.slice(1)));
  return text.replace(/&(#\d+|[a-z]+);/g, character);
}

async function discover(id, metadata, proof) {
  return oidc.discovery(new URL(demo.url), id, metadata, proof, { execute: [oidc.allowInsecureRequests] });
}

/** A person's way through the pages, and the tokens at its end. */
async function signIn(config, key, scope, visitor = new Visitor()) {
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
  const outward = await visitor.allow(url, key);
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
