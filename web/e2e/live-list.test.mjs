// What an open page learns by itself: what is new, who came, and that one is out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, openClinic, openWindow, openWindowOf, screenshot, signIn } from './harness.mjs';

const { demo, browser } = await openClinic();

const windowOf = (key, options) => openWindowOf(browser, demo, key, options);

async function write(page, text) {
  await page.getByLabel('Your message').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.line', { hasText: text }).waitFor();
}

test('an open list says by itself what is new, in its rows, in the menu and in its title', async () => {
  const eva = await windowOf('devries', { viewport: { width: 360, height: 740 } });
  const anna = await windowOf('anna');
  const chris = await windowOf('chris');
  await eva.page.goto(`${demo.url}/chats`);
  for (const [window, text] of [[anna, 'It hurts again'], [chris, 'May I call you?']]) {
    await window.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
    await write(window.page, text);
  }
  await eva.page.waitForFunction(() => document.title.startsWith('(2) Conversations'));
  assert.match(await eva.page.locator('.inbox li').first().innerText(), /Chris[^]*1 new/);
  assert.match(await eva.page.locator('#unread').innerText(), /^2/);
  await axe(eva.page);
  await screenshot(eva.page, 'live-list-phone');

  // What has the focus keeps it while the rows change their places.
  await eva.page.locator('.inbox a', { hasText: 'Anna' }).focus();
  await write(anna.page, 'And it is warm');
  await eva.page.locator('.inbox li', { hasText: '2 new' }).waitFor();
  assert.match(await eva.page.evaluate(() => document.activeElement.innerText), /Anna/);
  await eva.page.locator('.inbox a', { hasText: 'Anna' }).click();
  await eva.page.getByText('And it is warm').waitFor();
  assert.match(await eva.page.locator('#unread').innerText(), /^1/);
  assert.deepEqual([...eva.complaints, ...anna.complaints], []);
  await Promise.all([eva, anna, chris].map((window) => window.context.close()));
});

test('the newest message and the field are in view together, whatever the window', async () => {
  const anna = await windowOf('anna');
  const place = `/chats/with/${demo.person('jansen').id}`;
  await anna.page.goto(`${demo.url}${place}`);
  for (let number = 1; number <= 12; number += 1) await write(anna.page, `Message ${number}, of some length, to fill the page.`);
  const inView = () => {
    const said = document.getElementById('said').getBoundingClientRect();
    const last = [...document.querySelectorAll('.line')].at(-1).getBoundingClientRect();
    const field = document.getElementById('write').getBoundingClientRect();
    return last.bottom > 40 && last.bottom <= Math.min(said.bottom, field.top) && field.bottom <= window.innerHeight;
  };
  for (const javaScriptEnabled of [true, false]) {
    const { page, context } = await openWindow(browser, { javaScriptEnabled });
    await signIn(demo, page, 'anna');
    for (const [width, height] of [[360, 740], [390, 664], [1366, 657], [1280, 800], [683, 328], [320, 256]]) {
      const how = `${width} x ${height}, ${javaScriptEnabled ? 'with' : 'without'} scripts`;
      await page.setViewportSize({ width, height });
      await page.goto(`${demo.url}/chats`);
      await page.locator('.inbox a').first().click();
      await page.locator('#write').waitFor();
      assert.ok(await page.evaluate(inView), `on opening, ${how}`);
      await write(page, `From ${how}`);
      assert.ok(await page.evaluate(inView), `after sending, ${how}`);
    }
    await context.close();
  }
  await anna.context.close();
});

test('who is taken out of a group is told so, and keeps what they were writing', async () => {
  const eva = await windowOf('devries');
  const anna = await windowOf('anna', { viewport: { width: 360, height: 740 } });
  await eva.page.goto(`${demo.url}/chats/new-group`);
  await eva.page.getByLabel('Subject').fill('Exercises');
  await eva.page.getByRole('checkbox', { name: demo.person('anna').name }).check();
  await eva.page.getByRole('button', { name: 'Begin the group' }).click();
  await eva.page.getByRole('heading', { level: 1, name: 'Exercises' }).waitFor();
  const group = new URL(eva.page.url()).pathname;
  await anna.page.goto(`${demo.url}${group}`);
  await anna.page.locator('#refresh').waitFor({ state: 'hidden' });
  await anna.page.getByLabel('Your message').fill('I was just saying');

  await eva.page.goto(`${demo.url}${group}/add`);
  await eva.page.getByRole('checkbox', { name: demo.person('bram').name }).check();
  await eva.page.getByRole('button', { name: 'Add to the group' }).click();
  await anna.page.getByText('Group of 3').waitFor();

  await eva.page.getByText(`Remove ${demo.person('anna').name}`).first().click();
  await eva.page.getByRole('button', { name: `Remove ${demo.person('anna').name}` }).click();
  await anna.page.getByText('You are no longer in this conversation.').waitFor();
  assert.equal(await anna.page.getByLabel('Your message').inputValue(), 'I was just saying');
  assert.ok(await anna.page.getByRole('button', { name: 'Send' }).isHidden());
  await axe(anna.page);
  await screenshot(anna.page, 'taken-out-phone');
  assert.deepEqual(anna.complaints, []);
  await Promise.all([eva, anna].map((window) => window.context.close()));
});

test('what was deleted while a page was in the background is gone once somebody looks at it again', async () => {
  const eva = await windowOf('devries');
  const anna = await windowOf('anna');
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  for (const text of ['About somebody else', 'About me']) await write(anna.page, text);
  const asked = [];
  eva.page.on('request', (request) => request.url().includes('fragment=1') && asked.push(request.url()));
  await eva.page.goto(`${demo.url}/chats/with/${demo.person('anna').id}`);
  await eva.page.locator('#refresh').waitFor({ state: 'hidden' });
  assert.deepEqual(asked, [], 'the page comes with all of it');
  const become = (state) => eva.page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await become('hidden');
  const mistake = anna.page.locator('.line', { hasText: 'About somebody else' });
  await anna.page.goto(`${demo.url}${await mistake.locator('.undo a').getAttribute('href')}`);
  await anna.page.getByRole('button', { name: 'Yes, delete it' }).click();
  await write(anna.page, 'That was a mistake');
  await become('visible');
  await eva.page.getByText('About somebody else').waitFor({ state: 'detached' });
  await eva.page.getByText('That was a mistake').waitFor();
  const places = await eva.page.locator('#log li[data-seq]').evaluateAll((all) => all.map((line) => Number(line.dataset.seq)));
  assert.deepEqual(places, [...new Set(places)].sort((one, other) => one - other), 'each once, in order');
  assert.deepEqual([...eva.complaints, ...anna.complaints], []);
  await Promise.all([eva, anna].map((window) => window.context.close()));
});

test('a mistyped address is answered in words', async () => {
  const { page, context } = await openWindow(browser, { viewport: { width: 360, height: 740 }, locale: 'fr-FR' });
  await signIn(demo, page, 'anna');
  const answer = await page.goto(`${demo.url}/conversations`);
  assert.equal(answer.status(), 404);
  await page.getByRole('heading', { level: 1, name: 'Introuvable' }).waitFor();
  await page.getByRole('link', { name: 'Mon compte' }).waitFor();
  await axe(page);
  await screenshot(page, 'mistyped-phone');
  await context.close();
});
