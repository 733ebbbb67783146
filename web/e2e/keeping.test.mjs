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

/** Its reader looks elsewhere, or here again. */
async function become(page, state) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
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
  await page.waitForURL(/left=1/);
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
  await beside.waitForURL(/left=1/);
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
  const name = await page.locator('#name').innerText();
  assert.match(await page.content(), new RegExp(name));
  const beside = await eva.context.newPage();
  await beside.goto(`${demo.url}/chats`);
  await beside.locator('form.leave button').click();
  await beside.waitForURL(/left=1/);
  await page.getByRole('alert').filter({ hasText: 'You have been signed out.' }).waitFor();
  assert.equal(await said(page, 'Sent before').count(), 0);
  assert.doesNotMatch(await page.content(), new RegExp(name), 'nor with whom it was');
  assert.equal(await page.title(), 'You have been signed out');
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

test('a browser that lacks what this needs, or an answer that nobody understands, keeps no form back', async () => {
  const anna = await openWindowOf(browser, demo, 'anna', phone);
  const { page } = anna;
  await page.goto(`${demo.url}/chats/with/${demo.person('jansen').id}`);
  await anna.context.route('**/chats/standing', (route) => route.fulfill({ status: 200, body: 'Welcome!' }));
  await field(page).fill('Through a strange gate');
  await send(page);
  await said(page, 'Through a strange gate').waitFor();
  await anna.context.unroute('**/chats/standing');
  await anna.context.addInitScript(() => {
    delete AbortSignal.timeout;
    delete HTMLFormElement.prototype.requestSubmit;
  });
  await page.reload();
  await field(page).fill('From an old phone');
  await send(page);
  await said(page, 'From an old phone').waitFor();
  assert.equal(await field(page).inputValue(), '');
  await anna.context.close();
});

test('who has to wait keeps the words', async () => {
  const bram = await opened('bram', 'jansen');
  const { page } = bram;
  await field(page).fill('In a hurry');
  await bram.context.route('**/chats/standing', (route) => route.fulfill({ status: 429 }), { times: 1 });
  await send(page);
  await page.getByRole('alert').filter({ hasText: 'Nothing was sent: that is not possible just now.' }).waitFor();
  assert.equal(await field(page).inputValue(), 'In a hurry');
  await looksRight(page, 'keeping-later-phone');
  await send(page);
  await said(page, 'In a hurry').waitFor();
  await bram.context.close();
});

test('what was kept ends with an hour, and with signing out', async () => {
  const anna = await opened('anna', 'devries');
  const { page } = anna;
  const place = page.url();
  const leaveWords = async () => {
    await field(page).fill('Between us');
    await forget(anna);
    await send(page);
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.waitForURL(/\/login/);
    assert.equal((await stored(page)).length, 1);
  };
  await leaveWords();
  await page.evaluate(() => {
    const [name] = Object.keys(sessionStorage);
    const kept = JSON.parse(sessionStorage.getItem(name));
    sessionStorage.setItem(name, JSON.stringify({ ...kept, until: kept.until - 3_600_000 }));
  });
  await signIn(demo, page, 'anna');
  await page.waitForURL(place);
  assert.equal(await field(page).inputValue(), '');
  assert.deepEqual(await stored(page), []);

  await leaveWords();
  await page.goto(`${demo.url}/login`);
  await signIn(demo, page, 'anna');
  assert.equal((await stored(page)).length, 1, 'it waits for its page');
  // The script forgets by itself: not every browser does so when it is told to.
  await anna.context.route('**/logout', (route) => route.fulfill({ status: 204 }), { times: 1 });
  await Promise.all([page.waitForRequest('**/logout'), page.locator('form.leave button').click()]);
  assert.deepEqual(await stored(page), []);
  await anna.context.close();
});

