// An administrator looks after people, applications and the organisation: without JavaScript, with the keyboard, on a
// phone and at a desk. For others there is nothing.

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
    await looksRight(page, `administration-${name}-${size}`);
  }
}

/** Noor, who administers the practice, in English. */
async function openNoor(options) {
  const window = await openWindow(browser, options);
  await signIn(demo, window.page, 'beheer');
  return window;
}

/** What opens a part of a page. */
const summary = (place, words) => place.locator('summary', { hasText: words });

/** Opens the page of somebody who is found by the beginning of their name. */
async function find(page, name, whole) {
  await page.goto(`${demo.url}/administration/people`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Search' }).click();
  assert.ok(!page.url().toLowerCase().includes(name), 'no name stands in an address');
  await page.getByRole('link', { name: whole }).click();
  await page.getByRole('heading', { level: 1, name: whole }).waitFor();
}

test('Noor finds a nurse, gives and ends a role, signs her out, shuts her out and lets her in, without JavaScript', async () => {
  const nurse = await openWindowOf(browser, demo, 'jansen');
  const { page, context } = await openNoor({ javaScriptEnabled: false });
  await page.goto(`${demo.url}/account`);
  await page.getByRole('main').getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('heading', { level: 1, name: 'Administration' }).waitFor();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  await find(page, 'jans', 'Claire Jansen');

  await summary(page, 'Give a role').click();
  await page.getByLabel('Role', { exact: true }).selectOption({ label: 'Auditor' });
  await page.getByLabel('Function').fill('Quality');
  await page.getByRole('button', { name: 'Give role' }).click();
  await page.getByRole('status').getByText('The role is given.').waitFor();
  const auditor = page.locator('li', { has: page.getByText('Auditor, Quality') });
  await summary(auditor, 'End role').click();
  await auditor.getByRole('button', { name: 'Yes, end it' }).click();
  await page.getByRole('status').getByText('The role has ended.').waitFor();

  await nurse.page.goto(`${demo.url}/account`);
  assert.match(nurse.page.url(), /\/login/, 'what acted in her name ended with the role');
  await signIn(demo, nurse.page, 'jansen');
  await page.reload();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('status').getByText('Signed out everywhere.').waitFor();
  await nurse.page.goto(`${demo.url}/account`);
  assert.match(nurse.page.url(), /\/login/);

  await summary(page, 'Shut out').click();
  await page.getByRole('button', { name: 'Yes, shut out' }).click();
  await page.getByRole('status').getByText('This person is shut out.').waitFor();
  await page.getByRole('button', { name: 'Let in again' }).click();
  await page.getByText('This person can sign in again.').waitFor();
  await signIn(demo, nurse.page, 'jansen');
  await page.getByRole('button', { name: 'Send e-mail' }).click();
  await page.getByText('The e-mail is on its way.').waitFor();
  await Promise.all([nurse.context.close(), context.close()]);
});

test('Noor adds an application, gives it a new secret and removes it, with the keyboard alone', async () => {
  const { page, context } = await openNoor();
  await page.goto(`${demo.url}/administration/applications`);
  const press = async (what) => {
    await what.focus();
    await page.keyboard.press('Enter');
  };
  await press(page.getByRole('link', { name: 'Add an application' }));
  await page.getByRole('heading', { level: 1, name: 'Add an application' }).waitFor();
  await press(page.getByRole('button', { name: 'Add' }));
  await page.getByRole('alert').first().waitFor();
  assert.equal(await page.getByRole('alert').count(), 2, 'a name and an address are missing');
  await looksRightOnBoth(page, 'add-faults');
  await page.getByRole('textbox', { name: 'Name' }).focus();
  await page.keyboard.type('Ward board with a name that is about as long as people would ever make one');
  await page.getByRole('textbox', { name: 'Addresses' }).focus();
  await page.keyboard.type(`https://board.example.org/${'a-long-way/'.repeat(12)}callback`);
  await page.getByLabel(/see your e-mail address/).focus();
  await page.keyboard.press('Space');
  await press(page.getByRole('button', { name: 'Add' }));
  const first = await page.locator('#new-secret').innerText();
  assert.ok(first.length > 40);
  await looksRightOnBoth(page, 'added');
  await page.reload();
  assert.equal(await page.locator('#new-secret').count(), 0, 'a secret is seen once');

  await press(summary(page, 'A new secret'));
  await press(page.getByRole('button', { name: 'Make a new secret' }));
  const second = await page.locator('#new-secret').innerText();
  assert.notEqual(second, first);
  await page.getByText(/works until/).waitFor();
  await press(summary(page, 'Change addresses'));
  await page.getByRole('textbox', { name: 'Addresses' }).fill('http://elsewhere.example.org/');
  await press(page.getByRole('button', { name: 'Save addresses' }));
  await page.getByRole('alert').waitFor();
  await looksRightOnBoth(page, 'application-fault');

  await press(summary(page, 'Remove'));
  await press(page.getByRole('button', { name: 'Yes, remove it' }));
  await page.getByText('The application is removed.').waitFor();
  assert.equal(await page.getByText('Ward board').count(), 0);
  await context.close();
});

test('Noor renames the practice and chooses of whom two factors are asked', async () => {
  const { page, context } = await openNoor({ javaScriptEnabled: false });
  await page.goto(`${demo.url}/administration/organisation`);
  const name = page.getByRole('textbox', { name: 'Name' });
  const old = await name.inputValue();
  await name.fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Enter a name of 1 to 200 characters.').waitFor();
  await name.fill(`${old} and partners`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The details are saved.').waitFor();
  await page.getByRole('banner').getByText(`${old} and partners`).waitFor();
  await name.fill(old);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The details are saved.').waitFor();
  await page.getByLabel(/Interpreters/).check();
  await page.getByRole('button', { name: 'Save choice' }).click();
  await page.getByText('The choice is saved.').waitFor();
  assert.ok(await page.getByLabel(/Interpreters/).isChecked());
  assert.match(await page.locator('label', { hasText: 'Nurses' }).innerText(), /\d+ in all, \d+ with nothing set up yet/);
  await context.close();
});

test('what stands on the pages is read on a phone and at a desk, in each language', async () => {
  const { page, context, complaints } = await openNoor();
  const nurse = await openWindowOf(browser, demo, 'jansen', { viewport: phone });
  await nurse.context.close();
  await find(page, 'jans', 'Claire Jansen');
  const somebody = new URL(page.url()).pathname;
  for (const summary of await page.locator('main summary').all()) await summary.click();
  await looksRightOnBoth(page, 'person');
  await page.goto(`${demo.url}/administration/applications`);
  await page.getByRole('link', { name: 'Messenger' }).first().click();
  const application = new URL(page.url()).pathname;
  for (const summary of await page.locator('main summary').all()) await summary.click();
  await looksRightOnBoth(page, 'application');
  const pages = {
    overview: '/administration',
    people: '/administration/people',
    everybody: '/administration/people?show=all',
    applications: '/administration/applications',
    add: '/administration/applications/new',
    organisation: '/administration/organisation',
    keys: '/administration/keys',
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(`${demo.url}${path}`);
    await looksRightOnBoth(page, name);
  }
  await page.goto(`${demo.url}/administration/organisation`);
  await page.getByLabel('Time zone').fill('Europe/Nowhere');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('This time zone is not known.').waitFor();
  await looksRightOnBoth(page, 'organisation-fault');
  await page.setViewportSize(phone);
  for (const language of ['nl', 'de', 'fr']) {
    for (const [name, path] of Object.entries({ ...pages, person: somebody, application })) {
      await page.goto(`${demo.url}${path}${path.includes('?') ? '&' : '?'}lang=${language}`);
      await looksRight(page, `administration-${name}-${language}-phone`);
    }
  }
  // The fault of the form answered 422.
  assert.deepEqual(complaints.filter((one) => !one.includes('422')), []);
  await context.close();
});

test('a nurse finds no administration, and is told what anybody is who asks for a page that is not there', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'jansen');
  await page.goto(`${demo.url}/account`);
  assert.equal(await page.getByRole('link', { name: 'Administration' }).count(), 0);
  for (const path of ['', '/people', '/organisation', '/keys', '/applications']) {
    const answer = await page.goto(`${demo.url}/administration${path}`);
    assert.equal(answer.status(), 404);
  }
  await context.close();
});
