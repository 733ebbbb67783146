// Everything works in a browser that runs no script.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openClinic, openMenu, openTools, openWindow, screenshot, signIn } from './harness.mjs';

const { demo, browser } = await openClinic();

test('two people write to each other without JavaScript', async () => {
  const options = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } };
  const anna = await openWindow(browser, options);
  const eva = await openWindow(browser, options);
  await signIn(demo, anna.page, 'anna');
  await signIn(demo, eva.page, 'devries');
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  await eva.page.goto(`${demo.url}/chats/with/${demo.person('anna').id}`);
  await anna.page.getByLabel('Your message').fill('Is anybody there?');
  await anna.page.getByRole('button', { name: 'Send' }).click();
  await anna.page.locator('.state', { hasText: 'Sent' }).waitFor();
  await eva.page.getByRole('link', { name: 'Show new messages' }).click();
  await eva.page.locator('.line', { hasText: 'Is anybody there?' }).waitFor();
  await eva.page.getByLabel('Your message').fill('I am.');
  await openTools(eva.page);
  await eva.page.getByLabel('Add files').setInputFiles({
    name: 'plan.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Rest, and drink enough.\n'),
  });
  await eva.page.getByRole('button', { name: 'Send' }).click();
  await eva.page.getByRole('link', { name: /plan\.txt/ }).waitFor();
  await anna.page.getByRole('link', { name: 'Show new messages' }).click();
  await anna.page.locator('.state', { hasText: 'Read' }).waitFor();
  await anna.page.getByRole('link', { name: 'Show new messages' }).click();
  await anna.page.getByRole('link', { name: /plan\.txt/ }).waitFor();
  await screenshot(anna.page, 'no-script-phone');

  await openMenu(eva.page);
  await eva.page.locator('.panel summary', { hasText: 'Close the conversation' }).click();
  await eva.page.getByRole('button', { name: 'Close the conversation' }).click();
  await eva.page.getByText('This conversation is closed.').waitFor();
  await anna.page.getByLabel('Your message').fill('One thing more');
  await anna.page.getByRole('button', { name: 'Send' }).click();
  assert.match(await anna.page.getByRole('alert').innerText(), /closed meanwhile/);
  assert.equal(await anna.page.getByLabel('Your message').inputValue(), 'One thing more');
  await eva.page.getByRole('button', { name: 'Open the conversation again' }).click();
  await eva.page.getByLabel('Your message').waitFor();
  await Promise.all([anna.context.close(), eva.context.close()]);
});

test('a group is begun, with what is missing said beside the field', async () => {
  const { page, context } = await openWindow(browser, { javaScriptEnabled: false });
  await signIn(demo, page, 'jansen');
  await page.goto(`${demo.url}/chats/new-group`);
  await page.getByRole('button', { name: 'Begin the group' }).click();
  assert.equal(await page.getByRole('alert').count(), 2);
  await page.getByLabel('Subject').fill('Dressing change');
  await page.getByRole('checkbox', { name: /Anna de Boer/ }).check();
  await page.getByRole('checkbox', { name: /Eva de Vries/ }).check();
  await page.getByRole('button', { name: 'Begin the group' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dressing change' }).waitFor();
  await page.getByText('Group of 3').waitFor();
  await openMenu(page);
  await page.getByRole('link', { name: 'About this chat' }).click();
  await page.locator('summary').last().click();
  await page.getByRole('button', { name: 'Leave the group' }).click();
  await page.waitForURL(/\/chats$/);
  assert.equal(await page.getByRole('link', { name: /Dressing change/ }).count(), 0);
  await context.close();
});

test('a person changes their password and is signed out everywhere else', async () => {
  const here = await openWindow(browser, { javaScriptEnabled: false });
  const elsewhere = await openWindow(browser, { javaScriptEnabled: false });
  const bram = await signIn(demo, here.page, 'bram');
  await signIn(demo, elsewhere.page, 'bram');
  const token = await demo.token('bram');
  const ask = () => fetch(`${demo.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask()).status, 200);

  await here.page.goto(`${demo.url}/account`);
  await here.page.getByText(/^Chrome on/).first().waitFor();
  await here.page.getByRole('link', { name: 'Change your password' }).click();
  const fill = async (old, wanted) => {
    await here.page.getByLabel('Your current password').fill(old);
    await here.page.getByLabel('New password', { exact: true }).fill(wanted);
    await here.page.getByLabel('New password once more').fill(wanted);
    await here.page.getByRole('button', { name: 'Change the password' }).click();
  };
  await fill('a guess', 'four words for bram');
  assert.match(await here.page.getByRole('alert').innerText(), /not your password/);
  await screenshot(here.page, 'account-password-error');
  await fill(bram.password, 'four words for bram');
  await here.page.getByRole('status').getByText('Your password has been changed').waitFor();
  await screenshot(here.page, 'account-password-changed');
  assert.equal((await ask()).status, 401);
  await elsewhere.page.goto(`${demo.url}/account`);
  assert.match(elsewhere.page.url(), /\/login/);
  await Promise.all([here.context.close(), elsewhere.context.close()]);
});
