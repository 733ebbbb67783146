// People make a passkey and sign in by it, with the keyboard alone, too; without scripts nothing is promised.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow, signIn } from './harness.mjs';
import { inLetter, linkTo } from './identity.mjs';

const { demo, browser } = await openClinic();

const phone = { viewport: { width: 360, height: 740 }, locale: 'nl-NL' };
const desk = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };

/** A device that knows its owner, in this window. */
async function giveDevice(context, page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return { devtools, authenticatorId };
}

const press = async (page, locator) => {
  await locator.focus();
  await page.keyboard.press('Enter');
};

async function leave(page) {
  await press(page, page.locator('.leave button'));
  await page.waitForURL((url) => url.pathname === '/login');
}

for (const [place, options, who] of [
  ['desk', desk, 'anna'],
  ['phone', phone, 'devries'],
]) {
  test(`somebody makes a passkey and signs in by it with the keyboard alone, ${place}`, async () => {
    const { page, context, complaints } = await openWindow(browser, options);
    await giveDevice(context, page);
    await page.goto(`${demo.url}/login`);
    await looksRight(page, `sign-in-passkey-${place}`);
    await signIn(demo, page, who);
    await page.goto(`${demo.url}/account/passkeys`);
    await looksRight(page, `passkeys-none-${place}`);
    await page.locator('#name').fill('My own telephone');
    await press(page, page.locator('button[data-passkey]'));
    await page.locator('.notice').waitFor();
    await page.getByText('My own telephone').waitFor();
    await looksRight(page, `passkeys-${place}`);

    await leave(page);
    await press(page, page.locator('button[data-passkey]'));
    await page.waitForURL((url) => url.pathname === '/chats');
    await page.goto(`${demo.url}/account`);
    await looksRight(page, `account-${place}`);

    await page.goto(`${demo.url}/account/passkeys`);
    await press(page, page.locator('details.more > summary'));
    await page.locator('details.more input[name="name"]').fill('The tablet');
    await page.keyboard.press('Enter');
    await page.getByText('The tablet').waitFor();
    await press(page, page.locator('form[action$="/remove"] button'));
    await page.waitForURL((url) => url.search === '?done=removed');
    assert.equal(await page.getByText('The tablet').count(), 0);

    await leave(page);
    await press(page, page.locator('button[data-passkey]'));
    await page.waitForURL((url) => url.pathname === '/login/passkey');
    await looksRight(page, `passkey-refused-${place}`);
    assert.deepEqual(complaints.filter((one) => !one.includes('422')), []);
    await context.close();
  });
}

test('who has no device is told so and signs in by the password', async () => {
  const { page, context } = await openWindow(browser, desk);
  const { devtools, authenticatorId } = await giveDevice(context, page);
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.goto(`${demo.url}/login`);
  await page.locator('button[data-passkey]').click();
  const told = page.getByRole('alert');
  await told.waitFor();
  assert.match(await told.innerText(), /did not work/);
  await looksRight(page, 'passkey-stopped-desk');
  await signIn(demo, page, 'jansen');
  assert.equal(new URL(page.url()).pathname, '/chats');
  await context.close();
});

test('without scripts no page offers a passkey', async () => {
  const { page, context } = await openWindow(browser, { ...phone, javaScriptEnabled: false });
  await page.goto(`${demo.url}/login`);
  assert.equal(await page.locator('button[data-passkey]').isVisible(), false);
  await signIn(demo, page, 'anna');
  await page.goto(`${demo.url}/account/passkeys`);
  assert.equal(await page.locator('button[data-passkey]').isVisible(), false);
  assert.equal(await page.locator('[data-without-passkeys]').isVisible(), true);
  await context.close();
});

/** What a clinic's own program does in the name of Eva de Vries. */
async function invite(person) {
  const headers = { authorization: `Bearer ${await demo.token('devries')}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ ...person, invite_text: 'Welkom.' });
  const answer = await fetch(`${demo.url}/v1/users/invite/private`, { method: 'POST', headers, body });
  assert.ok(answer.ok, await answer.text());
}

test('who is asked in comes with a passkey and no password, and signs in by it again', async () => {
  const { page, context, complaints } = await openWindow(browser, phone);
  await giveDevice(context, page);
  const email = 'wilhelmina@demo.test';
  await invite({ first_name: 'Wilhelmina', last_name: 'de Groot', email });
  await page.goto(await inLetter(browser, demo, email, linkTo('/invitation')));
  await looksRight(page, 'invitation-passkey-phone');
  await press(page, page.locator('button[data-passkey]'));
  await page.waitForURL((url) => url.pathname.startsWith('/chats'));
  await page.goto(`${demo.url}/account/passkeys`);
  assert.equal(await page.locator('form[action$="/remove"]').count(), 0, 'the last way in');
  await leave(page);
  await press(page, page.locator('button[data-passkey]'));
  await page.waitForURL((url) => url.pathname === '/chats');
  assert.deepEqual(complaints, []);
  await context.close();
});
