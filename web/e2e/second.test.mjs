// A second factor, from setting it up on the way in to taking it away; and a patient who signs in by a link.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { looksRight, openClinic, openWindow, repository, screenshot } from './harness.mjs';

const { demo, browser } = await openClinic();
const binary = process.env.BEDSIDE_BIN ?? `${repository}/target/debug/bedside`;
const phone = { viewport: { width: 360, height: 780 } };

before(async () => {
  const words = ['organisation', 'second-factor', 'linde', '--roles', 'nurse', '--json'];
  const { stdout } = await promisify(execFile)(binary, [...words, '--data', demo.data, '--url', demo.url]);
  assert.deepEqual(JSON.parse(stdout).second_factor_roles, ['nurse']);
});

/** A window that speaks English, whatever the account does. */
async function openEnglish(options) {
  const window = await openWindow(browser, options);
  await window.context.addCookies([{ name: 'bedside-lang', value: 'en', url: demo.url }]);
  return window;
}

/** The code that an authenticator application shows for a key, so many steps from now (RFC 6238). */
function codeOf(written, steps = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const letters = [...written.replaceAll(' ', '')];
  const bits = letters.map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash.at(-1) & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function givePassword(page, key) {
  const person = demo.person(key);
  await page.goto(`${demo.url}/login`);
  await page.getByLabel('E-mail address or mobile number').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
}

let key, codes;

test('a nurse sets up an app on the way in, without JavaScript, by the keyboard alone', async () => {
  const { page, context } = await openEnglish({ javaScriptEnabled: false, ...phone });
  await givePassword(page, 'jansen');
  await page.getByRole('heading', { level: 1, name: 'Set up an app for codes' }).waitFor();
  key = await page.locator('.key code').innerText();
  assert.equal(await page.getByRole('img', { name: 'QR code for your app' }).count(), 1);
  await screenshot(page, 'second-set-up-no-script');
  await page.getByLabel('Enter the code here').focus();
  await page.keyboard.type('000000');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('not the code that the app shows').waitFor();
  assert.equal(await page.locator('.key code').innerText(), key, 'the same key');
  await screenshot(page, 'second-set-up-error-phone');
  await page.getByLabel('Enter the code here').focus();
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
    const { page, context, complaints } = await openEnglish(options);
    await givePassword(page, 'jansen');
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
  const { page, context } = await openEnglish({ javaScriptEnabled: false });
  await givePassword(page, 'jansen');
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
  const { page, context } = await openEnglish({ javaScriptEnabled: false });
  await givePassword(page, 'jansen');
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
  const { page, context, complaints } = await openEnglish(phone);
  await page.goto(`${demo.url}/login`);
  await looksRight(page, 'sign-in-with-link-phone');
  await page.getByRole('link', { name: /mail me a link/ }).click();
  await looksRight(page, 'link-ask-phone');
  await page.getByLabel('E-mail address').fill(demo.person('anna').email);
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('If we know this address').waitFor();
  await looksRight(page, 'link-asked-phone');
  const link = await linkTo(demo.person('anna').email);
  const other = await openEnglish({});
  await other.page.goto(link);
  await looksRight(other.page, 'link-open-desk');
  await other.page.goto(link);
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
  await other.page.waitForURL(/\/chats$/);
  await page.goto(link);
  await page.getByRole('heading', { name: 'This link works no longer' }).waitFor();
  await looksRight(page, 'link-closed-phone');
  assert.deepEqual(other.complaints, []);
  assert.equal(complaints.filter((one) => !one.includes('404')).length, 0);
  await Promise.all([context.close(), other.context.close()]);
});

/** The link of the newest letter to an address, once the server has written it. */
async function linkTo(email) {
  const { page, context } = await openEnglish({});
  const links = page.locator('.letter a[href*="/login/by-link"]');
  for (let tries = 0; tries < 200 && (await links.count()) === 0; tries += 1) {
    await page.goto(`${demo.url}/sandbox/inbox`);
    await page.locator('#to').fill(email);
    const show = page.locator('form[action="/sandbox/inbox"] button');
    await Promise.all([page.waitForEvent('load'), show.click()]);
  }
  const link = await links.first().getAttribute('href');
  await context.close();
  return new URL(link, demo.url).href;
}
