// The first thing that a stranger sees.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, openClinic, openWindow, screenshot } from './harness.mjs';

const { demo, browser } = await openClinic();

for (const [name, width] of [['wide', 1280], ['narrow', 360]]) {
  test(`the front page says what this is and is accessible, ${name}`, async () => {
    const { page, complaints } = await openWindow(browser, { viewport: { width, height: 800 } });
    const answer = await page.goto(`${demo.url}/`);
    assert.equal(answer.status(), 200);
    assert.match(await page.locator('body').innerText(), /Bedside/);
    await axe(page);
    await screenshot(page, `front-page-${name}`);
    assert.deepEqual(complaints, []);
  });
}
