// Somebody who was asked in by SMS has codes sent to their telephone: they set that up, and sign in by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, screenshot } from './harness.mjs';
import { command, desk, givePassword, inLetter, linkTo, noScript, openEnglish, phone } from './identity.mjs';

const { demo, browser } = await openClinic();

const asked = (number) =>
  command(demo, [
    'person', 'invite', number, '--organisation', 'linde', '--by', demo.person('devries').email, '--role', 'patient',
    '--first-name', 'Wilhelmina', '--last-name', 'de Groot',
  ]);

for (const [place, options, number] of [
  ['phone', phone, '+31612345678'],
  ['desk', desk, '+31612345679'],
  ['no-script', noScript, '+31612345680'],
]) {
  const looks = (page, name) =>
    options.javaScriptEnabled === false ? screenshot(page, `${name}-${place}`) : looksRight(page, `${name}-${place}`);

  test(`codes by SMS are set up and asked for at the next sign-in, ${place}`, async () => {
    const used = new Set();
    const nextCode = async () => {
      const code = await inLetter(browser, demo, number, (sms) => {
        const found = sms.match(/\b\d{6}\b/)?.[0];
        return used.has(found) ? undefined : found;
      });
      used.add(code);
      return code;
    };
    await asked(number);
    const { page, context, complaints } = await openEnglish(browser, demo, options);
    await page.goto(await inLetter(browser, demo, number, linkTo('/invitation')));
    await looks(page, 'invitation-sms');
    const password = 'three loose words';
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('Password once more').fill(password);
    await page.getByRole('button', { name: 'Create the account and go on' }).click();
    await page.waitForURL(/\/chats/);

    await page.goto(`${demo.url}/account/second-factor`);
    await looks(page, 'sms-offered');
    await page.getByRole('link', { name: 'Set up codes by SMS' }).click();
    await looks(page, 'sms-set-up');
    await page.getByRole('button', { name: 'Send me a code by SMS' }).click();
    await page.getByRole('status').getByText('A code is on its way').waitFor();
    await page.getByLabel('Code').fill('123');
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('alert').getByText('not right').waitFor();
    await looks(page, 'sms-refused');
    await page.getByLabel('Code').fill(await nextCode());
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('heading', { level: 1, name: 'Keep your recovery codes' }).waitFor();
    await page.getByRole('link', { name: 'I have kept them, go on' }).click();
    await page.getByRole('button', { name: 'Remove codes by SMS' }).waitFor();
    await looks(page, 'sms-on');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login/);
    await givePassword(page, { email: number, password });
    await page.getByText('First have a code sent to your mobile phone.').waitFor();
    await looks(page, 'sms-sign-in');
    await page.getByRole('button', { name: 'Send me a code by SMS' }).click();
    await page.getByRole('status').getByText('A code is on its way').waitFor();
    await looks(page, 'sms-sign-in-sent');
    await page.getByLabel('Code').fill(await nextCode());
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForURL(/\/chats$/);
    assert.deepEqual(complaints.filter((one) => !one.includes('422')), []);
    await context.close();
  });
}
