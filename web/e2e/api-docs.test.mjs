// A developer reads about the API, gives access, and tries calls, all on the server's own page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, openClinic, openWindow, screenshot } from './harness.mjs';

const { demo, browser } = await openClinic();

async function tryCall(page, id) {
  const call = page.locator(`[id$="-${id}"]`);
  await call.locator('.opblock-summary-control').click();
  await call.getByRole('button', { name: 'Try it out' }).click();
  await call.getByRole('button', { name: 'Execute' }).click();
  const answer = call.locator('.live-responses-table .response-col_status').last();
  await answer.waitFor();
  return { call, status: (await answer.innerText()).trim() };
}

test('Authorize leads through sign-in and consent, and then every call can be tried', async () => {
  const { page, context, complaints } = await openWindow(browser);
  const foreign = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== demo.url) foreign.push(url.href);
  });
  await page.goto(`${demo.url}/api-docs`);
  await page.locator('.opblock').first().waitFor();
  await axe(page);
  await screenshot(page, 'api-docs-desk');

  await page.getByRole('button', { name: 'Authorize' }).first().click();
  await screenshot(page, 'api-docs-authorize');
  const dialog = page.locator('.modal-ux');
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    dialog.locator('button.authorize').click(),
  ]);
  await popup.waitForURL(/\/login/);
  const person = demo.person('devries');
  await popup.locator('input[type="email"]').fill(person.email);
  await popup.locator('input[type="password"]').fill(person.password);
  await popup.locator('input[type="password"]').press('Enter');
  await popup.waitForURL(/\/consent/);
  await Promise.all([popup.waitForEvent('close'), popup.locator('button[value="allow"]').click()]);
  await dialog.getByText('Logout').waitFor();
  await dialog.locator('button.btn-done').click();

  const { call, status } = await tryCall(page, 'getMe');
  assert.equal(status, '200');
  assert.match(await call.locator('.live-responses-table').innerText(), /devries@demo\.test|Vries/);
  await screenshot(page, 'api-docs-tried');

  const upload = page.locator('[id$="-uploadConversationFiles"]');
  await upload.locator('.opblock-summary-control').click();
  await upload.getByRole('button', { name: 'Try it out' }).click();
  await upload.locator('tr[data-param-name="id"] input').fill(demo.person('anna').id);
  const buffer = Buffer.from('Sent from the API page.\n');
  await upload.locator('input[type="file"]').setInputFiles({ name: 'hello.txt', mimeType: 'text/plain', buffer });
  await upload.getByRole('textbox', { name: 'message' }).fill('With a file.');
  await upload.getByRole('button', { name: 'Execute' }).click();
  const answer = upload.locator('.live-responses-table .response-col_status').last();
  await answer.waitFor();
  assert.equal((await answer.innerText()).trim(), '201');
  assert.deepEqual(foreign, [], 'nothing comes from another network');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the documents can be downloaded, and a phone shows them too', async () => {
  const { page, context } = await openWindow(browser, { viewport: { width: 390, height: 844 } });
  await page.goto(`${demo.url}/api-docs`);
  for (const name of ['OpenAPI document', 'Postman collection', 'Postman environment']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    assert.match(download.suggestedFilename(), /^kpn\..*json$/);
  }
  await page.locator('.opblock').first().waitFor();
  await screenshot(page, 'api-docs-phone');
  assert.equal((await context.request.get(`${demo.url}/api-docs/kpn.json`)).status(), 200);
  assert.equal((await context.request.get(`${demo.url}/api-docs/../Cargo.toml`)).status(), 404);
  assert.equal((await context.request.get(`${demo.url}/api-docs/..%2f..%2fpackage.json`)).status(), 404);
  await context.close();
});
