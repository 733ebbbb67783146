// Somebody is asked whether an application may act for them: by no, by yes, with the keyboard alone, and without scripts.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { looksRight, openClinic, screenshot } from './harness.mjs';
import { desk, givePassword, noScript, openEnglish, phone, pressOn, tabTo, typePassword } from './identity.mjs';
import { openCallback, register } from './party.mjs';

const { demo, browser } = await openClinic();
const callback = await openCallback();
after(() => callback.close());
const client = await register(demo, 'Agenda', [
  '--dialect', 'own', '--scopes', 'openid profile email', '--redirect-uri', `${callback.origin}/callback`,
]);

function request(more) {
  const url = new URL(`${demo.url}/oauth/authorize`);
  const own = { response_type: 'code', client_id: client.client_id, scope: 'openid profile', state: 'a"b&c' };
  url.search = new URLSearchParams({ ...own, ...more });
  return String(url);
}

const asked = (page) => page.getByRole('heading', { level: 1, name: 'Give access?' }).waitFor();

for (const [place, options, key] of [
  ['phone', phone, 'anna'],
  ['desk', desk, 'bram'],
  ['no-script', noScript, 'devries'],
]) {
  const looks = (page, name) =>
    options.javaScriptEnabled === false ? screenshot(page, `${name}-${place}`) : looksRight(page, `${name}-${place}`);

  test(`who does not allow it goes back to an application that gets nothing, ${place}`, async () => {
    const { page, context, complaints } = await openEnglish(browser, demo, options);
    const statuses = [];
    page.on('response', (answer) => statuses.push([new URL(answer.url()).pathname, answer.status()]));
    await page.goto(request());
    await page.getByText('You then go on to Agenda.').waitFor();
    await looks(page, 'sign-in-towards');
    await givePassword(page, demo.person(key));
    await asked(page);
    await looks(page, 'consent-ask');
    const answered = callback.next('/callback');
    statuses.length = 0;
    await page.getByRole('button', { name: 'Do not allow' }).click();
    const { method, url } = await answered;
    assert.equal(method, 'GET');
    assert.equal(url.searchParams.get('error'), 'access_denied');
    assert.equal(url.searchParams.get('state'), 'a"b&c');
    assert.equal(url.searchParams.get('iss'), demo.url);
    assert.equal(url.searchParams.has('code'), false);
    await page.getByText('Back at the application').waitFor();
    assert.deepEqual(statuses.slice(0, 2), [['/consent', 303], ['/oauth/authorize', 302]]);
    await page.goto(`${demo.url}/account`);
    await page.getByText('You have not given access to any app.').waitFor();
    await page.goto(request());
    await asked(page);
    assert.deepEqual(complaints.filter((one) => !one.includes('favicon')), []);
    await context.close();
  });
}

test('somebody signs in and does not allow it, with the keyboard alone', async () => {
  const { page, context } = await openEnglish(browser, demo, phone);
  await page.goto(request());
  await typePassword(page, demo.person('jansen'));
  await asked(page);
  const answered = callback.next('/callback');
  await pressOn(page, page.getByRole('button', { name: 'Do not allow' }), 'Space');
  const { searchParams } = (await answered).url;
  assert.equal(searchParams.get('error'), 'access_denied');
  assert.equal(searchParams.has('code'), false);
  await page.getByText('Back at the application').waitFor();
  await context.close();
});

test('somebody signs in and allows it with the keyboard alone', async () => {
  const { page, context } = await openEnglish(browser, demo, desk);
  await page.goto(request());
  await typePassword(page, demo.person('anna'));
  await asked(page);
  await tabTo(page, page.getByRole('button', { name: 'Do not allow' }));
  await screenshot(page, 'consent-focus-desk');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate(() => document.activeElement.value), 'allow', 'the two stand beside each other');
  const answered = callback.next('/callback');
  await page.keyboard.press('Enter');
  assert.match((await answered).url.searchParams.get('code'), /^[\w-]{43}$/);
  await page.getByText('Back at the application').waitFor();
  await context.close();
});

test('without scripts somebody signs in, allows it, looks back and takes it back', async () => {
  const { page, context } = await openEnglish(browser, demo, noScript);
  const { email } = demo.person('bram');
  await page.goto(request());
  await givePassword(page, { email, password: 'a guess' });
  await page.getByRole('alert').getByText('is not right').waitFor();
  await screenshot(page, 'sign-in-refused-no-script');
  assert.equal(await page.getByLabel('E-mail address or mobile number').inputValue(), email);
  await givePassword(page, demo.person('bram'));
  await asked(page);
  const answered = callback.next('/callback');
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  assert.match((await answered).url.searchParams.get('code'), /^[\w-]{43}$/);
  await page.getByText('Back at the application').waitFor();
  await page.goto(`${demo.url}/account`);
  await page.getByText('Agenda of Praktijk De Linde').waitFor();
  await page.getByRole('button', { name: 'Withdraw access' }).click();
  await page.getByRole('status').getByText('Access has been withdrawn.').waitFor();
  await page.getByText('You have not given access to any app.').waitFor();
  await screenshot(page, 'account-app-ended-no-script');
  await context.close();
});
