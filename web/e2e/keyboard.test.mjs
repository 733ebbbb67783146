// Somebody who uses no mouse: signs in, finds a person, writes, and reads the answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openClinic, openWindow, screenshot } from './harness.mjs';

const { demo, browser } = await openClinic();

const focused = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    const outline = getComputedStyle(one).outlineStyle;
    return { name: one.innerText?.trim() || one.name || one.id, isVisible: outline !== 'none' };
  });

/** Presses Tab until the focus is on what is meant, and sees to it that one can see where it is. */
async function tabTo(page, name) {
  const passed = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    assert.ok(now.isVisible, `one cannot see that the focus is on ${now.name}`);
    if (name.test(now.name)) return;
    passed.push(now.name);
  }
  assert.fail(`${name} is out of reach: ${passed.join(', ')}`);
}

test('a person signs in, finds another, and writes to them with the keyboard alone', async () => {
  const { page, context, complaints } = await openWindow(browser);
  const anna = demo.person('anna');
  // Otherwise they would go on in the language of their account.
  await context.addCookies([{ name: 'bedside-lang', value: 'en', url: demo.url }]);
  await page.goto(`${demo.url}/`);
  await tabTo(page, /^Skip to the content$/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Sign in$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/login/);
  await tabTo(page, /^email$/);
  await page.keyboard.type(anna.email);
  await tabTo(page, /^password$/);
  await page.keyboard.type(anna.password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/chats$/);
  await tabTo(page, /^Write to someone$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/chats\/new$/);
  await tabTo(page, /\bClaire Jansen/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/chats\/with\//);
  // The link leads to the field itself.
  await page.waitForFunction(() => document.activeElement?.id === 'write');
  await page.keyboard.type('First line');
  await page.keyboard.press('Enter');
  await page.keyboard.type('second line');
  await screenshot(page, 'keyboard-focus');
  await tabTo(page, /^Send$/);
  await page.keyboard.press('Enter');
  const line = page.locator('.line.mine .text');
  await line.waitFor();
  assert.equal(await line.innerText(), 'First line\nsecond line');
  await page.waitForFunction(() => document.activeElement?.id === 'write');
  assert.deepEqual(complaints, []);
  await context.close();
});
