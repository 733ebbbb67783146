// A question is answered, a message liked, and somebody proves who they are; each sees it arrive without a reload.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, looksRight, openClinic, openMenu, openTools, openWindowOf, screenshot, signIn } from './harness.mjs';

const { demo, browser } = await openClinic();

const phone = { viewport: { width: 360, height: 740 } };

/** What a clinic's own program does in the name of Eva de Vries. */
async function post(path, body) {
  const token = await demo.token('devries');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${demo.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).id;
}

const isWithinWidth = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

test('a question is answered on a phone and the answer arrives where it was asked', async () => {
  const anna = await openWindowOf(browser, demo, 'anna', phone);
  const eva = await openWindowOf(browser, demo, 'devries');
  const [annaId, evaId] = [demo.person('anna').id, demo.person('devries').id];
  const options = [
    { name: 'better', label: 'Better than yesterday', style: 'green' },
    { name: 'same', label: 'The same' },
    { name: 'worse', label: 'Worse, and I would like somebody to call me today', style: 'red' },
  ];
  const body = `[mention=${annaId}], how is the knee?`;
  const id = await post(`conversations/${annaId}/messages`, { body, question: { options } });
  await Promise.all([
    anna.page.goto(`${demo.url}/chats/with/${evaId}`),
    eva.page.goto(`${demo.url}/chats/with/${annaId}`),
  ]);
  for (const { page } of [anna, eva]) await page.locator('#refresh').waitFor({ state: 'hidden' });
  const line = (page) => page.locator(`#m-${id}`);
  assert.match(await line(anna.page).innerText(), /@Anna de Boer, how is the knee\?/);
  assert.ok(await isWithinWidth(anna.page), 'nothing is wider than the phone');
  await axe(anna.page);
  await screenshot(anna.page, 'question-phone');

  // What she is choosing stays chosen while the message changes under it.
  await anna.page.getByRole('radio', { name: 'The same' }).check();
  await line(eva.page).getByRole('button', { name: /^Like/ }).click();
  await line(anna.page).locator('.number').waitFor();
  assert.ok(await anna.page.getByRole('radio', { name: 'The same' }).isChecked());
  await line(anna.page).getByRole('button', { name: 'Answer' }).click();
  await line(anna.page).getByText('You: The same').waitFor();
  await line(eva.page).getByText('Anna de Boer: The same').waitFor();
  assert.equal(await line(anna.page).getByRole('radio').count(), 0, 'an answer is final');
  const own = line(anna.page).getByRole('listitem').filter({ hasText: 'your answer' });
  assert.match(await own.innerText(), /^The same/, 'and it is seen among the others');

  await line(anna.page).getByRole('button', { name: /^Like/ }).click();
  await line(eva.page).locator('.number', { hasText: '2' }).waitFor();
  await line(eva.page).getByRole('button', { name: /^Like/, pressed: true }).click();
  await line(anna.page).locator('.number', { hasText: '1' }).waitFor();
  await axe(eva.page);
  await screenshot(eva.page, 'question-answered-desk');
  assert.deepEqual([...anna.complaints, ...eva.complaints], []);
  await Promise.all([anna.context.close(), eva.context.close()]);
});

