// Whoever was signed out or had no network keeps what they filled in, hears that it was not sent, and sends it once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindowOf, screenshot, signIn } from './harness.mjs';

const { demo, browser } = await openClinic();

const phone = { viewport: { width: 360, height: 740 } };
const field = (page) => page.getByLabel('Your message');
const send = (page) => page.getByRole('button', { name: 'Send', exact: true }).click();
const said = (page, words) => page.locator('.line .text', { hasText: words });
const stored = (page) => page.evaluate(() => Object.keys(sessionStorage));

/** A window with the page of a conversation in it that listens. */
async function opened(key, other, options = phone) {
  const window = await openWindowOf(browser, demo, key, options);
  await window.page.goto(`${demo.url}/chats/with/${demo.person(other).id}`);
  await window.page.locator('#refresh').waitFor({ state: 'hidden' });
  return window;
}

/** The browser forgets who had signed in. */
async function forget({ context }) {
  await context.clearCookies({ name: 'bedside' });
}

test('who is signed out while writing has the words back after signing in, and sends them once', async () => {
  const anna = await opened('anna', 'devries');
  const { page } = anna;
  await field(page).fill('It hurts more\nthan yesterday.');
  const file = { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('one\n') };
  await page.locator('#files').setInputFiles(file);
  await forget(anna);
  await send(page);
  const notice = page.getByRole('alert').filter({ hasText: 'You have been signed out.' });
  await notice.waitFor();
  assert.equal(await field(page).inputValue(), 'It hurts more\nthan yesterday.', 'it stays where it is');
  assert.equal(await page.locator('#files').evaluate((one) => one.files.length), 1);
  assert.match(await notice.innerText(), /Nothing was sent.*files must be chosen again/);
  await looksRight(page, 'keeping-signed-out-phone');
  await notice.getByRole('link', { name: 'Sign in again' }).click();
  await page.waitForURL(/\/login\?return=/);
  await signIn(demo, page, 'anna');
  await page.waitForURL(/\/chats\/with\//);
  await page.getByRole('alert').filter({ hasText: 'has not been sent yet. Choose your files again.' }).waitFor();
  assert.equal(await field(page).inputValue(), 'It hurts more\nthan yesterday.');
  assert.equal(await said(page, 'than yesterday').count(), 0);
  assert.deepEqual(await stored(page), [], 'nothing stays in the browser');
  await looksRight(page, 'keeping-back-phone');
  await send(page);
  await said(page, 'than yesterday').waitFor();
  assert.equal(await field(page).inputValue(), '');
  await page.reload();
  assert.equal(await said(page, 'than yesterday').count(), 1);
  assert.equal(await field(page).inputValue(), '');
  await anna.context.close();
});

test('somebody else who signs in there sees nothing of it, and it is gone', async () => {
  const bram = await opened('bram', 'devries');
  const { page } = bram;
  await field(page).fill('Not for other eyes');
  await forget(bram);
  await send(page);
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.waitForURL(/\/login/);
  assert.equal((await stored(page)).length, 1);
  await signIn(demo, page, 'chris');
  await page.waitForURL(/\/chats\/with\//);
  await field(page).waitFor();
  assert.equal(await field(page).inputValue(), '');
  assert.doesNotMatch(await page.content(), /Not for other eyes/);
  assert.deepEqual(await stored(page), []);
  await page.locator('form.leave button').click();
  await signIn(demo, page, 'bram');
  await page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  assert.equal(await field(page).inputValue(), '');
  await bram.context.close();
});

test('who signs in again beside the page sends from where they were, and nobody else does', async () => {
  const chris = await opened('chris', 'devries');
  const { page } = chris;
  await field(page).fill('From here');
  await forget(chris);
  const beside = await chris.context.newPage();
  await signIn(demo, beside, 'bram');
  await send(page);
  await page.getByRole('alert').filter({ hasText: 'Somebody else has signed in here' }).waitFor();
  assert.equal(await field(page).inputValue(), 'From here');
  await beside.goto(`${demo.url}/chats`);
  await beside.locator('form.leave button').click();
  await signIn(demo, beside, 'chris');
  await send(page);
  await said(page, 'From here').waitFor();
  assert.equal(await field(page).inputValue(), '');
  await chris.context.close();
});

test('who signs out beside a page keeps the words there and sees no more of the conversation', async () => {
  const eva = await opened('devries', 'anna');
  const { page } = eva;
  await field(page).fill('Sent before');
  await send(page);
  await said(page, 'Sent before').waitFor();
  await page.locator('#refresh').waitFor({ state: 'hidden' });
  await field(page).fill('Half a sentence');
  const beside = await eva.context.newPage();
  await beside.goto(`${demo.url}/chats`);
  await beside.locator('form.leave button').click();
  await page.getByRole('alert').filter({ hasText: 'You have been signed out.' }).waitFor();
  assert.equal(await said(page, 'Sent before').count(), 0);
  await looksRight(page, 'keeping-signed-out-beside-phone');
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.waitForURL(/\/login\?return=/);
  await signIn(demo, page, 'devries');
  await said(page, 'Sent before').waitFor();
  assert.equal(await field(page).inputValue(), 'Half a sentence');
  await page.locator('form.leave button').click();
  await page.waitForURL(/left=1/);
  await eva.context.close();
});

test('without a network nothing is lost, and once it is back the message goes out once', async () => {
  const anna = await opened('anna', 'jansen');
  const { page } = anna;
  await field(page).fill('Is anybody there?');
  await anna.context.setOffline(true);
  await send(page);
  await page.getByRole('alert').filter({ hasText: 'There is no connection. Nothing was sent.' }).waitFor();
  assert.equal(await field(page).inputValue(), 'Is anybody there?');
  await looksRight(page, 'keeping-offline-phone');
  await anna.context.setOffline(false);
  await page.getByRole('button', { name: 'Send', exact: true }).dblclick();
  await said(page, 'Is anybody there?').waitFor();
  await page.reload();
  assert.equal(await said(page, 'Is anybody there?').count(), 1);
  await anna.context.setOffline(true);
  await page.getByRole('button', { name: /^Like/ }).click();
  await page.locator('.unsent').waitFor();
  await anna.context.close();
});

test('another language takes along what was filled in, on a form of its own too', async () => {
  const eva = await openWindowOf(browser, demo, 'devries');
  const { page } = eva;
  await page.goto(`${demo.url}/chats/new-group`);
  await page.getByLabel('Subject').fill('Ward round');
  await page.getByRole('checkbox', { name: /Anna de Boer/ }).check();
  await page.getByRole('link', { name: 'Deutsch' }).click();
  await page.locator('html[lang="de"]').waitFor();
  await page.getByRole('alert').filter({ hasText: 'Es wurde noch nicht gesendet.' }).waitFor();
  assert.equal(await page.locator('#subject').inputValue(), 'Ward round');
  assert.ok(await page.getByRole('checkbox', { name: /Anna de Boer/ }).isChecked());
  await page.goto(`${demo.url}/chats/new-group?lang=en`);
  assert.equal(await page.locator('#subject').inputValue(), '', 'it comes back once');

  await page.locator('#subject').fill('Ward round');
  await page.getByRole('checkbox', { name: /Anna de Boer/ }).check();
  await forget(eva);
  await page.getByRole('button', { name: 'Begin the group' }).click();
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.waitForURL(/\/login\?return=/);
  await signIn(demo, page, 'devries');
  await page.getByRole('alert').filter({ hasText: 'It has not been sent yet.' }).waitFor();
  await looksRight(page, 'keeping-group-desk');
  await page.getByRole('button', { name: 'Begin the group' }).click();
  await page.getByRole('heading', { level: 1, name: 'Ward round' }).waitFor();
  await eva.context.close();
});

test('a session that ends while a form is on its way leads to a page that holds the words', async () => {
  const bram = await opened('bram', 'jansen');
  const { page } = bram;
  await field(page).fill('On its way');
  await bram.context.route('**/chats/standing', (route) => route.fulfill({ status: 502 }), { times: 1 });
  await send(page);
  await page.getByRole('alert').filter({ hasText: 'There is no connection.' }).waitFor();
  // The session ends after the script was told that it stands.
  await bram.context.route('**/chats/standing', async (route) => {
    const answer = await route.fetch();
    await forget(bram);
    await route.fulfill({ response: answer });
  });
  await send(page);
  await page.getByRole('heading', { level: 1, name: 'Your message has not been sent yet' }).waitFor();
  assert.equal(await field(page).inputValue(), 'On its way');
  await looksRight(page, 'keeping-held-phone');
  await bram.context.close();
});

test('without JavaScript the words are on a page of their own until they are sent', async () => {
  const chris = await openWindowOf(browser, demo, 'chris', { ...phone, javaScriptEnabled: false });
  const { page } = chris;
  await page.goto(`${demo.url}/chats/with/${demo.person('jansen').id}`);
  await field(page).fill('Written without a script');
  await forget(chris);
  await send(page);
  await page.getByRole('heading', { level: 1, name: 'Your message has not been sent yet' }).waitFor();
  assert.equal(await field(page).inputValue(), 'Written without a script');
  await screenshot(page, 'keeping-no-script-phone');
  const [beside] = await Promise.all([
    chris.context.waitForEvent('page'),
    page.getByRole('link', { name: /Sign in again/ }).click(),
  ]);
  await signIn(demo, beside, 'chris');
  await beside.waitForURL(/\/chats\/with\//);
  await send(page);
  await said(page, 'Written without a script').waitFor();
  await beside.reload();
  assert.equal(await said(beside, 'Written without a script').count(), 1);

  await page.goto(`${demo.url}/chats/new`);
  await forget(chris);
  await page.locator('main form.find input[type="search"]').fill('Eva');
  await page.locator('main form.find button').click();
  await page.getByRole('status').filter({ hasText: 'what you filled in was not sent' }).waitFor();
  await signIn(demo, page, 'chris');
  await page.waitForURL(/\/chats\/new$/);
  await chris.context.close();
});
