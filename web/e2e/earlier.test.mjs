// A time becomes free, and two patients on the waiting list are written to. Both want it: one has it, and the other reads
// that their appointment is as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksRight, openClinic, openWindow } from './harness.mjs';
import { command, desk, noScript, phone } from './identity.mjs';

const { demo, browser } = await openClinic();
const scope = 'profile_read appointment_read appointment_write';
const type = 'appointment_category_id=53&appointment_type_id=198&insurance_id=136';

/** What a patient does through an application: of the portal's API. */
async function patient(key) {
  const token = await demo.token(key, { client: 'portal', scope });
  const call = async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${demo.url}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    const said = await answer.json();
    assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(said)}`);
    return said.data;
  };
  return {
    email: demo.person(key).email,
    times: () => call('GET', `availabilities?${type}`),
    book: async (time) => (await call('POST', 'booking', { availability_id: time.id })).id,
    wait: (id, email = demo.person(key).email) => call('PUT', `appointments/${id}/asap_list`, { email }),
    cancel: (id) => call('POST', `appointments/${id}/cancel`, {}),
    timesToMove: (id) => call('GET', `appointments/${id}/availabilities`),
    move: (id, time) => call('POST', `appointments/${id}/reschedule`, { availability_id: time.id }),
    upcoming: () => call('GET', 'appointments?status=upcoming'),
  };
}

const seen = new Set();

async function lettersTo(email) {
  return (await fetch(`${demo.url}/sandbox/inbox?format=json&to=${encodeURIComponent(email)}`)).json();
}

/** The letter that offers something earlier, or another of this kind, once it is there. */
async function letterTo(email, kind = 'asap') {
  for (let tries = 0; tries < 300; tries += 1) {
    const letter = (await lettersTo(email)).find((one) => one.kind === kind && !seen.has(one.id));
    if (letter) {
      seen.add(letter.id);
      return letter;
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error(`no letter of ${kind} to ${email}`);
}

const linkIn = (letter) => letter.links.find((link) => new URL(link).pathname.startsWith('/earlier/'));

/** Chris books a time, the others later ones, and Chris cancels: the letters of the others. */
async function lettersAbout(place) {
  const [chris, anna, bram] = await Promise.all(['chris', 'anna', 'bram'].map(patient));
  const times = await chris.times();
  // Some days ahead, so that nothing of it is too near.
  const [early, late, latest] = [times[20 + place], times[40 + place], times[41 + place]];
  const freed = await chris.book(early);
  for (const [who, time] of [[anna, late], [bram, latest]]) {
    const own = await who.times();
    const id = await who.book(own.find((one) => one.starts_at === time.starts_at));
    await who.wait(id);
  }
  await chris.cancel(freed);
  return { early, anna, bram, letters: await Promise.all([letterTo(anna.email), letterTo(bram.email)]) };
}

test('two want the same earlier time: one has it, and nobody loses anything', { timeout: 420_000 }, async () => {
  const { early, anna, bram, letters } = await lettersAbout(0);
  const windows = await Promise.all(
    [{ ...phone, locale: 'en-GB' }, { ...desk, ...noScript, locale: 'en-GB' }].map((options) =>
      openWindow(browser, options),
    ),
  );
  const pages = windows.map(({ page }) => page);
  for (const [at, page] of pages.entries()) {
    await page.goto(`${linkIn(letters[at])}?lang=en`);
    await page.getByRole('heading', { level: 1, name: 'Would you like to come earlier?' }).waitFor();
  }
  await looksRight(pages[0], 'earlier-choice-phone');
  await Promise.all(pages.map((page) => page.getByRole('button', { name: /^Yes/ }).click()));
  const titles = await Promise.all(pages.map(async (page) => {
    await page.getByRole('heading', { level: 1, name: /You come earlier|already taken/ }).waitFor();
    return page.getByRole('heading', { level: 1 }).innerText();
  }));
  assert.deepEqual([...titles].sort(), ['The earlier time is already taken', 'You come earlier']);
  const winner = titles.indexOf('You come earlier');
  await looksRight(pages[0], winner === 0 ? 'earlier-accepted-phone' : 'earlier-taken-phone');
  const comes = await Promise.all([anna, bram].map(async (who) => (await who.upcoming()).map((one) => one.starts_at)));
  assert.equal(comes[winner].filter((start) => start === early.starts_at).length, 1);
  assert.equal(comes[1 - winner].filter((start) => start === early.starts_at).length, 0);
  assert.deepEqual(comes.map((starts) => starts.length), [1, 1], 'exactly one appointment each');
  assert.deepEqual(windows[0].complaints, []);
  await Promise.all(windows.map(({ context }) => context.close()));
});

test('by the keyboard somebody says that they want no more letters', { timeout: 420_000 }, async () => {
  const url = `${demo.url}/sandbox/inbox?format=json`;
  const letters = await (await fetch(url)).json();
  const stop = letters.find((one) => one.kind === 'asap').links.find((link) => link.includes('/earlier/stop/'));
  const { page, context, complaints } = await openWindow(browser, { ...phone, locale: 'nl-NL' });
  await page.goto(`${stop}?lang=nl`);
  await page.getByRole('heading', { level: 1, name: 'E-mails stoppen?' }).waitFor();
  await looksRight(page, 'earlier-stop-phone');
  await page.getByRole('button', { name: 'E-mails stoppen' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'De e-mails zijn gestopt' }).waitFor();
  await looksRight(page, 'earlier-stopped-phone');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('where the practice says yes first, the link says at each time how it stands', { timeout: 420_000 }, async () => {
  const [chris, anna] = await Promise.all(['chris', 'anna'].map(patient));
  const times = await chris.times();
  const [early, late] = [times[90], times[120]];
  const id = await chris.book(late);
  await chris.wait(id);
  const freed = await anna.book((await anna.times()).find((one) => one.starts_at === early.starts_at));
  const practice = (...words) => command(demo, ['booking', ...words, '--organisation', 'linde']);
  await practice('type', 'change', '198', '--needs-confirmation', 'true');
  await anna.cancel(freed);
  const link = `${linkIn(await letterTo(chris.email))}?lang=nl`;
  const { page, context, complaints } = await openWindow(browser, { ...phone, locale: 'nl-NL' });
  const shows = async (name, picture) => {
    await page.goto(link);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await looksRight(page, picture);
  };
  await shows('Wilt u eerder komen?', 'earlier-choice-to-confirm-phone');
  await practice('downtime', 'begin');
  await shows('Eerder komen kan nu even niet', 'earlier-on-paper-phone');
  assert.equal(await page.getByRole('button', { name: /^Ja/ }).count(), 0);
  await practice('downtime', 'end');
  await shows('Wilt u eerder komen?', 'earlier-choice-to-confirm-phone');
  await page.getByRole('button', { name: /^Ja/ }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'De praktijk bevestigt de eerdere tijd nog' }).waitFor();
  await page.getByText('U hebt gevraagd om').waitFor();
  await looksRight(page, 'earlier-requested-phone');
  await chris.cancel(id);
  await shows('Uw afspraak is afgezegd', 'earlier-cancelled-phone');
  await practice('type', 'change', '198', '--needs-confirmation', 'false');
  assert.deepEqual(complaints, []);
  await context.close();
});

/** How a page says in English when something begins. */
function said(starts_at) {
  const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' };
  const format = new Intl.DateTimeFormat('en-GB', { ...options, hourCycle: 'h23', timeZone: 'Europe/Amsterdam' });
  const parts = Object.fromEntries(format.formatToParts(new Date(starts_at)).map(({ type, value }) => [type, value]));
  const time = `${Number(parts.hour)}:${parts.minute}`;
  return `${parts.weekday} ${parts.day} ${parts.month} ${parts.year} at ${time} (Amsterdam time)`;
}

test('whose appointment was moved since reads when it is now', { timeout: 420_000 }, async () => {
  const [chris, anna] = await Promise.all(['chris', 'anna'].map(patient));
  const times = await chris.times();
  const [early, late] = [times[92], times[122]];
  for (const { id: old } of await lettersTo(chris.email)) seen.add(old);
  const id = await chris.book(late);
  await chris.wait(id);
  const freed = await anna.book((await anna.times()).find((one) => one.starts_at === early.starts_at));
  await anna.cancel(freed);
  const link = `${linkIn(await letterTo(chris.email))}?lang=en`;
  const later = (await chris.timesToMove(id)).find((one) => one.starts_at > late.starts_at);
  await chris.move(id, later);
  for (const [options, name] of [[phone, 'phone'], [desk, 'desk']]) {
    const { page, context, complaints } = await openWindow(browser, { ...options, locale: 'en-GB' });
    await page.goto(link);
    await page.getByRole('heading', { level: 1, name: 'Your appointment has been moved since' }).waitFor();
    await page.getByText('Your appointment is now').waitFor();
    await page.getByText(said(later.starts_at)).waitFor();
    assert.equal(await page.getByText(said(early.starts_at)).count(), 0, 'nobody comes at a time that is over');
    assert.equal(await page.locator('main button').count(), 0, 'there is nothing to choose');
    await looksRight(page, `earlier-moved-${name}`);
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('somebody confirms that another address is theirs', { timeout: 180_000 }, async () => {
  const chris = await patient('chris');
  const other = 'chris.thuis@example.test';
  const id = await chris.book((await chris.times())[130]);
  await chris.wait(id, other);
  const letter = await letterTo(other, 'asap_confirm');
  const link = letter.links.find((one) => one.includes('/earlier/confirm/'));
  const { page, context, complaints } = await openWindow(browser, { ...phone, locale: 'nl-NL' });
  await page.goto(`${link}?lang=nl`);
  await page.getByRole('heading', { level: 1, name: 'E-mailadres bevestigen?' }).waitFor();
  await looksRight(page, 'earlier-confirm-phone');
  await page.getByRole('button', { name: 'Bevestigen' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'E-mailadres bevestigd' }).waitFor();
  await looksRight(page, 'earlier-confirmed-phone');
  assert.deepEqual(complaints, []);
  await context.close();
});
