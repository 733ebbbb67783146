// A patient on the way to an application has a link mailed: it leads there in the browser that asked, and says where to go
// on in another.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { looksRight, openClinic, screenshot } from './harness.mjs';
import { desk, inLetter, linkTo, noScript, openEnglish, phone } from './identity.mjs';
import { openCallback, register } from './party.mjs';

const { demo, browser } = await openClinic();
const callback = await openCallback();
after(() => callback.close());
const client = await register(demo, 'Agenda', [
  '--dialect', 'own', '--scopes', 'openid profile', '--redirect-uri', `${callback.origin}/callback`,
]);

const request = () => {
  const url = new URL(`${demo.url}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code', client_id: client.client_id, scope: 'openid profile', state: 'her own words',
  });
  return String(url);
};

const seen = new Set();

/** The link of the letter that came last. */
async function newLink(email) {
  const link = await inLetter(browser, demo, email, (letter) => {
    const found = linkTo('/login/by-link')(letter);
    return seen.has(found) ? undefined : found;
  });
  seen.add(link);
  return link;
}

async function ask(page, email, looks) {
  await page.goto(request());
  await page.getByRole('link', { name: /mail me a link/ }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Sign in with a link' }).waitFor();
  await looks(page, 'link-ask');
  await page.getByLabel('E-mail address').fill(email);
  await page.keyboard.press('Enter');
  await page.getByText('You then go on to Agenda.').waitFor();
  await looks(page, 'link-asked');
}

for (const [place, options, key] of [
  ['phone', phone, 'anna'],
  ['desk', desk, 'bram'],
]) {
  const looks = (page, name) => looksRight(page, `${name}-towards-${place}`);
  test(`the link leads on to the application in the same browser, and only there, ${place}`, async () => {
    const { email } = demo.person(key);
    const { page, context, complaints } = await openEnglish(browser, demo, options);
    const other = await openEnglish(browser, demo, options);
    await ask(page, email, looks);
    const link = await newLink(email);
    assert.deepEqual([...new URL(link).searchParams.keys()], ['code'], 'a letter tells nothing of the way');

    await other.page.goto(link);
    await other.page.getByText('in another browser, on your way to Agenda').waitFor();
    await looks(other.page, 'link-elsewhere');

    await page.goto(link);
    await page.getByText('You then go on to Agenda.').waitFor();
    await looks(page, 'link-here');
    await page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Give access?' }).waitFor();
    let answered = callback.next('/callback');
    await page.getByRole('button', { name: 'Allow', exact: true }).press('Enter');
    const first = (await answered).url.searchParams;
    assert.match(first.get('code'), /^[\w-]{43}$/);
    assert.equal(first.get('state'), 'her own words');
    await page.getByText('Back at the application').waitFor();

    // With what she allowed, the button itself leads outward.
    await page.goto(`${demo.url}/account`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(/\/login/);
    await ask(page, email, () => undefined);
    await page.goto(await newLink(email));
    answered = callback.next('/callback');
    await page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
    assert.match((await answered).url.searchParams.get('code'), /^[\w-]{43}$/);
    assert.deepEqual(complaints.filter((one) => !one.includes('favicon')), []);
    await Promise.all([context.close(), other.context.close()]);
  });
}

test('another browser is told where to go on, without scripts, too', async () => {
  const { email } = demo.person('anna');
  const { page, context } = await openEnglish(browser, demo, noScript);
  const other = await openEnglish(browser, demo, noScript);
  await ask(page, email, () => undefined);
  await other.page.goto(await newLink(email));
  await screenshot(other.page, 'link-elsewhere-no-script');
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.page.getByText('Open Agenda in this browser now.').waitFor();
  await screenshot(other.page, 'link-onward-no-script');
  await other.page.goto(request());
  assert.equal(await other.page.getByLabel('Password').count(), 0, 'she need not sign in again');
  await Promise.all([context.close(), other.context.close()]);
});
