// A person's own page: what stands there, who may act for them, and what they end.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { looksRight, openClinic, openWindowOf, screenshot } from './harness.mjs';
import { desk, openEnglish, pressOn, tabTo, typeInto, typePassword } from './identity.mjs';
import { openCallback, register } from './party.mjs';

const { demo, browser } = await openClinic();
const callback = await openCallback();
after(() => callback.close());
const redirect_uri = `${callback.origin}/callback`;
const client = await register(demo, 'Diary', ['--dialect', 'kpn', '--scopes', 'read', '--redirect-uri', redirect_uri]);

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

test('a patient has somebody act for them, and signs out everywhere else, with the keyboard alone', async () => {
  const elsewhere = await openWindowOf(browser, demo, 'anna');
  const { page, context, complaints } = await openEnglish(browser, demo, desk);
  await page.goto(`${demo.url}/login?return=%2Faccount`);
  await typePassword(page, demo.person('anna'));
  await page.waitForURL(/\/account$/);
  await pressOn(page, page.locator('.contents a[href="#mandates"]'));
  await pressOn(page, page.locator('details.more > summary'));
  await typeInto(page, page.locator('#mandate-email'), demo.person('jansen').email);
  const kind = page.locator('#mandate-kind');
  await tabTo(page, kind);
  for (let tries = 0; tries < 5 && (await kind.inputValue()) !== 'carer'; tries += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await pressOn(page, page.locator('#may-write'), 'Space');
  assert.ok(await page.locator('#may-write').isChecked());
  await pressOn(page, page.locator('form[action="/account/mandates"] button'), 'Space');
  await page.locator('#for-you').waitFor();
  await pressOn(page, page.locator('form[action="/account/mandates/end"] button'));
  await page.waitForURL((url) => url.search === '?mandate=ended');
  await pressOn(page, page.locator('form[action="/account/end-others"] button'));
  await page.locator('form[action="/account/end-others"]').waitFor({ state: 'detached' });
  await elsewhere.page.goto(`${demo.url}/account`);
  assert.match(elsewhere.page.url(), /\/login/);
  assert.deepEqual(complaints, []);
  await Promise.all([context.close(), elsewhere.context.close()]);
});

/** What the server answers who holds this token. */
const ask = async (token) => {
  const answer = await fetch(`${demo.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status;
};

/** A token of an application that somebody allows to act for them in this window. */
async function allow(page) {
  const request = new URL(`${demo.url}/oauth/authorize`);
  request.search = new URLSearchParams({ response_type: 'code', client_id: client.client_id, redirect_uri, scope: 'read' });
  const answered = callback.next('/callback');
  await page.goto(String(request));
  await page.locator('button[value="allow"]').click();
  const code = (await answered).url.searchParams.get('code');
  await page.getByText('Back at the application').waitFor();
  const { client_id, client_secret } = client;
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri, client_id, client_secret });
  const answer = await fetch(`${demo.url}/oauth/token`, { method: 'POST', body });
  return (await answer.json()).access_token;
}

for (const [place, options] of Object.entries(places)) {
  const looks = (page, name) =>
    (options.javaScriptEnabled === false ? screenshot : looksRight)(page, `${name}-${place}`);

  test(`somebody chooses the language of their account, ${place}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'bram', options);
    await page.goto(`${demo.url}/account`);
    await page.locator('#language').selectOption('fr');
    await page.locator('form[action="/account/language"] button').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Mon compte' }).waitFor();
    await looks(page, 'account-language');
    const later = await openWindowOf(browser, demo, 'bram', { ...options, locale: 'fr-FR' });
    await later.page.goto(`${demo.url}/account`);
    assert.equal(await later.page.locator('#language').inputValue(), 'fr', 'it is the account that speaks it');
    await page.locator('#language').selectOption('nl');
    await page.locator('form[action="/account/language"] button').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Mijn account' }).waitFor();
    assert.deepEqual(complaints, []);
    await Promise.all([context.close(), later.context.close()]);
  });

  test(`somebody signs one browser out, and then all others, ${place}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'devries', options);
    // What is left of journeys before this one.
    await page.goto(`${demo.url}/account`);
    const left = page.locator('form[action="/account/end-others"] button');
    if (await left.count()) await left.press('Enter');
    const others = [];
    for (let count = 0; count < 3; count += 1) others.push(await openWindowOf(browser, demo, 'devries', options));
    const signedIn = async () => {
      const answers = others.map(async (other) => {
        await other.page.goto(`${demo.url}/account`);
        return !other.page.url().includes('/login');
      });
      return (await Promise.all(answers)).filter(Boolean).length;
    };
    assert.equal(await signedIn(), 3);
    await page.goto(`${demo.url}/account`);
    await looks(page, 'account-browsers');
    await page.locator('form[action="/account/end-session"] button').first().press('Enter');
    await page.waitForURL(/\/account/);
    await page.waitForLoadState('load');
    assert.equal(await page.locator('form[action="/account/end-session"]').count(), 2);
    assert.equal(await signedIn(), 2);
    await page.locator('form[action="/account/end-others"] button').press('Enter');
    await page.locator('form[action="/account/end-others"]').waitFor({ state: 'detached' });
    await looks(page, 'account-browsers-ended');
    assert.equal(await signedIn(), 0);
    assert.deepEqual(complaints, []);
    await Promise.all([context, ...others.map((other) => other.context)].map((one) => one.close()));
  });

  test(`somebody takes back what an application might do, and it can do nothing more, ${place}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'anna', options);
    const token = await allow(page);
    assert.equal(await ask(token), 200);
    await page.goto(`${demo.url}/account`);
    await page.locator('form[action="/account/end-app"]').waitFor();
    await looks(page, 'account-app');
    await page.locator('form[action="/account/end-app"] button').press('Enter');
    await page.getByRole('status').waitFor();
    await looks(page, 'account-app-ended');
    assert.equal(await page.locator('form[action="/account/end-app"]').count(), 0);
    assert.equal(await ask(token), 401);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`somebody reads day by day who saw their data, and what they did themselves, ${place}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'anna', options);
    await page.goto(`${demo.url}/account`);
    await page.locator('a[href="/account/log"]').press('Enter');
    await page.locator('.day').first().waitFor();
    await looks(page, 'account-log');
    await page.locator('.filter a').last().press('Enter');
    await page.waitForURL(/own=1/);
    const days = await page.locator('section.sheet').evaluateAll((sections) =>
      sections.map((section) => [...section.querySelectorAll('time')].map((time) => time.dateTime.slice(0, 10))),
    );
    assert.ok(days.length > 0 && days.every((day) => day.length > 0), 'there is something of today');
    await looks(page, 'account-log-own');
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
