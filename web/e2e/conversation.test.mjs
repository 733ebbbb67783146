// Two people talk, each in a window of their own.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { axe, openClinic, openWindowOf, screenshot } from './harness.mjs';

const { demo, browser } = await openClinic();

const windowOf = (key, options) => openWindowOf(browser, demo, key, options);

test('two people write to each other and see it arrive without a reload', async () => {
  const anna = await windowOf('anna', { viewport: { width: 390, height: 844 } });
  const eva = await windowOf('devries');
  await eva.page.goto(`${demo.url}/chats/new`);
  await eva.page.getByRole('link', { name: /Anna de Boer/ }).click();
  await eva.page.getByRole('heading', { level: 1, name: 'Anna de Boer' }).waitFor();
  // Anna waits on the page of a conversation that has not begun.
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);

  for (const { page } of [anna, eva]) {
    await page.locator('#refresh').waitFor({ state: 'hidden' });
  }
  await eva.page.getByLabel('Your message').fill('Good morning Anna.\nHow are you?');
  await eva.page.getByRole('button', { name: 'Send' }).click();
  const first = anna.page.locator('.line', { hasText: 'How are you?' });
  await first.waitFor();
  assert.match(await first.innerText(), /Eva de Vries/);
  await eva.page.locator('.state', { hasText: 'Read' }).waitFor();

  // What Anna is writing is left alone when something arrives.
  const draft = anna.page.getByLabel('Your message');
  await draft.fill('Much better');
  await eva.page.getByLabel('Your message').fill('Any fever?');
  await eva.page.getByRole('button', { name: 'Send' }).click();
  await anna.page.locator('.line', { hasText: 'Any fever?' }).waitFor();
  assert.equal(await draft.inputValue(), 'Much better');

  await draft.fill('Much better, thank you.');
  await anna.page.getByRole('button', { name: 'Send' }).click();
  await eva.page.locator('.line', { hasText: 'thank you' }).waitFor();
  await anna.page.locator('.line', { hasText: 'thank you' }).locator('.state', { hasText: 'Read' }).waitFor();
  await screenshot(anna.page, 'two-people-anna-phone');
  await screenshot(eva.page, 'two-people-eva-desk');
  await axe(eva.page);
  assert.deepEqual([...anna.complaints, ...eva.complaints], []);
  await Promise.all([anna.context.close(), eva.context.close()]);
});

test('a file is sent, named, and comes back byte for byte', async () => {
  const anna = await windowOf('anna');
  const claire = await windowOf('jansen');
  await claire.page.goto(`${demo.url}/chats/with/${demo.person('anna').id}`);
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('jansen').id}`);
  const bytes = Buffer.from('Paracetamol\u00e9 3 \u00d7 daags\n'.repeat(500));
  await anna.page.getByLabel('Add files').setInputFiles({ name: 'médicijnen (1).txt', mimeType: 'text/plain', buffer: bytes });
  await anna.page.getByRole('button', { name: 'Send' }).click();
  const link = claire.page.getByRole('link', { name: /médicijnen \(1\)\.txt/ });
  await link.waitFor();
  const [download] = await Promise.all([claire.page.waitForEvent('download'), link.click()]);
  assert.equal(download.suggestedFilename(), 'médicijnen (1).txt');
  assert.deepEqual(await readFile(await download.path()), bytes);
  const path = await link.getAttribute('href');
  const bram = await windowOf('bram');
  const theirs = path.replace(demo.person('anna').id, demo.person('jansen').id);
  for (const address of [path, theirs]) {
    assert.equal((await bram.context.request.get(`${demo.url}${address}`)).status(), 404, 'for nobody else');
  }
  const nobody = await browser.newContext();
  const turned = await nobody.request.get(`${demo.url}${path}`, { maxRedirects: 0 });
  assert.equal(turned.status(), 303);
  assert.match(turned.headers().location, /^\/login\?return=%2Fchats%2Fwith%2F/);
  await Promise.all([anna, claire, bram].map((window) => window.context.close()));
});

test('a form that is sent twice says it once', async () => {
  const chris = await windowOf('chris');
  await chris.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  const form = chris.page.locator('form.write');
  const action = await form.getAttribute('action');
  const token = await form.locator('input[name="form_token"]').getAttribute('value');
  const send = () =>
    chris.context.request.post(`${demo.url}${action}`, {
      multipart: { form_token: token, text: 'Only once, please.' },
      maxRedirects: 0,
    });
  const answers = await Promise.all([send(), send()]);
  answers.push(await send());
  assert.deepEqual(answers.map((answer) => answer.status()), [303, 303, 303]);
  await chris.page.reload();
  assert.equal(await chris.page.locator('.line').count(), 1);
  const forged = await chris.context.request.post(`${demo.url}${action}0`, {
    multipart: { form_token: 'no', text: 'Not by me.' },
    maxRedirects: 0,
  });
  assert.equal(forged.status(), 403);
  await chris.context.close();
});

/** Posts through the messenger API, which asks callers to slow down now and then. */
async function say(token, person, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ body }) };
  const answer = await fetch(`${demo.url}/v1/conversations/${person}/messages`, request);
  if (answer.status === 429) return say(token, person, body);
  assert.equal(answer.status, 201);
}

test('a long conversation is read from its end, and further back page by page', async () => {
  const anna = await windowOf('anna');
  const chris = demo.person('chris');
  const token = await demo.token('anna');
  for (let number = 1; number <= 65; number += 1) {
    await say(token, chris.id, `Message ${number}.`);
  }
  await anna.page.goto(`${demo.url}/chats/with/${chris.id}`);
  const numbers = async () => (await anna.page.locator('.line .text').allInnerTexts()).map((text) => Number.parseInt(text.slice(8), 10));
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
  assert.deepEqual(await numbers(), range(36, 65));
  await anna.page.getByRole('link', { name: 'Show earlier messages' }).click();
  assert.deepEqual(await numbers(), range(6, 35));
  await anna.page.getByRole('link', { name: 'Show earlier messages' }).click();
  assert.deepEqual(await numbers(), range(1, 5));
  assert.equal(await anna.page.getByRole('link', { name: 'Show earlier messages' }).count(), 0);
  await anna.page.getByRole('link', { name: 'Go to the newest messages' }).click();
  assert.deepEqual(await numbers(), range(36, 65));
  await anna.context.close();
});

test('an open page learns that its person has signed out elsewhere', async () => {
  const window = await windowOf('bram');
  const other = await window.context.newPage();
  await window.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  await other.goto(`${demo.url}/chats`);
  await other.locator('form.leave button').click();
  await window.page.waitForURL(/\/login/);
  await window.context.close();
});
