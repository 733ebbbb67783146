// A person's own page: what stands there, and who may act for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindowOf } from './harness.mjs';

const { demo, browser } = await openClinic();

const places = {
  desk: { viewport: { width: 1280, height: 800 }, locale: 'en-GB' },
  phone: { viewport: { width: 360, height: 740 }, locale: 'nl-NL' },
  'no-script': { viewport: { width: 360, height: 740 }, javaScriptEnabled: false },
};

for (const [place, options] of Object.entries(places)) {
  const looks = (page, name) => options.javaScriptEnabled !== false && looksRight(page, `${name}-${place}`);
  test(`a patient finds the parts of the page, and has somebody act for them for a while, ${place}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'anna', options);
    await page.goto(`${demo.url}/account`);
    const contents = page.locator('.contents a');
    for (const href of await contents.evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
      assert.equal(await page.locator(href).count(), 1, href);
    }
    await looks(page, 'own-page');
    await page.locator('details.more > summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('#mandate-email').fill('niemand@demo.test');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await looks(page, 'mandate-refused');
    await page.locator('#mandate-email').fill(demo.person('jansen').email);
    await page.locator('#mandate-kind').selectOption('carer');
    await page.locator('#may-write').check();
    await page.locator('#mandate-email').press('Enter');
    await page.locator('#for-you').waitFor();
    await looks(page, 'mandate-given');
    await page.locator('form[action="/account/mandates/end"] button').press('Enter');
    await page.waitForURL((url) => url.search === '?mandate=ended');
    assert.equal(await page.locator('#for-you').count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
