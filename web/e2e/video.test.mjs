// The way into a video visit: its link opens in the browser that used it first, and in no other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow } from './harness.mjs';
import { command, noScript, phone } from './identity.mjs';

const { demo, browser } = await openClinic();
const scope = 'profile_read appointment_read';

/** A video visit of Anna's that begins in a few minutes, booked by the desk: the address of a link into it. */
async function link() {
  const minute = 60_000;
  const start = new Date((Math.floor(Date.now() / minute) + 6) * minute).toISOString();
  const create = ['booking', 'appointment', 'create', '--organisation', 'linde', '--type', '199', '--overbook'];
  await command(demo, [...create, '--patient', demo.person('anna').email, '--start', start]);
  const token = await demo.token('anna', { client: 'portal', scope });
  const call = async (method, path) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${demo.url}/api/v1/${path}`, { method, headers });
    const said = await answer.json();
    assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(said)}`);
    return said.data;
  };
  const visits = (await call('GET', 'appointments?status=upcoming')).filter((one) => one.is_video_consultation);
  return (await call('POST', `appointments/${visits[0].id}/video_consultation`)).url;
}

test('a link into a video visit opens in one browser', { timeout: 180_000 }, async () => {
  const url = await link();
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
  // Where no script runs axe cannot look either: it looks in a browser of its own.
  const third = await openWindow(browser, { ...phone, locale: 'en-GB' });
  await third.page.goto(`${url}?lang=en`);
  await third.page.getByText('already used in another browser').waitFor();
  await looksRight(third.page, 'video-used-phone');
  // One that never was says no more, and no less, than one whose visit was moved or cancelled.
  await third.page.goto(`${new URL('/video/none', url)}?lang=en`);
  await third.page.getByText('Please open your appointment again').waitFor();
  await looksRight(third.page, 'video-nowhere-phone');
  assert.deepEqual(hers.complaints, []);
  await Promise.all([hers, other, third].map(({ context }) => context.close()));
});
