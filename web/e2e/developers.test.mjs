// Somebody who develops an application, and the administrator who looks at it: without JavaScript, with the keyboard,
// on a phone and at a desk.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow, openWindowOf, signIn } from './harness.mjs';

const { demo, browser } = await openClinic();

const phone = { width: 360, height: 760 };
const desk = { width: 1280, height: 800 };

/** Keeps the page as it is on a phone and at a desk. */
async function looksRightOnBoth(page, name) {
  for (const [size, viewport] of Object.entries({ phone, desk })) {
    await page.setViewportSize(viewport);
    await looksRight(page, `${name}-${size}`);
  }
}

const addressBox = (page) => page.getByRole('textbox', { name: 'Addresses' });

test('a developer tries an application in the sandbox and applies for production, without JavaScript', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'devries', { javaScriptEnabled: false });
  await page.goto(`${demo.url}/account`);
  await page.getByRole('link', { name: 'Applications' }).click();
  await page.getByText('You have not registered any application yet.').waitFor();

  await page.getByRole('button', { name: 'Register' }).click();
  assert.equal(await page.getByRole('alert').count(), 2, 'a name and an address are missing');
  await page.getByLabel('Name').fill('Ward board');
  await addressBox(page).fill('https://board.example.org/callback');
  await page.getByRole('button', { name: 'Register' }).click();
  const secret = await page.locator('#new-secret').innerText();
  assert.ok(secret.length > 40);
  await page.reload();
  assert.equal(await page.locator('#new-secret').count(), 0, 'a secret is seen once');
  assert.equal(await page.getByText('In the sandbox: this application works.').count(), 1, 'a reload registers nothing');

  await page.getByRole('button', { name: 'Make test accounts' }).click();
  const password = await page.locator('#new-password').innerText();
  const email = await page.locator('#test + .sheet code').first().innerText();
  const patient = await openWindow(browser, { javaScriptEnabled: false });
  await patient.page.goto(`${demo.url}/login`);
  await patient.page.locator('input[name="email"]').fill(email);
  await patient.page.locator('input[type="password"]').fill(password);
  await patient.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await patient.page.waitForURL(/\/chats$/);
  await patient.context.close();

  await page.getByRole('button', { name: 'Apply for production' }).click();
  await page.getByText('Production has been applied for.').waitFor();
  await context.close();
});

test('what stands on the pages is read on a phone and at a desk by everybody', async () => {
  const { page, context, complaints } = await openWindowOf(browser, demo, 'jansen', { viewport: phone });
  await page.goto(`${demo.url}/account/applications`);
  await page.getByRole('button', { name: 'Register' }).click();
  await looksRightOnBoth(page, 'developers-faults');
  await page.getByLabel('Name').fill('An application of a name that is about as long as people would ever make one');
  await addressBox(page).fill(`https://board.example.org/${'a-long-way/'.repeat(12)}callback`);
  await page.getByRole('button', { name: 'Register' }).click();
  await page.locator('#new-secret').waitFor();
  await looksRightOnBoth(page, 'developers-registered');
  await page.getByRole('button', { name: 'Make test accounts' }).click();
  await page.locator('#new-password').waitFor();
  await page.getByText('Remove', { exact: true }).click();
  await looksRightOnBoth(page, 'developers-test-accounts');
  for (const language of ['nl', 'de', 'fr']) {
    await page.goto(`${demo.url}/account/applications?lang=${language}`);
    await page.setViewportSize(phone);
    await looksRight(page, `developers-${language}-phone`);
  }
  // The faults of the form answered 422.
  assert.deepEqual(complaints.filter((one) => !one.includes('422')), []);
  await context.close();
});

test('an administrator approves with the keyboard alone of what a developer registered for real people', async () => {
  const developer = await openWindowOf(browser, demo, 'jansen');
  await developer.page.goto(`${demo.url}/account/applications`);
  await developer.page.getByLabel('Name').fill('Board of the ward');
  await developer.page.getByLabel(/With real people/).check();
  await addressBox(developer.page).fill('https://board.example.org/callback');
  await developer.page.getByRole('button', { name: 'Register' }).click();
  await developer.page.getByText(/Waiting for approval\. You can ask: /).waitFor();

  const admin = await openWindow(browser);
  await signIn(demo, admin.page, 'beheer');
  await admin.page.goto(`${demo.url}/account/applications`);
  await admin.page.getByRole('link', { name: 'Approve applications' }).focus();
  await admin.page.keyboard.press('Enter');
  await admin.page.getByRole('heading', { name: 'Board of the ward' }).waitFor();
  await looksRightOnBoth(admin.page, 'developers-approve');
  const approve = admin.page.getByRole('button', { name: 'Approve' });
  await approve.focus();
  await admin.page.keyboard.press('Enter');
  await admin.page.getByRole('alert').waitFor();
  await looksRightOnBoth(admin.page, 'developers-approve-fault');
  await admin.page.getByRole('checkbox').focus();
  await admin.page.keyboard.press('Space');
  await admin.page.keyboard.press('Tab');
  const focused = await admin.page.evaluate(() => document.activeElement.value);
  assert.equal(focused, 'approve', 'the button comes after the box');
  await admin.page.keyboard.press('Enter');
  await admin.page.getByText('The application is approved.').waitFor();

  await developer.page.reload();
  assert.equal(await developer.page.getByText('Waiting for approval.').count(), 0);
  await Promise.all([developer.context.close(), admin.context.close()]);
});

test('a developer reads why an administrator refused', async () => {
  const developer = await openWindowOf(browser, demo, 'jansen');
  await developer.page.goto(`${demo.url}/account/applications`);
  await developer.page.getByLabel('Name').fill('Second board');
  await developer.page.getByLabel(/With real people/).check();
  await addressBox(developer.page).fill('https://second.example.org/callback');
  await developer.page.getByRole('button', { name: 'Register' }).click();
  await developer.page.getByText(/Waiting for approval\./).waitFor();

  const admin = await openWindow(browser);
  await signIn(demo, admin.page, 'beheer');
  await admin.page.goto(`${demo.url}/account/applications/approve`);
  await admin.page.locator('summary', { hasText: 'Refuse' }).focus();
  await admin.page.keyboard.press('Enter');
  const refuse = admin.page.locator('button[value="refuse"]');
  await refuse.focus();
  await admin.page.keyboard.press('Enter');
  await admin.page.getByRole('alert').waitFor();
  assert.ok(await refuse.isVisible(), 'what is to be mended is open');
  await looksRightOnBoth(admin.page, 'developers-refuse-fault');
  await admin.page.getByLabel('Reason').fill('We have a board already.');
  await admin.page.keyboard.press('Enter');
  await admin.page.getByText('The application is refused.').waitFor();

  await developer.page.goto(`${demo.url}/account/applications`);
  await developer.page.getByText('Refused. The reason: We have a board already.').waitFor();
  await looksRightOnBoth(developer.page, 'developers-refused');
  await Promise.all([developer.context.close(), admin.context.close()]);
});

test('a patient finds no applications to register', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'anna');
  await page.goto(`${demo.url}/account`);
  assert.equal(await page.getByRole('link', { name: 'Applications' }).count(), 0);
  const answer = await page.goto(`${demo.url}/account/applications`);
  assert.equal(answer.status(), 403);
  await context.close();
});
