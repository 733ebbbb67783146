// Every page, at a phone's and a desk's width, in light and dark: accessible, without complaint, and kept as a picture.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { axe, looksRight, openClinic, openWindow, screenshot, signIn } from './harness.mjs';

const widths = [
  ['phone', { viewport: { width: 360, height: 780 }, locale: 'nl-NL', colorScheme: 'light' }],
  ['desk', { viewport: { width: 1280, height: 900 }, locale: 'en-GB', colorScheme: 'dark' }],
  ['desk-light', { viewport: { width: 1280, height: 900 }, locale: 'de-DE', colorScheme: 'light' }],
  ['phone-dark', { viewport: { width: 360, height: 780 }, locale: 'fr-FR', colorScheme: 'dark' }],
];

const { demo, browser } = await openClinic();
let group, guestLink;

/** Something to look at: a conversation with an answer and a file, and a group. */
before(async () => {
  const { context, page } = await openWindow(browser);
  const anna = demo.person('anna');
  const devries = await signIn(demo, page, 'devries');
  await page.goto(`${demo.url}/chats/with/${anna.id}`);
  await page.locator('textarea').fill('Good morning, how is the knee today?\n\nPlease send me a photo of the wound.');
  await page.locator('form.write button').click();
  await page.locator('.line').first().waitFor();
  await page.goto(`${demo.url}/chats/new-group`);
  await page.locator('#subject').fill('Wound care');
  await page.getByRole('checkbox', { name: anna.name }).check();
  await page.getByRole('button', { name: 'Begin the group', exact: true }).click();
  await page.waitForURL(/\/chats\/[0-9a-f-]{36}/);
  group = new URL(page.url()).pathname;
  await page.locator('textarea').fill('Welcome to this group.');
  await page.locator('form.write button').click();
  await page.locator('.line').first().waitFor();
  await context.close();
  guestLink = await linkForGuests();

  const other = await openWindow(browser);
  await signIn(demo, other.page, 'anna');
  await other.page.goto(`${demo.url}/chats/with/${devries.id}`);
  await other.page.locator('textarea').fill('Better, thank you. Here it is.');
  const text = Buffer.from('It itches a little at night.\n');
  await other.page.locator('#files').setInputFiles({ name: 'how-it-feels.txt', mimeType: 'text/plain', buffer: text });
  await other.page.locator('form.write button').click();
  await other.page.locator('.files a').first().waitFor();
  await other.context.close();
});

