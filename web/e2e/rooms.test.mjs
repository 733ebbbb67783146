// What whoever manages a group does on its page, inviting somebody, asking a question, and choosing a language: without
// any script of ours but where a button copies, at the width of a small phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openMenu, openTools, openWindow, openWindowOf } from './harness.mjs';

const phone = { viewport: { width: 360, height: 780 } };
const desk = { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' };
const widths = [['phone', phone], ['desk', desk]];

// A picture of one pixel.
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAACklEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg==',
  'base64',
);

const { demo, browser } = await openClinic();

/** A group that Dr de Vries begins with Anna and the nurse. */
async function group(page, subject) {
  await page.goto(`${demo.url}/chats/new-group`);
  await page.getByLabel('Subject').fill(subject);
  await page.getByRole('checkbox', { name: /Anna de Boer/ }).check();
  await page.getByRole('checkbox', { name: /Jansen/ }).check();
  await page.getByRole('button', { name: 'Begin the group' }).click();
  await openMenu(page);
  await page.getByRole('link', { name: 'About this chat' }).click();
  await page.waitForURL(/\/about$/);
  return page.url();
}

/** A message that Anna likes: its id. */
async function said(page, chat) {
  await page.goto(chat);
  await page.getByLabel('Your message').fill('The bandage holds.');
  await page.getByRole('button', { name: 'Send' }).click();
  const id = await page.locator('.line', { hasText: 'The bandage holds.' }).getAttribute('id');
  const anna = await openWindowOf(browser, demo, 'anna');
  await anna.page.goto(chat);
  await anna.page.locator(`#${id}`).getByRole('button', { name: /^Like/ }).click();
  await anna.page.locator(`#${id} .number`).waitFor();
  await anna.context.close();
  return id.slice('m-'.length);
}

/** Where the groups of a team are listed. */
async function teamOf(page) {
  await page.goto(`${demo.url}/chats`);
  return new URL(await page.locator('a[href^="/chats/of-team/"]').first().getAttribute('href'), demo.url).href;
}

/** Where Bram is asked to prove who he is. */
async function askedToProve() {
  const token = await demo.token('devries');
  const [bram, eva] = [demo.person('bram').id, demo.person('devries').id];
  const answer = await fetch(`${demo.url}/v1/conversations/${bram}/verification`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: bram, provider_id: 'sandbox' }),
  });
  assert.equal(answer.status, 201);
  return `${demo.url}/verify/with/${eva}/${(await answer.json()).id}`;
}