test('somebody who is asked proves who they are, and the clinic sees it arrive', async () => {
  const bram = await openWindowOf(browser, demo, 'bram', { ...phone, colorScheme: 'dark' });
  const eva = await openWindowOf(browser, demo, 'devries');
  const [bramId, evaId] = [demo.person('bram').id, demo.person('devries').id];
  await post(`conversations/${bramId}/verification`, { user_id: bramId, provider_id: 'sandbox' });
  await eva.page.goto(`${demo.url}/chats/with/${bramId}`);
  await eva.page.locator('#refresh').waitFor({ state: 'hidden' });
  await bram.page.goto(`${demo.url}/chats/with/${evaId}`);
  await axe(bram.page);
  await bram.page.getByRole('link', { name: 'Prove who you are' }).click();
  await bram.page.getByRole('heading', { level: 1, name: 'Prove who you are' }).waitFor();
  assert.ok(await isWithinWidth(bram.page), 'nothing is wider than the phone');
  await axe(bram.page);
  await screenshot(bram.page, 'verify-phone');
  await bram.page.getByRole('link', { name: 'Messages', exact: true }).click();
  await bram.page.locator('.line').last().waitFor();
  await bram.page.getByRole('link', { name: 'Prove who you are' }).click();
  await bram.page.getByRole('button', { name: 'Pass the details on' }).click();
  await bram.page.getByText('You proved who you are').waitFor();
  await eva.page.getByText('proved who they are').waitFor();
  await eva.page.getByText('31/01/1980').waitFor();
  assert.deepEqual([...bram.complaints, ...eva.complaints], []);
  await Promise.all([bram.context.close(), eva.context.close()]);
});

test('a like and an answer leave what somebody is writing where it is, and stop with the conversation', async () => {
  const bram = await openWindowOf(browser, demo, 'bram', phone);
  const eva = await openWindowOf(browser, demo, 'devries');
  const [bramId, evaId] = [demo.person('bram').id, demo.person('devries').id];
  const [liked, asked] = [
    await post(`conversations/${bramId}/messages`, { body: 'Your results are in.' }),
    await post(`conversations/${bramId}/messages`, {
      body: 'Shall I call?',
      question: { options: [{ name: 'yes', label: 'Yes, please' }, { name: 'no', label: 'No need' }] },
    }),
  ];
  await bram.page.goto(`${demo.url}/chats/with/${evaId}`);
  await bram.page.locator('#refresh').waitFor({ state: 'hidden' });
  await bram.page.evaluate(() => (globalThis.isSamePage = true));
  const field = bram.page.locator('form.write textarea');
  await field.fill('I am still thinking about');
  const file = { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('one\n') };
  await bram.page.locator('#files').setInputFiles(file);
  const line = (id) => bram.page.locator(`#m-${id}`);
  const heart = line(liked).getByRole('button', { name: /^Like/ });
  await heart.focus();
  await heart.press('Enter');
  await line(liked).getByRole('button', { name: /^Like/, pressed: true }).waitFor();
  const isFocused = (one) => one.contains(document.activeElement);
  assert.ok(await line(liked).evaluate(isFocused), 'the keyboard stays where it was');
  await line(asked).getByRole('radio', { name: 'Yes, please' }).check();
  await line(asked).getByRole('button', { name: 'Answer' }).press('Enter');
  await line(asked).getByText('You: Yes, please').waitFor();
  assert.ok(await line(asked).evaluate(isFocused), 'also when nothing is left to press');
  assert.ok(await bram.page.evaluate(() => globalThis.isSamePage), 'nothing was loaded anew');
  assert.equal(await field.inputValue(), 'I am still thinking about');
  assert.equal(await bram.page.locator('#files').evaluate((files) => files.files.length), 1, 'nor was the file lost');
  await axe(bram.page);

  await eva.page.goto(`${demo.url}/chats/with/${bramId}`);
  await openMenu(eva.page);
  const ending = eva.page.locator('details.ending', { has: eva.page.locator('form[action$="/close"]') });
  await ending.locator('summary').click();
  await ending.locator('button').click();
  await bram.page.locator('#stop').waitFor();
  assert.equal(await field.inputValue(), 'I am still thinking about');
  assert.ok(await heart.isDisabled(), 'what would be refused is not offered');
  assert.ok(await bram.page.locator('.send').isHidden(), 'nor are the other forms');
  await eva.page.locator('form[action$="/open"] button').click();
  await bram.page.locator('#stop').waitFor({ state: 'hidden' });
  await line(liked).locator('button.like:enabled').waitFor();
  assert.deepEqual([...bram.complaints, ...eva.complaints], []);
  await Promise.all([bram.context.close(), eva.context.close()]);
});