/** Where guests of the group come in, as a path. */
async function linkForGuests() {
  const token = await demo.token('devries');
  const answer = await fetch(`${demo.url}/v1/group${group.slice(1)}/guest_access`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(answer.status, 200);
  const { link } = await answer.json();
  return link.slice(new URL(link).origin.length);
}

async function look(window, path, name, ready = 'h1') {
  const { page, complaints } = window;
  const answer = await page.goto(`${demo.url}${path}`);
  assert.ok(answer.status() < 500, `${path} was answered ${answer.status()}`);
  await page.locator(ready).first().waitFor();
  await looksRight(page, name);
  return { page, complaints };
}

/** Looks for words until the server has written those of the conversation, and looks at what was found. */
async function found({ page }, words, name) {
  for (let tries = 0; tries < 50; tries += 1) {
    await page.locator('#q').fill(words);
    await Promise.all([page.waitForNavigation(), page.locator('form.sheet button').click()]);
    if (await page.locator('mark').count()) break;
  }
  await page.locator('mark').first().waitFor();
  await looksRight(page, name);
  await page.locator('.inbox a').first().click();
  await page.locator('.line:target').waitFor();
}

for (const [width, options] of widths) {
  test(`every page is accessible and fits, ${width}`, async () => {
    const window = await openWindow(browser, options);
    await look(window, '/', `front-${width}`);
    await look(window, '/login', `login-${width}`);
    await look(window, '/sandbox/inbox', `sandbox-inbox-${width}`);
    await look(window, guestLink, `guest-${width}`, '#name');
    const devries = demo.person('devries');
    await signIn(demo, window.page, 'anna');
    await look(window, '/', `front-signed-in-${width}`);
    await look(window, '/chats', `chats-${width}`, '.inbox');
    await look(window, '/chats/new', `chats-new-${width}`, '.inbox');
    await look(window, '/search', `search-${width}`);
    await found(window, 'knee photo', `search-found-${width}`);
    await look(window, '/chats/new-group', `chats-new-group-${width}`);
    await look(window, `/chats/with/${devries.id}`, `chat-${width}`, '.line');
    await look(window, `${group}/about`, `chat-about-${width}`);
    await look(window, '/account', `account-${width}`);
    await look(window, '/account/picture', `account-picture-${width}`);
    await look(window, '/account/password', `account-password-${width}`);
    await look(window, '/account/log', `account-log-${width}`, '.day');
    await look(window, '/account/log?own=1', `account-log-own-${width}`, '.day');
    const messenger = demo.client('messenger');
    const ask = new URLSearchParams({
      response_type: 'code',
      client_id: messenger.client_id,
      redirect_uri: messenger.redirect_uris[0],
      scope: 'read write',
      state: 'x',
    });
    await look(window, `/healthcaremessenger_oauth/authorize?${ask}`, `consent-${width}`);
    assert.deepEqual(window.complaints, []);
    await window.context.close();
  });
}

test('at four times the size nothing has to be scrolled sideways', async () => {
  const { page, context } = await openWindow(browser, { viewport: { width: 320, height: 256 }, locale: 'de-DE' });
  await signIn(demo, page, 'anna');
  const paths = ['/', '/chats', '/chats/new', '/chats/new-group', `/chats/with/${demo.person('devries').id}`, group, `${group}/about`];
  for (const path of [...paths, '/account', '/account/password', '/account/log', '/api-docs']) {
    await page.goto(`${demo.url}${path}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${path} is ${overflow} pixels wider than its window`);
  }
  await context.close();
});

test('what is not there is said on a page of its own, and kept from nobody else', async () => {
  const window = await openWindow(browser);
  await signIn(demo, window.page, 'bram');
  const answer = await window.page.goto(`${demo.url}/chats/with/${demo.person('bram').id}`);
  assert.equal(answer.status(), 404);
  await axe(window.page);
  await screenshot(window.page, 'not-found');
  await window.context.close();
});

test('a password that does not fit is refused beside its field', async () => {
  const window = await openWindow(browser);
  const { page } = window;
  await signIn(demo, page, 'anna');
  await page.goto(`${demo.url}/account/password`);
  await page.getByLabel('Your current password').fill('a guess');
  await page.getByLabel('New password', { exact: true }).fill('too short');
  await page.getByRole('button', { name: 'Change the password' }).click();
  assert.match(await page.getByRole('alert').innerText(), /at least 12 characters/);
  await axe(page);
  await screenshot(page, 'account-password-refused');
  await window.context.close();
});

test('a group tells who is in it, and an error keeps what was typed', async () => {
  const window = await openWindow(browser);
  const { page } = window;
  await signIn(demo, page, 'anna');
  await page.goto(`${demo.url}/chats`);
  await page.getByRole('link', { name: /Wound care/ }).click();
  await page.locator('textarea').fill('Look at this');
  const program = { name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ\u0000\u0001') };
  await page.locator('#files').setInputFiles(program);
  await page.getByRole('button', { name: 'Send' }).click();
  assert.match(await page.getByRole('alert').innerText(), /setup\.exe/);
  assert.equal(await page.locator('textarea').inputValue(), 'Look at this');
  await axe(page);
  await screenshot(page, 'chat-error');
  await page.locator('textarea').fill('x'.repeat(50_001));
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').filter({ hasText: '50,000' }).waitFor();
  assert.equal((await page.locator('textarea').inputValue()).length, 50_001);
  await window.context.close();
});
