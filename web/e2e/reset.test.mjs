// Who forgot their password gets another by a letter, in a browser without scripts, too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow } from './harness.mjs';
import { desk, inLetter, linkTo, openEnglish, pressOn, typeInto, typePassword } from './identity.mjs';

const { demo, browser } = await openClinic();

const places = {
  desk: [{ viewport: { width: 1280, height: 800 }, locale: 'en-GB' }, 'anna'],
  phone: [{ viewport: { width: 360, height: 740 }, locale: 'fr-FR' }, 'devries'],
  'no-script': [{ viewport: { width: 360, height: 740 }, javaScriptEnabled: false }, 'jansen'],
};

for (const [place, [options, key]] of Object.entries(places)) {
  const looks = (page, name) => options.javaScriptEnabled !== false && looksRight(page, `${name}-${place}`);
  test(`somebody who forgot their password chooses another, ${place}`, async () => {
    const { page, context, complaints } = await openWindow(browser, options);
    const { email } = demo.person(key);
    await page.goto(`${demo.url}/login`);
    await page.locator('a[href="/login/reset"]').click();
    await page.locator('a[href="/login"]').first().waitFor();
    await looks(page, 'reset');
    await page.locator('#email').fill(email);
    await page.locator('#email').press('Enter');
    await page.waitForURL((url) => url.search === '?asked=1');
    await looks(page, 'reset-asked');
    await page.goto(await inLetter(browser, demo, email, linkTo('/login/reset/new')));
    await looks(page, 'reset-new');
    const link = page.url();
    await page.locator('#new').fill('kort');
    await page.locator('#again').fill('kort');
    await page.locator('#again').press('Enter');
    await page.getByRole('alert').waitFor();
    await looks(page, 'reset-refused');
    await page.locator('#new').fill('drie losse woorden');
    await page.locator('#again').fill('drie losse woorden');
    await page.locator('#again').press('Enter');
    await page.waitForURL((url) => url.pathname === '/login' && url.search === '?reset=1');
    await looks(page, 'reset-done');
    await page.locator('#email').fill(email);
    await page.locator('#password').fill('drie losse woorden');
    await page.locator('#password').press('Enter');
    await page.waitForURL((url) => url.pathname === '/chats');
    const again = await page.goto(link);
    assert.equal(again.status(), 404);
    await looks(page, 'reset-closed');
    assert.deepEqual(complaints.filter((one) => !/422|404/.test(one)), []);
    await context.close();
  });
}

test('somebody who forgot their password chooses another with the keyboard alone', async () => {
  const { page, context } = await openEnglish(browser, demo, desk);
  const { email } = demo.person('bram');
  const password = 'drie losse woorden';
  await page.goto(`${demo.url}/login`);
  await pressOn(page, page.locator('a[href="/login/reset"]'));
  await page.waitForURL((url) => url.pathname === '/login/reset');
  await typeInto(page, page.locator('#email'), email);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.search === '?asked=1');
  await page.goto(await inLetter(browser, demo, email, linkTo('/login/reset/new')));
  await typeInto(page, page.locator('#new'), 'kort');
  await typeInto(page, page.locator('#again'), 'kort');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await typeInto(page, page.locator('#new'), password);
  await typeInto(page, page.locator('#again'), password);
  await pressOn(page, page.locator('form[action="/login/reset/new"] button'), 'Space');
  await page.waitForURL((url) => url.pathname === '/login' && url.search === '?reset=1');
  await typePassword(page, { email, password });
  await page.waitForURL((url) => url.pathname === '/chats');
  await context.close();
});
