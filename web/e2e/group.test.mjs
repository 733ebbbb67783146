// A group is begun for a team and about a patient, joined, renamed, and its messages and people come and go: without
// any script of ours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, openClinic, openMenu, openWindow, screenshot, signIn } from './harness.mjs';

const narrow = { viewport: { width: 390, height: 844 } };
const wide = {};

const { demo, browser } = await openClinic();

/** Somebody's window. Scripts of ours come empty to it; those of axe run. */
async function windowOf(key, options) {
  const window = await openWindow(browser, options);
  const empty = { contentType: 'text/javascript', body: '' };
  await window.context.route('**/*.js', (route) => route.fulfill(empty));
  await signIn(demo, window.page, key);
  return window;
}

/** Accessible, not wider than its window, and kept as a picture. */
async function look(page, name) {
  await axe(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} pixels wider than its window`);
  await screenshot(page, name);
}

async function write(page, text) {
  await page.getByLabel('Your message').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.line', { hasText: text }).waitFor();
}

test('a message that was a mistake is deleted after one more question', async () => {
  const anna = await windowOf('anna', narrow);
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  await write(anna.page, 'This was meant for my sister.');
  await anna.page.getByRole('link', { name: /^Delete/ }).click();
  await anna.page.getByRole('heading', { level: 1, name: 'Delete this message?' }).waitFor();
  await look(anna.page, 'delete-phone');
  await anna.page.getByRole('link', { name: 'No, keep it' }).click();
  await anna.page.getByText('meant for my sister').waitFor();
  await anna.page.getByRole('link', { name: /^Delete/ }).click();
  await anna.page.getByRole('button', { name: 'Yes, delete it' }).click();
  await anna.page.locator('.line.gone', { hasText: 'This message was deleted.' }).waitFor();
  assert.equal(await anna.page.getByText('meant for my sister').count(), 0);
  await look(anna.page, 'deleted-phone');
  await anna.context.close();
});

test('a deleted message leaves a mark on an open page without a reload', async () => {
  const anna = await windowOf('anna', wide);
  const eva = await openWindow(browser);
  await signIn(demo, eva.page, 'devries');
  await anna.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  await eva.page.goto(`${demo.url}/chats/with/${demo.person('anna').id}`);
  await eva.page.locator('#refresh').waitFor({ state: 'hidden' });
  await write(anna.page, 'Wrong again');
  await eva.page.locator('.line', { hasText: 'Wrong again' }).waitFor();
  await anna.page.getByRole('link', { name: /^Delete/ }).click();
  await anna.page.getByRole('button', { name: 'Yes, delete it' }).click();
  await eva.page.locator('.line.gone', { hasText: 'This message was deleted.' }).last().waitFor();
  assert.equal(await eva.page.getByText('Wrong again').count(), 0);
  assert.deepEqual([...anna.complaints, ...eva.complaints], []);
  await Promise.all([anna.context.close(), eva.context.close()]);
});

test('a group for a team and about a patient is found, joined, renamed and left', async () => {
  const eva = await windowOf('devries', narrow);
  const claire = await windowOf('jansen', wide);
  const [anna, bram] = [demo.person('anna'), demo.person('bram')];
  await eva.page.goto(`${demo.url}/chats/new-group`);
  await eva.page.getByLabel('Subject').fill('Wound care');
  await eva.page.getByLabel('Team').selectOption({ label: 'Praktijkteam' });
  await eva.page.getByRole('checkbox', { name: anna.name }).check();
  await eva.page.getByRole('button', { name: 'Choose a patient' }).click();
  await eva.page.getByRole('radio', { name: bram.name }).check();
  await look(eva.page, 'group-patient-phone');
  await eva.page.getByRole('button', { name: 'On to the people in it' }).click();
  assert.ok(await eva.page.getByRole('checkbox', { name: anna.name }).isChecked());
  assert.equal(await eva.page.getByLabel('Subject').inputValue(), 'Wound care');
  await look(eva.page, 'group-new-phone');
  // Enter in a field begins the group, and does not turn a page.
  await eva.page.getByLabel('Subject').press('Enter');
  await eva.page.getByRole('heading', { level: 1, name: 'Wound care' }).waitFor();
  await write(eva.page, 'How does it look today?');

  await claire.page.goto(`${demo.url}/chats`);
  await claire.page.getByRole('heading', { name: 'Conversations of Praktijkteam' }).waitFor();
  await look(claire.page, 'chats-of-team-desk');
  await claire.page.getByRole('button', { name: 'Join Wound care' }).click();
  await claire.page.getByText('How does it look today?').waitFor();
  await claire.page.getByLabel('Your message').waitFor();

  await openMenu(eva.page);
  await eva.page.getByRole('link', { name: 'About this chat' }).click();
  await eva.page.getByText(`About ${bram.name}`).waitFor();
  const members = eva.page.getByRole('list').filter({ has: eva.page.getByText('Owner') });
  assert.equal(await members.getByRole('listitem').count(), 3, 'Claire can be seen in it');
  await look(eva.page, 'group-about-phone');
  await eva.page.getByLabel('Subject').fill('');
  await eva.page.getByRole('button', { name: 'Change the subject' }).click();
  assert.match(await eva.page.getByRole('alert').innerText(), /Enter a subject/);
  await eva.page.getByLabel('Subject').fill('Wound care at home');
  await eva.page.getByRole('button', { name: 'Change the subject' }).click();
  await eva.page.getByText('Wound care at home · Group of 3').waitFor();

  await eva.page.getByText(`Remove ${anna.name}`).first().click();
  await eva.page.getByRole('button', { name: `Remove ${anna.name}` }).click();
  await eva.page.getByText('Group of 2').waitFor();
  await eva.page.getByRole('link', { name: 'Add people' }).click();
  await eva.page.getByRole('heading', { level: 1, name: 'Add people' }).waitFor();
  await look(eva.page, 'group-add-phone');
  await eva.page.getByRole('checkbox', { name: anna.name }).check();
  await eva.page.getByRole('button', { name: 'Add to the group' }).click();
  await eva.page.getByText('Group of 3').waitFor();

  await eva.page.getByLabel('Team').selectOption('');
  await eva.page.getByRole('button', { name: 'Change the team' }).click();
  await claire.page.goto(`${demo.url}/chats`);
  await claire.page.getByRole('link', { name: 'All conversations of Praktijkteam' }).click();
  await claire.page.getByText('This team has no conversations.').waitFor();
  await claire.page.goto(`${demo.url}/chats`);
  await claire.page.getByRole('link', { name: /Wound care at home/ }).click();
  await openMenu(claire.page);
  await claire.page.getByRole('link', { name: 'About this chat' }).click();
  await look(claire.page, 'group-about-desk');
  assert.equal(await claire.page.getByRole('button', { name: 'Change the subject' }).count(), 0);
  await claire.page.locator('summary', { hasText: 'Leave the group' }).click();
  await claire.page.getByRole('button', { name: 'Leave the group' }).click();
  await claire.page.waitForURL(/\/chats$/);
  await Promise.all([eva.context.close(), claire.context.close()]);
});

for (const [width, options] of [
  ['phone', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
  ['desk', { viewport: { width: 1366, height: 800 } }],
]) {
  test(`a group is told how long things stay, and is removed after one more question, ${width}`, async () => {
    const { page, context, complaints } = await windowOf('jansen', options);
    await page.goto(`${demo.url}/chats/new-group`);
    await page.getByLabel('Subject').fill(`Stitches on a ${width}`);
    await page.getByRole('checkbox', { name: /Anna de Boer/ }).check();
    await page.getByRole('button', { name: 'Begin the group' }).click();
    await openMenu(page);
    await page.getByRole('link', { name: 'About this chat' }).click();
    await page.getByLabel('Messages stay').selectOption('30 days');
    await page.getByLabel(/^The group closes/).selectOption('90 days');
    await page.getByRole('button', { name: 'Save the times' }).click();
    await page.locator('#expire option[selected]', { hasText: '30 days' }).waitFor({ state: 'attached' });
    await look(page, `group-times-${width}`);
    await page.reload();
    assert.equal(await page.getByLabel('Messages stay').inputValue(), `${30 * 86_400}`);
    assert.equal(await page.getByLabel(/^The group closes/).inputValue(), '90');

    await page.getByRole('link', { name: 'Delete this group' }).click();
    await page.getByRole('heading', { level: 1, name: 'Delete this group?' }).waitFor();
    await look(page, `group-delete-${width}`);
    await page.getByRole('link', { name: 'No, keep it' }).click();
    await page.getByRole('link', { name: 'Delete this group' }).click();
    await page.getByRole('button', { name: 'Yes, delete everything' }).click();
    await page.waitForURL(/\/chats$/);
    assert.equal(await page.getByRole('link', { name: /Stitches/ }).count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
