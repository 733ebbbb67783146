// Somebody signs in to an application that speaks OpenID Connect, and out again.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { looksRight, openClinic, openWindow, openWindowOf, signIn } from './harness.mjs';
import { openCallback, register } from './party.mjs';

const { demo, browser } = await openClinic();
const callback = await openCallback();
after(() => callback.close());
const client = await register(demo, 'Agenda', [
  '--dialect', 'own', '--scopes', 'openid profile email', '--redirect-uri', `${callback.origin}/callback`,
  '--post-logout-uri', `${callback.origin}/left`,
]);

const widths = { phone: { width: 360, height: 780 }, desk: { width: 1280, height: 800 } };

function request(more) {
  const url = new URL(`${demo.url}/oauth/authorize`);
  const own = { response_type: 'code', client_id: client.client_id, scope: 'openid profile', state: 'a"b&c' };
  url.search = new URLSearchParams({ ...own, ...more });
  return String(url);
}

test('an answer by form_post goes on by itself', async () => {
  const { page, context, complaints } = await openWindow(browser);
  const answered = callback.next('/callback');
  await page.goto(request({ response_mode: 'form_post' }));
  await signIn(demo, page, 'anna');
  await page.getByRole('heading', { level: 1, name: 'Give access?' }).waitFor();
  await looksRight(page, 'consent-openid');
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  const { method, form } = await answered;
  assert.equal(method, 'POST');
  assert.equal(form.get('state'), 'a"b&c');
  assert.match(form.get('code'), /^[\w-]{43}$/);
  assert.equal(form.get('iss'), demo.url);
  await page.getByText('Back at the application').waitFor();
  assert.deepEqual(complaints.filter((line) => !line.includes('favicon')), []);
  await context.close();
});

test('an answer by form_post goes on by its button where no script runs', async () => {
  const small = { javaScriptEnabled: false, viewport: { width: 360, height: 780 } };
  const { page, context } = await openWindow(browser, small);
  const answered = callback.next('/callback');
  await page.goto(request({ response_mode: 'form_post' }));
  await signIn(demo, page, 'bram');
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Nearly done' }).waitFor();
  await page.getByRole('button', { name: 'Continue to the app' }).press('Enter');
  assert.match((await answered).form.get('code'), /^[\w-]{43}$/);
  await page.getByText('Back at the application').waitFor();
  await context.close();
});

for (const [width, viewport] of Object.entries(widths)) {
  test(`the page that waits for the button is fit for everybody, ${width}`, async () => {
    const { page, context } = await openWindow(browser, { viewport });
    await page.route('**/assets/send-*.js', (route) => route.abort());
    await page.goto(request({ response_mode: 'form_post', prompt: 'none' }));
    await page.getByRole('heading', { level: 1, name: 'Nearly done' }).waitFor();
    await looksRight(page, `form-post-${width}`);
    await context.close();
  });

  test(`who is asked to sign out does so with one button, and not before, ${width}`, async () => {
    const { page, context } = await openWindowOf(browser, demo, 'devries', { viewport });
    await page.goto(`${demo.url}/oauth/logout?client_id=${client.client_id}`);
    await page.getByRole('heading', { level: 1, name: 'Sign out?' }).waitFor();
    await page.getByText('Agenda asks whether you want to sign out.').waitFor();
    await looksRight(page, `sign-out-asked-${width}`);
    await page.goto(`${demo.url}/account`);
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
    await page.goto(`${demo.url}/oauth/logout?client_id=${client.client_id}`);
    await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You have signed out.').waitFor();
    await looksRight(page, `signed-out-${width}`);
    await page.goto(`${demo.url}/account`);
    await page.waitForURL(/\/login/);
    await context.close();
  });

  test(`an application has somebody signed out and come back to it, ${width}`, async () => {
    const { page, context } = await openWindowOf(browser, demo, 'bram', { viewport });
    const back = encodeURIComponent(`${callback.origin}/left`);
    const left = callback.next('/left');
    await page.goto(`${demo.url}/oauth/logout?client_id=${client.client_id}&post_logout_redirect_uri=${back}&state=xyz`);
    await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
    assert.equal((await left).url.searchParams.get('state'), 'xyz');
    await page.getByText('Back at the application').waitFor();
    await page.goto(`${demo.url}/account`);
    await page.waitForURL(/\/login/);
    await context.close();
  });
}

test('a sign-out that leads to an address that is not registered leads nowhere', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'jansen');
  const after = encodeURIComponent('https://evil.example/');
  await page.goto(`${demo.url}/oauth/logout?client_id=${client.client_id}&post_logout_redirect_uri=${after}`);
  await page.getByRole('heading', { level: 1, name: 'You have not been signed out' }).waitFor();
  await looksRight(page, 'sign-out-unfit');
  await page.getByRole('link', { name: 'My account' }).click();
  await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
  await context.close();
});