for (const [width, options] of widths) {
  test(`a doctor lets a guest in by a link and sees them out, at the width of a ${width}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'devries', options);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const about = await group(page, `Hearing aid ${width}`);
    await page.getByLabel('How long does the link work?').selectOption('7 days');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByLabel('The link for guests').inputValue();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('The link is copied.').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await looksRight(page, `rooms-guests-${width}`);

    const guest = await openWindow(browser, options);
    await guest.page.goto(link);
    await guest.page.getByLabel('Your name').fill('Tante Truus');
    await guest.page.getByRole('button', { name: 'Go to the conversation' }).click();
    await guest.page.getByLabel('Your message').waitFor();
    await page.goto(about);
    await page.locator('#guests li', { hasText: 'Tante Truus' }).waitFor();
    // While nobody from outside is let in, the link is not shown, and who came by it is.
    const outsiders = page.getByRole('checkbox', { name: /guests may be in the group/ });
    await outsiders.uncheck();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('This group takes nobody from outside.').waitFor();
    await page.locator('#guests li', { hasText: 'Tante Truus' }).waitFor();
    assert.equal(await page.getByLabel('The link for guests').count(), 0);
    await looksRight(page, `rooms-guests-closed-${width}`);
    await outsiders.check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByLabel('The link for guests').waitFor();
    await page.locator('#guests summary', { hasText: 'End the link' }).click();
    await page.getByRole('button', { name: 'End the link' }).click();
    await page.getByRole('button', { name: 'Make a link' }).waitFor();
    await guest.page.goto(about);
    await guest.page.getByRole('heading', { name: 'Your access as a guest has ended' }).waitFor();
    await looksRight(guest.page, `rooms-guest-ended-${width}`);
    assert.deepEqual(complaints, []);
    await Promise.all([context.close(), guest.context.close()]);
  });

  test(`an owner gives a group a picture and hands it over, at the width of a ${width}`, async () => {
    const { page, context } = await openWindowOf(browser, demo, 'devries', { ...options, javaScriptEnabled: false });
    const about = await group(page, `Wound ${width}`);
    await page.getByRole('checkbox', { name: /guests may be in the group/ }).uncheck();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('This group takes nobody from outside.').waitFor();
    await page.getByRole('link', { name: 'Picture of the group' }).click();
    await page.getByRole('button', { name: 'Use this photo' }).click();
    assert.match(await page.getByRole('alert').innerText(), /Choose one photo/);
    await page.getByLabel('Choose a photo').setInputFiles({ name: 'us.png', mimeType: 'image/png', buffer: PIXEL });
    await page.getByRole('button', { name: 'Use this photo' }).click();
    assert.equal(page.url(), about);
    await page.getByRole('status').filter({ hasText: 'The picture of the group is changed.' }).waitFor();
    await page.getByRole('link', { name: 'Picture of the group' }).click();
    await page.getByAltText('The picture as others see it').waitFor();

    await page.goto(about);
    await page.locator('summary', { hasText: /What may this person do.*Jansen/ }).click();
    await page.getByRole('link', { name: /^Make .*Jansen the owner$/ }).click();
    await page.getByRole('button', { name: 'Yes, hand it over' }).click();
    const notice = page.getByRole('status').filter({ hasText: 'The group is handed over.' });
    assert.ok(await notice.evaluate((element) => element === document.activeElement), 'the reader is at it');
    await page.locator('li', { hasText: /Jansen.*Owner/ }).first().waitFor();
    assert.equal(await page.getByRole('link', { name: /the owner$/ }).count(), 0);
    await context.close();
  });

  test(`a doctor invites a patient, at the width of a ${width}`, async () => {
    const { page, context, complaints } = await openWindowOf(browser, demo, 'devries', options);
    await page.goto(`${demo.url}/chats/new`);
    await page.getByRole('link', { name: 'Invite somebody' }).click();
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    assert.match(await page.getByRole('alert').innerText(), /Enter an e-mail address or a mobile number/);
    await looksRight(page, `rooms-invite-error-${width}`);
    await page.getByLabel('E-mail address or mobile number').fill(`willem.${width}@example.test`);
    await page.getByLabel('First name').fill('Willem');
    await page.getByLabel('Last name').fill('Bos');
    await page.getByLabel('Your first message').fill('Welcome, Willem');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByText('Willem Bos is invited (Patient).').waitFor();
    await looksRight(page, `rooms-invite-${width}`);
    await page.getByRole('link', { name: 'Write to Willem Bos' }).click();
    await page.locator('.line', { hasText: 'Welcome, Willem' }).waitFor();
    assert.deepEqual(complaints.filter((one) => !one.includes('422')), []);
    await context.close();
  });

  test(`a question is asked and answered, and a like has a name, at the width of a ${width}`, async () => {
    const anna = await openWindowOf(browser, demo, 'anna', options);
    const eva = await openWindowOf(browser, demo, 'devries', options);
    await eva.page.goto(`${demo.url}/chats/with/${demo.person('anna').id}`);
    await openTools(eva.page);
    await looksRight(eva.page, `rooms-tools-${width}`);
    await eva.page.getByRole('link', { name: 'Ask a question' }).click();
    await looksRight(eva.page, `rooms-ask-${width}`);
    await eva.page.getByLabel('Your question').fill(`Which morning, seen on a ${width}?`);
    await eva.page.getByLabel('Answers to choose from').fill('Monday\nTuesday');
    await eva.page.getByRole('button', { name: 'Send the question' }).click();
    const line = (page) => page.locator('.line', { hasText: `seen on a ${width}?` });
    await line(eva.page).waitFor();
    await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
    await line(anna.page).getByLabel('Tuesday').check();
    await line(anna.page).getByRole('button', { name: 'Answer', exact: true }).click();
    await line(anna.page).locator('.answers', { hasText: 'Tuesday' }).waitFor();
    await line(anna.page).getByRole('button', { name: /^Like/ }).click();
    await line(anna.page).locator('.likes .number', { hasText: '1' }).waitFor();
    await line(eva.page).getByRole('link', { name: /^1 like: / }).click();
    await eva.page.getByRole('listitem').filter({ hasText: 'Anna de Boer' }).waitFor();
    await looksRight(eva.page, `rooms-likes-${width}`);

    await eva.page.goto(`${demo.url}/chats/with/${demo.person('anna').id}`);
    await openTools(eva.page);
    await eva.page.getByRole('link', { name: 'Ask for a proof of identity' }).click();
    await looksRight(eva.page, `rooms-prove-${width}`);
    await eva.page.goBack();
    await openMenu(eva.page);
    await eva.page.locator('summary', { hasText: 'Download' }).click();
    await looksRight(eva.page, `rooms-saving-${width}`);
    const saved = eva.page.waitForEvent('download');
    await eva.page.getByLabel('From').fill('2026-01-01');
    await eva.page.getByRole('button', { name: 'Download as PDF' }).click();
    assert.match((await saved).suggestedFilename(), /\.pdf$/);
    assert.deepEqual([...anna.complaints, ...eva.complaints], []);
    await Promise.all([anna.context.close(), eva.context.close()]);
  });
}

test('a patient chooses a language, and finds it again wherever they sign in', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'bram', { ...phone, javaScriptEnabled: false });
  await page.goto(`${demo.url}/account`);
  await page.getByLabel('Your language').selectOption('Deutsch');
  await page.getByRole('button', { name: 'Save the language' }).click();
  await page.getByRole('heading', { level: 1, name: 'Mein Konto' }).waitFor();
  await context.close();

  const other = await openWindow(browser, { ...phone, locale: 'fr-FR' });
  const bram = demo.person('bram');
  await other.page.goto(`${demo.url}/login`);
  await other.page.getByRole('heading', { level: 1, name: 'Se connecter' }).waitFor();
  await other.page.locator('#email').fill(bram.email);
  await other.page.locator('#password').fill(bram.password);
  await other.page.locator('#password').press('Enter');
  await other.page.goto(`${demo.url}/account`);
  await other.page.getByRole('heading', { level: 1, name: 'Mein Konto' }).waitFor();
  await looksRight(other.page, 'rooms-language');
  await other.context.close();
});

for (const locale of ['nl-NL', 'en-GB', 'de-DE', 'fr-FR']) {
  test(`what staff do fits a small phone in ${locale}`, async () => {
    const begun = await openWindowOf(browser, demo, 'devries');
    const about = await group(begun.page, `Fits ${locale}`);
    await begun.page.getByRole('button', { name: 'Make a link' }).click();
    await begun.page.getByLabel('The link for guests').waitFor();
    const chat = about.replace(/\/about$/, '');
    const message = `${chat}/messages/${await said(begun.page, chat)}`;
    const ofTeam = await teamOf(begun.page);
    await begun.context.close();
    const { page, context, complaints } = await openWindowOf(browser, demo, 'devries', { ...phone, locale });
    const forms = ['ask', 'prove', 'change-picture', 'add', 'delete'].map((form) => `${chat}/${form}`);
    const paths = [about, ...forms, `${message}/delete`, `${message}/likes`, chat, ofTeam, `${demo.url}/people/invite`];
    for (const [at, path] of paths.entries()) {
      await page.goto(path);
      // What is folded away must fit, too.
      for (const summary of await page.locator('summary').all()) await summary.click();
      await looksRight(page, `rooms-staff-${locale}-${at}`);
    }
    await page.locator('#address').fill('willem');
    await page.locator('form.sheet button').click();
    await page.locator('#address-error').waitFor();
    await looksRight(page, `rooms-invite-refused-${locale}`);
    await page.locator('#address').fill(`willem@${locale.toLowerCase()}.example.test`);
    for (const what of ['invited', 'there']) {
      await Promise.all([page.waitForEvent('load'), page.locator('form.sheet button').click()]);
      await page.locator('.notice').waitFor();
      await looksRight(page, `rooms-${what}-${locale}`);
      await page.locator('#address').fill(demo.person('anna').email);
    }
    await context.close();
    const bram = await openWindowOf(browser, demo, 'bram', { ...phone, locale });
    await bram.page.goto(await askedToProve());
    await looksRight(bram.page, `rooms-verify-${locale}`);
    await bram.context.close();
    const boss = await openWindowOf(browser, demo, 'beheer', { ...phone, locale });
    await boss.page.goto(`${demo.url}/people/import`);
    await looksRight(boss.page, `rooms-import-${locale}`);
    const list = 'email;first_name;last_name\nvera.LOCALE@example.test;Vera;Visser\nnone;No;Body\n';
    const buffer = Buffer.from(list.replace('LOCALE', locale.toLowerCase()));
    await boss.page.locator('#list').setInputFiles({ name: 'team.csv', mimeType: 'text/csv', buffer });
    await boss.page.locator('form.sheet button').click();
    await boss.page.waitForURL(/\/people\/import\//);
    await looksRight(boss.page, `rooms-report-${locale}`);
    const unexpected = [...complaints, ...boss.complaints].filter((one) => !one.includes('422'));
    assert.deepEqual(unexpected, []);
    await boss.context.close();
  });
}
