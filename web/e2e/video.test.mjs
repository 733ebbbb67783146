// The way into a video visit: its link opens in the browser that used it first, and in no other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow } from './harness.mjs';
import { command, desk, noScript, phone } from './identity.mjs';

const { demo, browser } = await openClinic();
const scope = 'profile_read appointment_read';

/** What the operator does with appointments at De Linde. */
const appointment = (...words) => command(demo, ['booking', 'appointment', ...words, '--organisation', 'linde']);

/** A video visit of Anna's that begins in a few minutes, booked by the desk: its id, and the address of a link into it. */
async function visit() {
  const minute = 60_000;
  const start = new Date((Math.floor(Date.now() / minute) + 6) * minute).toISOString();
  const patient = demo.person('anna').email;
  const { id } = await appointment('create', '--type', '199', '--overbook', '--patient', patient, '--start', start);
  const token = await demo.token('anna', { client: 'portal', scope });
  const call = async (method, path) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${demo.url}/api/v1/${path}`, { method, headers });
    const said = await answer.json();
    assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(said)}`);
    return said.data;
  };
  const visits = (await call('GET', 'appointments?status=upcoming')).filter((one) => one.is_video_consultation);
  const { url } = await call('POST', `appointments/${visits[0].id}/video_consultation`);
  return { id, url };
}

/** On a telephone and at a desk a link opens nothing, and says so with this, and nothing of a visit. */
async function opensNothing(url, text, picture) {
  for (const [options, name] of [[phone, 'phone'], [desk, 'desk']]) {
    const { page, context } = await openWindow(browser, { ...options, locale: 'en-GB' });
    await page.goto(`${url}?lang=en`);
    await page.getByText(text).waitFor();
    await page.getByText('Please open your appointment again for a new link').waitFor();
    assert.equal(await page.getByText('De Linde').count(), 0);
    assert.equal(await page.locator('main button').count(), 0, 'there is nothing to press');
    await looksRight(page, `${picture}-${name}`);
    await context.close();
  }
}

test('a link into a video visit opens in one browser', { timeout: 180_000 }, async () => {
  const { id, url } = await visit();
  const [hers, other] = await Promise.all([phone, noScript].map((options) =>
    openWindow(browser, { ...options, locale: 'en-GB' }),
  ));
  for (const { page } of [hers, other]) {
    await page.goto(`${url}?lang=en`);
    await page.getByRole('button', { name: 'Join' }).waitFor();
  }
  await looksRight(hers.page, 'video-join-phone');
  await hers.page.getByRole('button', { name: 'Join' }).press('Enter');
  await hers.page.getByText('We know of your video consultation.').waitFor();
  await looksRight(hers.page, 'video-joined-phone');
  await other.page.getByRole('button', { name: 'Join' }).click();
  await other.page.getByText('already used in another browser').waitFor();
  assert.equal(await other.page.getByText('De Linde').count(), 0);
  // Where no script runs axe cannot look either: it looks in browsers of its own.
  await opensNothing(url, 'already used in another browser', 'video-used');
  // One that never was says no more, and no less, than one whose visit was cancelled.
  await opensNothing(new URL('/video/none', url), 'This link does not work', 'video-nowhere');
  assert.deepEqual(hers.complaints, []);
  await appointment('cancel', id);
  await hers.page.reload();
  await hers.page.getByText('Please open your appointment again').waitFor();
  assert.equal(await hers.page.getByText('De Linde').count(), 0, 'also where it was open');
  await opensNothing(url, 'This link does not work', 'video-cancelled');
  await Promise.all([hers, other].map(({ context }) => context.close()));
});
