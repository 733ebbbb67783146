// A second factor, from setting it up on the way in to taking it away; and a patient who signs in by a link.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { looksRight, openClinic, screenshot } from './harness.mjs';
import { codeOf, command, givePassword, inLetter, linkTo, noScript, openEnglish, phone } from './identity.mjs';

const { demo, browser } = await openClinic();

before(async () => {
  const set = await command(demo, ['organisation', 'second-factor', 'linde', '--roles', 'nurse']);
  assert.deepEqual(set.second_factor_roles, ['nurse']);
});

/** A window in which the nurse has given name and password. */
async function openHalfWay(options) {
  const window = await openEnglish(browser, demo, options);
  await window.page.goto(`${demo.url}/login`);
  await givePassword(window.page, demo.person('jansen'));
  return window;
}

let key, codes;

test('a nurse sets up an app on the way in, without JavaScript, by the keyboard alone', async () => {
  const { page, context } = await openHalfWay(noScript);
  await page.getByRole('heading', { level: 1, name: 'Set up an app for codes' }).waitFor();
  key = await page.locator('.key code').innerText();
  assert.equal(await page.getByRole('img', { name: 'QR code for your app' }).count(), 1);
  await screenshot(page, 'second-set-up-no-script');
  await page.getByLabel('Enter the code that the app shows now.').focus();
  await page.keyboard.type('000000');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('not the code that the app shows').waitFor();
  assert.equal(await page.locator('.key code').innerText(), key, 'the same key');
  await screenshot(page, 'second-set-up-error-phone');
  await page.getByLabel('Enter the code that the app shows now.').focus();
  await page.keyboard.type(codeOf(key));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Keep your recovery codes' }).waitFor();
  codes = await page.locator('.codes code').allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  await screenshot(page, 'second-codes-phone');
  await page.getByRole('link', { name: 'I have kept them, go on' }).press('Enter');
  await page.waitForURL(/\/chats$/);
  await context.close();
});

test('the pages of a second factor look right at both widths', async () => {
  for (const [width, options] of [['phone', phone], ['desk', {}]]) {
    const { page, context, complaints } = await openHalfWay(options);
    await page.getByRole('heading', { level: 1, name: 'Enter your code' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'code', 'one can type at once');
    await looksRight(page, `second-code-${width}`);
    await page.keyboard.type(codes.pop());
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/chats$/);
    await page.goto(`${demo.url}/account/second-factor`);
    await page.getByText(`Codes that you still have: ${codes.length}`).waitFor();
    await looksRight(page, `second-factors-${width}`);
    await page.getByRole('link', { name: 'Set up another app' }).click();
    await page.locator('.key code').waitFor();
    await looksRight(page, `second-set-up-${width}`);
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('a code that was used is refused, and the page says so beside the field', async () => {
  const { page, context } = await openHalfWay({ javaScriptEnabled: false });
  await page.getByLabel('Code').fill('ABCDE-FGHJK');
  await page.getByRole('button', { name: 'Go on' }).click();
  assert.match(await page.getByRole('alert').innerText(), /not right, or was used before/);
  await screenshot(page, 'second-code-error');
  await page.getByLabel('Code').fill(codes.pop());
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForURL(/\/chats$/);
  await context.close();
});

test('somebody makes new recovery codes and takes the app away with one', async () => {
  const { page, context } = await openHalfWay({ javaScriptEnabled: false });
  await page.getByLabel('Code').fill(codes.pop());
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.goto(`${demo.url}/account`);
  await page.getByRole('link', { name: 'Extra protection' }).click();
  await page.getByRole('button', { name: 'Make new recovery codes' }).click();
  const newer = await page.locator('.codes code').allInnerTexts();
  await page.getByRole('link', { name: 'I have kept them, go on' }).click();
  await page.getByLabel('Code').fill(newer[0]);
  await page.getByRole('button', { name: 'Remove the app' }).click();
  await page.getByRole('status').getByText('It has been removed').waitFor();
  await screenshot(page, 'second-removed');
  await context.close();
});

test('a patient signs in by a link, once', async () => {
  const { page, context, complaints } = await openEnglish(browser, demo, phone);
  await page.goto(`${demo.url}/login`);
  await looksRight(page, 'sign-in-with-link-phone');
  await page.getByRole('link', { name: /mail me a link/ }).click();
  await looksRight(page, 'link-ask-phone');
  await page.getByLabel('E-mail address').fill(demo.person('anna').email);
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('If we know this address').waitFor();
  await looksRight(page, 'link-asked-phone');
  const link = await inLetter(browser, demo, demo.person('anna').email, linkTo('/login/by-link'));
  const other = await openEnglish(browser, demo);
  await other.page.goto(link);
  await looksRight(other.page, 'link-open-desk');
  await other.page.goto(link);
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
  await other.page.waitForURL(/\/chats$/);
  await page.goto(link);
  await page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  await looksRight(page, 'link-closed-phone');
  assert.deepEqual(other.complaints, []);
  assert.equal(complaints.filter((one) => !one.includes('404')).length, 0);
  await Promise.all([context.close(), other.context.close()]);
});

test('somebody gives their password once more before they change how they sign in', async () => {
  for (const [width, options] of [['phone', phone], ['desk', {}], ['no-script', noScript]]) {
    const looks = (page, name) => (width === 'no-script' ? screenshot : looksRight)(page, `${name}-${width}`);
    const { page, context } = await openEnglish(browser, demo, options);
    await page.goto(`${demo.url}/login`);
    await givePassword(page, demo.person('bram'));
    await page.waitForURL(/\/chats$/);
    await page.goto(`${demo.url}/account/second-factor/prove?return=%2Faccount%2Fsecond-factor`);
    await looks(page, 'prove');
    const password = page.getByLabel('Your current password');
    await password.fill('a guess');
    await password.press('Enter');
    await page.getByRole('alert').getByText('This is not your password.').waitFor();
    await looks(page, 'prove-refused');
    await password.fill(demo.person('bram').password);
    await password.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Extra protection' }).waitFor();
    await context.close();
  }
});
