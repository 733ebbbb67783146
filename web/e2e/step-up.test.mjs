// An application wants to be surer of somebody than their session is: they prove themselves once more, and go on to it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { looksRight, openClinic, screenshot } from './harness.mjs';
import { codeOf, desk, givePassword, looksRightAnywhere, noScript, openEnglish, phone, tabTo } from './identity.mjs';
import { openCallback, register } from './party.mjs';

const { demo, browser } = await openClinic();
const callback = await openCallback();
after(() => callback.close());
const redirect_uri = `${callback.origin}/callback`;
const client = await register(demo, 'Prescriptions', [
  '--dialect', 'own', '--scopes', 'openid', '--redirect-uri', redirect_uri,
]);

function request(more) {
  const url = new URL(`${demo.url}/oauth/authorize`);
  const own = { response_type: 'code', client_id: client.client_id, scope: 'openid', redirect_uri };
  url.search = new URLSearchParams({ ...own, ...more });
  return String(url);
}

/** What the application reads in the ID token for the code that it is sent. */
async function claims(answered) {
  const code = (await answered).url.searchParams.get('code');
  const body = new URLSearchParams({
    grant_type: 'authorization_code', code, redirect_uri, client_id: client.client_id, client_secret: client.client_secret,
  });
  const answer = await (await fetch(`${demo.url}/oauth/token`, { method: 'POST', body })).json();
  return JSON.parse(Buffer.from(answer.id_token.split('.')[1], 'base64url').toString());
}

async function openSignedIn(options) {
  const window = await openEnglish(browser, demo, options);
  await window.page.goto(`${demo.url}/login`);
  await givePassword(window.page, demo.person('anna'));
  await window.page.waitForURL(/\/chats$/);
  return window;
}

test('a session of one factor becomes one of two, set up on the way and asked for afterwards', async () => {
  // Two browsers know her by her password alone, before there is anything else.
  const first = await openSignedIn(phone);
  const second = await openSignedIn(desk);

  const { page } = first;
  let answered = callback.next('/callback');
  await page.goto(request());
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  assert.equal((await claims(answered)).acr, '1');

  await page.goto(request({ acr_values: '2' }));
  await page.getByRole('heading', { level: 1, name: 'Set up an app for codes' }).waitFor();
  await looksRightAnywhere(page, 'step-up-set-up');
  const key = await page.locator('.key code').innerText();
  await tabTo(page, page.getByLabel('Enter the code that the app shows now.'));
  await page.keyboard.type(codeOf(key));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Keep your recovery codes' }).waitFor();
  const [recovery] = await page.locator('.codes code').allInnerTexts();
  await looksRightAnywhere(page, 'step-up-codes');
  answered = callback.next('/callback');
  await tabTo(page, page.getByRole('link', { name: 'I have kept them, go on' }));
  await page.keyboard.press('Enter');
  assert.equal((await claims(answered)).acr, '2');

  answered = callback.next('/callback');
  // Whoever else was in by the password alone is not any more.
  await second.page.goto(request({ acr_values: '2' }));
  await givePassword(second.page, demo.person('anna'));
  await second.page.getByRole('heading', { level: 1, name: 'Enter your code' }).waitFor();
  await looksRightAnywhere(second.page, 'step-up-code');
  await tabTo(second.page, second.page.getByLabel('Code'));
  await second.page.keyboard.type('000000');
  await second.page.keyboard.press('Enter');
  await second.page.getByRole('alert').getByText('not right').waitFor();
  await looksRightAnywhere(second.page, 'step-up-refused');
  await tabTo(second.page, second.page.getByLabel('Code'));
  await second.page.keyboard.type(recovery);
  await second.page.keyboard.press('Enter');
  assert.equal((await claims(answered)).acr, '2');
  await second.page.getByText('Back at the application').waitFor();
  await Promise.all([first.context.close(), second.context.close()]);
});

test('without scripts a session of one factor becomes one of two, and is asked for the second elsewhere', async () => {
  const { page, context } = await openEnglish(browser, demo, noScript);
  await page.goto(`${demo.url}/login`);
  await givePassword(page, demo.person('devries'));
  await page.waitForURL(/\/chats$/);
  await page.goto(request({ acr_values: '2' }));
  await page.getByRole('heading', { level: 1, name: 'Set up an app for codes' }).waitFor();
  await screenshot(page, 'step-up-set-up-no-script');
  await page.getByLabel('Enter the code that the app shows now.').fill(codeOf(await page.locator('.key code').innerText()));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Keep your recovery codes' }).waitFor();
  const [recovery] = await page.locator('.codes code').allInnerTexts();
  await screenshot(page, 'step-up-codes-no-script');
  await page.getByRole('link', { name: 'I have kept them, go on' }).press('Enter');
  let answered = callback.next('/callback');
  await page.getByRole('button', { name: 'Allow', exact: true }).press('Enter');
  assert.equal((await claims(answered)).acr, '2');

  const other = await openEnglish(browser, demo, noScript);
  answered = callback.next('/callback');
  await other.page.goto(request({ acr_values: '2' }));
  await givePassword(other.page, demo.person('devries'));
  await other.page.getByRole('heading', { level: 1, name: 'Enter your code' }).waitFor();
  await screenshot(other.page, 'step-up-code-no-script');
  await other.page.getByLabel('Code').fill('000000');
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('alert').getByText('not right').waitFor();
  await other.page.getByLabel('Code').fill(recovery);
  await other.page.getByRole('button', { name: 'Go on' }).press('Enter');
  assert.equal((await claims(answered)).acr, '2');
  await Promise.all([context.close(), other.context.close()]);
});

test('somebody signs in with both factors by the keyboard alone', async () => {
  const { page, context, complaints } = await openEnglish(browser, demo, desk);
  const { email, password } = demo.person('bram');
  const enter = async (label, words) => {
    await tabTo(page, page.getByLabel(label));
    await page.keyboard.type(words);
  };
  const signIn = async () => {
    await page.goto(`${demo.url}/login`);
    await enter('E-mail address or mobile number', email);
    await enter('Password', password);
    await page.keyboard.press('Enter');
  };
  await signIn();
  await page.waitForURL(/\/chats$/);
  await page.goto(`${demo.url}/account`);
  await tabTo(page, page.getByRole('link', { name: 'Extra protection' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: 'Set up an app' }));
  await page.keyboard.press('Enter');
  await page.locator('.key code').waitFor();
  await enter('Enter the code that the app shows now.', codeOf(await page.locator('.key code').innerText()));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Keep your recovery codes' }).waitFor();
  const [recovery] = await page.locator('.codes code').allInnerTexts();
  await looksRight(page, 'second-codes-desk');
  await tabTo(page, page.getByRole('button', { name: 'Sign out' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/login/);
  await signIn();
  await page.getByRole('heading', { level: 1, name: 'Enter your code' }).waitFor();
  await page.keyboard.type(recovery);
  await tabTo(page, page.getByRole('button', { name: 'Go on' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/chats$/);
  assert.deepEqual(complaints, []);
  await context.close();
});