for (const [width, height, said_min] of [[360, 740, 400], [375, 667, 340]]) {
  test(`messages have the most of a window of ${width} by ${height}, and a question is seen whole`, async () => {
    const viewport = { width, height };
    const [bramId, evaId] = [demo.person('bram').id, demo.person('devries').id];
    const options = ['Better than yesterday', 'The same', 'Worse, and I would like somebody to call me today'];
    const question = { options: options.map((label, at) => ({ name: `${at}`, label })) };
    const id = await post(`conversations/${bramId}/messages`, { body: 'How much does it hurt when you walk?', question });
    const { page, context } = await openWindowOf(browser, demo, 'bram', { viewport });
    for (const locale of ['en', 'nl', 'de', 'fr']) {
      await context.addCookies([{ name: 'bedside-lang', value: locale, url: demo.url }]);
      await page.goto(`${demo.url}/chats/with/${evaId}`);
      await page.locator('#refresh').waitFor({ state: 'hidden' });
      const box = (selector) => page.locator(selector).boundingBox();
      const [said, asked, write, send] = await Promise.all(['#said', `#m-${id}`, '#write', '.send > button'].map(box));
      assert.ok(said.height >= said_min, `${locale}: ${said.height} pixels for messages`);
      assert.ok(asked.y >= said.y && asked.y + asked.height <= said.y + said.height, `${locale}: the question is cut`);
      for (const one of [write, send]) assert.ok(one.y + one.height <= height, `${locale}: one has to scroll to write`);
      const targets = `#m-${id} :is(button, label), .back a, .further > summary, .besides > summary, .send > button`;
      for (const one of await page.locator(targets).all()) {
        const target = await one.boundingBox();
        const size = `${Math.round(target.width)} by ${Math.round(target.height)}`;
        assert.ok(target.height >= 44 && target.width >= 44, `${locale}: ${await one.innerText()} has ${size}`);
      }
      await looksRight(page, `question-${width}-${locale}`);
      // Who comes to one message sees it, and with whom they are.
      await page.goto('about:blank');
      await page.goto(`${demo.url}/chats/with/${evaId}#m-${id}`);
      await page.waitForFunction(() => document.readyState === 'complete' && window.scrollY === 0);
      assert.ok((await box(`#m-${id}`)).y >= (await box('#said')).y, `${locale}: the message is above the others`);
    }
    await context.close();
  });
}

/** A question of Eva's to Bram, before his eyes: its line, his choice made, and the button. */
async function asked(page, body) {
  const [bramId, evaId] = [demo.person('bram').id, demo.person('devries').id];
  const options = [{ name: 'yes', label: 'Yes, please' }, { name: 'no', label: 'No need' }];
  const id = await post(`conversations/${bramId}/messages`, { body, question: { options } });
  await page.goto(`${demo.url}/chats/with/${evaId}`);
  const line = page.locator(`#m-${id}`);
  await line.getByRole('radio', { name: 'Yes, please' }).check();
  return { line, button: line.getByRole('button', { name: 'Answer' }) };
}

test('an answer that may not have arrived says so, and is sent again from where it stands', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'bram', phone);
  const { line, button } = await asked(page, 'Are you in the train?');
  await page.locator('form.write textarea').fill('In a tunnel');
  await context.setOffline(true);
  await button.click();
  await line.getByRole('alert').waitFor();
  assert.match(await line.getByRole('alert').innerText(), /may not have arrived/);
  assert.ok(await line.getByRole('radio', { name: 'Yes, please' }).isChecked());
  await looksRight(page, 'question-offline-phone');
  await line.getByRole('button', { name: /^Like/ }).click();
  await line.locator('.likes').getByRole('alert').waitFor();
  assert.equal(await line.getByRole('alert').count(), 1, 'the last one stands alone');
  await context.setOffline(false);
  await button.click();
  await line.getByText('You: Yes, please').waitFor();
  await line.getByRole('button', { name: /^Like/ }).click();
  await line.getByRole('button', { name: /^Like/, pressed: true }).waitFor();
  assert.equal(await line.getByRole('alert').count(), 0);
  assert.equal(await page.locator('form.write textarea').inputValue(), 'In a tunnel');
  await context.close();
});

