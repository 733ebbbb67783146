// What the journeys through the pages of identity share: windows, codes, letters, and the keyboard.

import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { looksRight, openWindow, repository } from './harness.mjs';

const binary = process.env.BEDSIDE_BIN ?? join(repository, 'target/debug/bedside');

export const phone = { viewport: { width: 360, height: 780 } };
export const desk = { viewport: { width: 1280, height: 800 } };
export const noScript = { ...phone, javaScriptEnabled: false };

/** A window that speaks English, whatever the account does. */
export async function openEnglish(browser, demo, options = {}) {
  const window = await openWindow(browser, options);
  await window.context.addCookies([{ name: 'bedside-lang', value: 'en', url: demo.url }]);
  return window;
}

/** What a command of the operator's answers. */
export async function command(demo, words) {
  const where = ['--json', '--data', demo.data, '--url', demo.url];
  const { stdout } = await promisify(execFile)(binary, [...words, ...where]);
  return JSON.parse(stdout);
}

/** The code that an authenticator application shows for a key, so many steps from now (RFC 6238). */
export function codeOf(written, steps = 0) {
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

/** Gives name and password on the sign-in page at hand. */
export async function givePassword(page, { email, password }) {
  await page.getByLabel('E-mail address or mobile number').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
}

/** What `find` finds in the newest letter or SMS to an address, once the server has written one in which it finds something. */
export async function inLetter(browser, demo, to, find) {
  const { page, context } = await openEnglish(browser, demo);
  for (let tries = 0; tries < 200; tries += 1) {
    await page.goto(`${demo.url}/sandbox/inbox`);
    await page.locator('#to').fill(to);
    const show = page.locator('form[action="/sandbox/inbox"] button');
    await Promise.all([page.waitForEvent('load'), show.click()]);
    const letters = await page.locator('.letter').allInnerTexts();
    const found = letters.map(find).find((one) => one);
    if (found) {
      await context.close();
      return found;
    }
  }
  throw new Error(`no letter to ${to}`);
}

/** The address in a letter that holds this path. */
export const linkTo = (path) => (letter) =>
  letter.split(/\s/).find((word) => URL.canParse(word) && new URL(word).pathname === path);

/** Goes on by the Tab key until this is focused: what cannot be reached so is not there for everybody. */
export async function tabTo(page, target) {
  for (let tries = 0; tries < 120; tries += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

/** Goes to a field and writes into it, by the keyboard alone. */
export async function typeInto(page, field, words) {
  await tabTo(page, field);
  await page.keyboard.type(words);
}

/** Goes to a button or a link and presses it, by the keyboard alone. */
export async function pressOn(page, target, key = 'Enter') {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Signs in at the page at hand, by the keyboard alone. */
export async function typePassword(page, { email, password }) {
  await typeInto(page, page.getByLabel('E-mail address or mobile number'), email);
  await typeInto(page, page.getByLabel('Password'), password);
  await page.keyboard.press('Enter');
}

/** Looks right on a phone and on a desk. */
export async function looksRightAnywhere(page, name) {
  for (const [place, { viewport }] of Object.entries({ phone, desk })) {
    await page.setViewportSize(viewport);
    await looksRight(page, `${name}-${place}`);
  }
}