test('who looks again at a page finds it theirs, with forms that go, and nobody else finds it', async () => {
  const chris = await opened('chris', 'devries');
  const { page } = chris;
  const beside = await chris.context.newPage();
  await become(page, 'hidden');
  await forget(chris);
  await signIn(demo, beside, 'chris');
  const token = await page.locator('form.write input[name="form_token"]').inputValue();
  await become(page, 'visible');
  await page.waitForFunction((old) => [...document.querySelectorAll('input[name="form_token"]')].every((one) => one.value !== old), token);

  await field(page).fill('Not for the next one');
  await become(page, 'hidden');
  await forget(chris);
  await signIn(demo, beside, 'bram');
  await Promise.all([page.waitForNavigation(), become(page, 'visible')]);
  await field(page).waitFor();
  assert.equal(await field(page).inputValue(), '');
  assert.doesNotMatch(await page.content(), /Not for the next one/);

  const name = await page.locator('#name').innerText();
  await field(page).fill('Bram was here');
  await become(page, 'hidden');
  await forget(chris);
  await become(page, 'visible');
  await page.getByRole('alert').filter({ hasText: 'You have been signed out.' }).waitFor();
  assert.doesNotMatch(await page.content(), new RegExp(name));
  await chris.context.close();
});

test('only what somebody changed comes back, cleared and unticked too, and nothing that a colleague did is undone', async () => {
  const eva = await openWindowOf(browser, demo, 'devries');
  const { page } = eva;
  await page.goto(`${demo.url}/chats/new-group`);
  await page.getByLabel('Subject').fill('Night shift');
  await page.getByRole('checkbox', { name: /Anna de Boer/ }).check();
  await page.getByRole('button', { name: 'Begin the group' }).click();
  await page.getByRole('heading', { level: 1, name: 'Night shift' }).waitFor();
  const about = `${page.url().split(/[?#]/)[0]}/about`;
  const invite = (one) => one.locator('input[name="members_can_invite"]');
  const contacts = (one) => one.locator('input[name="allow_contacts"]');
  const save = (one) => one.locator('form[action$="/openness"] button').click();
  await page.goto(about);
  await invite(page).check();
  await contacts(page).check();
  await Promise.all([page.waitForNavigation(), save(page)]);
  await page.goto(about);
  await invite(page).uncheck();
  await page.getByLabel('Subject').fill('');

  const colleague = await openWindowOf(browser, demo, 'devries');
  await colleague.page.goto(about);
  await contacts(colleague.page).uncheck();
  await Promise.all([colleague.page.waitForNavigation(), save(colleague.page)]);
  await colleague.page.goto(about);
  const close = (one) => one.locator('#close');
  const before = await close(page).inputValue();
  await close(colleague.page).selectOption({ index: 2 });
  const after = await close(colleague.page).inputValue();
  assert.notEqual(after, before);
  await Promise.all([colleague.page.waitForNavigation(), colleague.page.locator('form[action$="/times"] button').click()]);

  await forget(eva);
  await save(page);
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.waitForURL(/\/login\?return=/);
  await signIn(demo, page, 'devries');
  await page.getByRole('alert').filter({ hasText: 'What you filled in is here again.' }).waitFor();
  assert.equal(await page.getByLabel('Subject').inputValue(), '');
  assert.ok(!(await invite(page).isChecked()), 'what was unticked is unticked again');
  assert.ok(!(await contacts(page).isChecked()), 'what a colleague unticked stays so');
  assert.equal(await close(page).inputValue(), after, 'what a colleague chose stays so');
  await colleague.context.close();
  await eva.context.close();
});

test('what has no place on the page as it is then is told of', async () => {
  const eva = await openWindowOf(browser, demo, 'devries');
  const { page } = eva;
  await page.goto(`${demo.url}/chats/new-group`);
  await page.locator('#subject').fill('Hip');
  await page.locator('button[name="turn"][value="about.0"]').click();
  await page.getByRole('radio', { name: /Anna de Boer/ }).check();
  await page.locator('button[name="turn"][value="all.0"]').last().click();
  await page.locator('input[type="hidden"][name="about"]').waitFor({ state: 'attached' });
  await page.getByRole('link', { name: 'Deutsch' }).click();
  await page.getByRole('alert').filter({ hasText: 'Nicht alles' }).waitFor();
  assert.equal(await page.locator('#subject').inputValue(), 'Hip', 'what stood there from a step before comes along');
  await looksRight(page, 'keeping-in-part-desk');
  await eva.context.close();
});

test('who stays with their files after all has nothing kept', async () => {
  const anna = await opened('anna', 'jansen');
  const { page } = anna;
  await field(page).fill('Here it is');
  await page.locator('#files').setInputFiles({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('one\n') });
  page.once('dialog', (dialog) => dialog.dismiss());
  await page.getByRole('link', { name: 'Deutsch' }).click();
  assert.equal(await field(page).inputValue(), 'Here it is');
  assert.deepEqual(await stored(page), []);
  await anna.context.close();
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