test('who answers after their session has ended is led to sign in, and answers then', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'bram', phone);
  const { line, button } = await asked(page, 'Are you still there?');
  await context.clearCookies({ name: /bedside$/ });
  await button.click();
  await page.waitForURL(/\/login\?/);
  await signIn(demo, page, 'bram');
  await line.getByRole('radio', { name: 'No need' }).check();
  await button.click();
  await line.getByText('You: No need').waitFor();
  await context.close();
});

test('an answer that is refused is explained', async () => {
  const [here, there] = [await openWindowOf(browser, demo, 'bram', phone), await openWindowOf(browser, demo, 'bram')];
  // This window does not hear that he has answered in the other.
  await here.context.route('**/live', (route) => route.abort());
  const { line, button } = await asked(here.page, 'In which window?');
  const id = (await line.getAttribute('id')).slice('m-'.length);
  await there.page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  const other = there.page.locator(`#m-${id}`);
  await other.getByRole('radio', { name: 'No need' }).check();
  await other.getByRole('button', { name: 'Answer' }).click();
  await other.getByText('You: No need').waitFor();
  await button.click();
  await here.page.getByText('You have answered this already.').waitFor();
  await Promise.all([here.context.close(), there.context.close()]);
});

test('who is writing sees who likes a message, and is asked before a link leads them away', async () => {
  const { page, context, complaints } = await openWindowOf(browser, demo, 'bram', phone);
  const bramId = demo.person('bram').id;
  const id = await post(`conversations/${bramId}/messages`, { body: 'See you on Friday.' });
  await page.goto(`${demo.url}/chats/with/${demo.person('devries').id}`);
  const chat = page.url();
  const line = page.locator(`#m-${id}`);
  await line.getByRole('button', { name: /^Like/ }).click();
  const names = line.getByRole('link', { name: /^1 like: / });
  const field = page.locator('form.write textarea');
  await field.fill('I will bring');
  await names.click();
  await line.getByRole('listitem').filter({ hasText: 'Bram' }).waitFor();
  await looksRight(page, 'likes-in-place-phone');
  await names.click();
  assert.equal(await line.getByRole('listitem').count(), 0);

  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    return asked.length < 2 ? dialog.dismiss() : dialog.accept();
  });
  await openTools(page);
  await page.getByRole('link', { name: 'Ask a question' }).click();
  assert.equal(await field.inputValue(), 'I will bring');
  assert.equal(page.url(), chat);
  await page.getByRole('link', { name: 'Ask a question' }).click();
  await page.waitForURL(/\/ask$/);
  assert.match(asked.join(), /was not sent yet/);
  await page.goBack();
  await page.goto(chat);
  await names.click();
  await page.getByRole('listitem').filter({ hasText: 'Bram' }).waitFor();
  assert.match(page.url(), /\/likes$/, 'who writes nothing has a page of it');
  await page.locator('main .back a').click();
  await line.waitFor();
  assert.equal(asked.length, 2);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what is written while the network was away is there once it is back', async () => {
  const { page, context } = await openWindowOf(browser, demo, 'bram', phone);
  const [bramId, evaId] = [demo.person('bram').id, demo.person('devries').id];
  const before = await post(`conversations/${bramId}/messages`, { body: 'Before the tunnel' });
  await page.goto(`${demo.url}/chats/with/${evaId}`);
  await page.locator(`#m-${before}`).waitFor();
  await context.setOffline(true);
  const failed = page.waitForEvent('requestfailed');
  const meanwhile = await post(`conversations/${bramId}/messages`, { body: 'In the tunnel' });
  await failed;
  await context.setOffline(false);
  await page.locator(`#m-${meanwhile}`).getByText('In the tunnel').waitFor({ timeout: 10_000 });
  await context.close();
});
