// Who is asked in comes from the letter to the conversation; a picture, mail and a copy of a conversation are theirs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow, openWindowOf } from './harness.mjs';

const { demo, browser } = await openClinic();

const phone = { viewport: { width: 360, height: 740 }, locale: 'nl-NL', colorScheme: 'light' };
const phoneAtNight = { viewport: { width: 360, height: 740 }, locale: 'de-DE', colorScheme: 'dark' };
const desk = { viewport: { width: 1366, height: 800 }, locale: 'fr-FR', colorScheme: 'light' };
const deskAtNight = { viewport: { width: 1366, height: 800 }, locale: 'en-GB', colorScheme: 'dark' };
const places = { phone, 'phone-dark': phoneAtNight, desk, 'desk-dark': deskAtNight };

/** What a clinic's own program does in the name of Eva de Vries. */
async function ask(path, body) {
  const token = await demo.token('devries');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${demo.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

/** Looks into the sandbox's inbox until the server has written a letter with such a link, and follows it. */
async function followLetter(page, to, link) {
  const links = page.locator(`.letter a[href*="${link}"]`);
  for (let tries = 0; tries < 200 && (await links.count()) === 0; tries += 1) {
    await page.goto(`${demo.url}/sandbox/inbox`);
    await page.locator('#to').fill(to);
    const show = page.locator('form[action="/sandbox/inbox"] button');
    await Promise.all([page.waitForEvent('load'), show.click()]);
  }
  await links.first().click();
  await page.waitForURL((url) => url.pathname === link);
}

for (const [place, options] of Object.entries({ ...places, 'no-script': { ...phone, javaScriptEnabled: false } })) {
  const looks = (page, name) => options.javaScriptEnabled !== false && looksRight(page, `${name}-${place}`);
  test(`somebody who is invited arrives from the letter in the conversation, ${place}`, async () => {
    const { page, context, complaints } = await openWindow(browser, options);
    const email = `grietje-${place}@demo.test`;
    const person = { first_name: 'Grietje', last_name: 'van der Molen-Hoekstra', email };
    await ask('users/invite/private', { ...person, invite_text: 'Welkom, hier kunt u ons schrijven.' });
    await followLetter(page, email, '/invitation');
    const link = page.url();
    await page.locator('#new').waitFor();
    await looks(page, 'invitation');

    const begin = page.locator('form[action="/invitation"] button:not([data-passkey])');
    await page.locator('#new').fill('een paar losse woorden');
    await page.locator('#again').fill('heel andere woorden');
    await begin.click();
    await page.getByRole('alert').waitFor();
    await looks(page, 'invitation-refused');
    await page.goto(`${demo.url}/login`);
    await page.goBack();
    await page.locator('#new').waitFor();
    assert.equal(page.url(), link, 'a browser comes back to a form that was refused');
    await page.locator('#new').fill('een paar losse woorden');
    await page.locator('#again').fill('een paar losse woorden');
    await begin.click();

    await page.getByRole('heading', { level: 1, name: demo.person('devries').name }).waitFor();
    await page.locator('.line', { hasText: 'Welkom, hier kunt u ons schrijven.' }).waitFor();
    await page.locator('#write').fill('Dank u wel.');
    await page.locator('form.write button').click();
    await page.locator('.line.mine', { hasText: 'Dank u wel.' }).waitFor();
    await looks(page, 'arrived');

    const other = await openWindow(browser, options);
    const answer = await other.page.goto(link);
    assert.equal(answer.status(), 410, 'the link opens once');
    await looks(other.page, 'invitation-used');
    await other.page.locator('main a.button').click();
    await other.page.waitForURL(/\/login$/);
    assert.deepEqual(complaints, []);
    await Promise.all([context.close(), other.context.close()]);
  });
}

for (const [place, options] of Object.entries(places)) {
  test(`a conversation is kept as a PDF and as an archive, ${place}`, async () => {
    const { id } = demo.person('anna');
    await ask(`conversations/${id}/messages`, { body: `How is the knee, on a ${place}?` });
    const { page, context, complaints } = await openWindowOf(browser, demo, 'anna', options);
    await page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
    await page.locator('form.write textarea').fill('Not sent yet');
    for (const menu of ['details.further', 'details.saving']) {
      await page.locator(`${menu} > summary`).focus();
      await page.keyboard.press('Enter');
    }
    await page.locator('details.saving button').first().waitFor();
    await looksRight(page, `saving-${place}`);
    for (const [at, begins] of ['%PDF-', 'PK'].entries()) {
      await page.locator('#from').fill('2020-01-31');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('details.saving button').nth(at).click(),
      ]);
      assert.match(download.url(), /from=2020-01-31/);
      const bytes = await readFile(await download.path());
      assert.equal(bytes.subarray(0, begins.length).toString(), begins);
    }
    assert.equal(await page.locator('form.write textarea').inputValue(), 'Not sent yet');
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('a picture stands beside its name, and goes when it is removed', async () => {
  const eva = await openWindowOf(browser, demo, 'devries', deskAtNight);
  const anna = await openWindowOf(browser, demo, 'anna', phone);
  const { page } = eva;
  const choose = async (name, mimeType, buffer) => {
    await page.goto(`${demo.url}/account/picture`);
    await page.locator('#picture').setInputFiles({ name, mimeType, buffer });
    await page.getByRole('button', { name: 'Use this photo' }).click();
  };
  await choose('me.png', 'image/png', Buffer.from('no picture at all'));
  await page.getByRole('alert').waitFor();
  await looksRight(page, 'picture-refused-desk-dark');
  await choose('me.png', 'image/png', await anna.page.screenshot());
  await page.locator('img.portrait').waitFor();
  await looksRight(page, 'picture-desk-dark');

  const face = anna.page.locator('#head img.face');
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  await face.waitFor();
  assert.ok(await face.evaluate(async (image) => (await image.decode(), image.naturalWidth > 0)));
  await looksRight(anna.page, 'picture-beside-phone');
  await page.getByRole('button', { name: 'Remove your picture' }).click();
  await page.locator('img.portrait').waitFor({ state: 'detached' });
  await anna.page.reload();
  await face.waitFor({ state: 'detached' });
  await Promise.all([eva.context.close(), anna.context.close()]);
});

for (const [place, options] of Object.entries(places)) {
  test(`mail is wanted at some hours, and ended from a letter, ${place}`, async () => {
    const anna = demo.person('anna');
    const { page, context, complaints } = await openWindowOf(browser, demo, 'anna', options);
    await page.goto(`${demo.url}/account`);
    await page.locator('#wanted').check();
    await page.locator('#quiet-from').fill('21:30');
    await page.locator('#quiet-until').fill('08:00');
    await page.locator('form[action="/account/notices"] button').click();
    await page.getByRole('status').waitFor();
    await looksRight(page, `notices-saved-${place}`);
    await page.reload();
    assert.equal(await page.locator('#quiet-from').inputValue(), '21:30');

    await ask('groupchats', { subject: `Wound care ${place}`, members: [anna.id], send_email: true });
    await followLetter(page, anna.email, '/unsubscribe');
    await looksRight(page, `unsubscribe-${place}`);
    await page.locator('main form button').click();
    await page.locator('main form').waitFor({ state: 'detached' });
    await looksRight(page, `unsubscribed-${place}`);
    await page.goto(`${demo.url}/account`);
    assert.equal(await page.locator('#wanted').isChecked(), false);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
