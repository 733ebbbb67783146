// What a practice's patients find in their mail: letters that a real server hands to a real mail server, each in a process of
// its own, read by libraries that are not ours.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ICAL from 'ical.js';
import { simpleParser } from 'mailparser';
import { repository } from './harness.mjs';
import { Visitor } from './visitor.mjs';

const binary = process.env.BEDSIDE_BIN ?? join(repository, 'target/debug/bedside');
const callback = 'http://127.0.0.1:9/callback';
const what = 'appointment_category_id=53&appointment_type_id=198&insurance_id=136';
// What the practice calls it, which is nobody else's business.
const secret = 'Colonoscopy';
const oneClick = 'List-Unsubscribe-Post: List-Unsubscribe=One-Click';
const soonMs = 60_000;

const folder = await mkdtemp(join(tmpdir(), 'bedside-mail-'));
const env = { ...process.env, BEDSIDE_KEYS__MASTER_KEY_FILE: join(folder, 'master.key') };
const running = [];
after(async () => {
  for (const one of running.reverse()) {
    const gone = once(one, 'exit');
    one.kill('SIGTERM');
    await gone;
  }
  await rm(folder, { recursive: true, force: true });
});

function start(program, args) {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

const post = await openPost();
const url = await openServer(post.port);
await openPractice();

/** The mail server; `next` is the next mail to somebody, as its reader has it. */
async function openPost() {
  const child = start(process.execPath, [fileURLToPath(new URL('mail-server.mjs', import.meta.url))]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => JSON.parse((await lines.next()).value);
  const { port } = await line();
  const come = [];
  const next = async (to) => {
    for (;;) {
      const at = come.findIndex((mail) => mail.to.join() === to);
      if (at >= 0) return simpleParser(Buffer.from(come.splice(at, 1)[0].raw, 'base64'));
      come.push(await line());
    }
  };
  return { port, next };
}

/** The server, whose mail goes there. */
async function openServer(port) {
  const set = Object.entries({
    'mail.smtp_url': `smtp://127.0.0.1:${port}`,
    'mail.from': 'De Linde <post@linde.example>',
    'log.format': 'json',
    'server.metrics_listen': '127.0.0.1:0',
  });
  const sets = set.flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const child = start(binary, ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', ...sets]);
  for await (const text of createInterface({ input: child.stderr })) {
    const line = JSON.parse(text);
    if (line.message?.includes('the server is ready') || text.includes('the server is ready')) return line.url;
  }
  throw new Error('the server ended before it was ready');
}

async function command(...words) {
  const where = ['--data', join(folder, 'data'), '--json'];
  const { stdout } = await promisify(execFile)(binary, [...words, ...where], { env });
  return JSON.parse(stdout);
}

/** A practice that is no sandbox, with one doctor and a waiting list. */
async function openPractice() {
  await command('organisation', 'add', 'linde', '--name', 'Praktijk De Linde');
  const booking = (...words) => command('booking', ...words, '--organisation', 'linde');
  await booking('institution', 'add', 'De Linde', '--quiet-from', '00:00', '--quiet-until', '00:00');
  await booking('resource', 'add', 'Dr. de Vries');
  await booking('hours', 'set', 'Dr. de Vries', '--at', '1-7=08:00-18:00');
  await booking('insurance', 'add', 'Zilveren Kruis', '--number', '136', '--kind', 'statutory');
  await booking('category', 'add', 'Dr. de Vries', '--number', '53');
  const type = ['--category', '53', '--number', '198', '--minutes', '30', '--needs', 'Dr. de Vries', '--asap', 'true'];
  await booking('type', 'add', secret, ...type, '--asap-debounce', '0', '--cancel', '0', '--reschedule', '0');
}

/** A patient, and the portal's API as an application calls it for them. */
async function patient(firstName) {
  const email = `${firstName.toLowerCase()}@example.test`;
  const named = ['--first-name', firstName, '--last-name', 'de Boer', '--email', email, '--language', 'en'];
  const { password } = await command('person', 'add', '--organisation', 'linde', '--role', 'patient', ...named);
  const token = await tokenOf({ email, password });
  const call = async (method, path, fields) => {
    const headers = { authorization: `Bearer ${token}` };
    const body = fields && new URLSearchParams(fields);
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body });
    const json = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(json));
    return json;
  };
  const offered = async (path) => (await call('GET', path)).data.map((one) => one.id);
  return { email, call, offered };
}

let application;
async function tokenOf(person) {
  const scopes = 'profile_read appointment_read appointment_write';
  const wanted = ['--dialect', 'portal', '--scopes', scopes, '--redirect-uri', callback, '--trusted'];
  application ??= await command('client', 'add', 'Portal', '--organisation', 'linde', ...wanted);
  const { client_id: id, client_secret: clientSecret } = application;
  const asked = { response_type: 'code', client_id: id, redirect_uri: callback, scope: scopes, state: '1' };
  const back = await new Visitor(url).allow(`${url}/oauth/authorize?${new URLSearchParams(asked)}`, person);
  const form = { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: callback };
  const authorization = `Basic ${Buffer.from(`${id}:${clientSecret}`).toString('base64')}`;
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  });
  return (await answer.json()).access_token;
}

/** The calendar in a mail, as a calendar program reads it: beside the words, and once more as a file. */
function calendarIn(mail) {
  const found = mail.attachments.filter(({ contentType }) => contentType === 'text/calendar');
  assert.deepEqual(found.map(({ filename }) => filename), [undefined, 'appointment.ics']);
  const [{ headers, content }, file] = found;
  assert.deepEqual(file.content, content);
  assert.equal(file.headers.get('content-type').params.method, headers.get('content-type').params.method);
  const calendar = new ICAL.Component(ICAL.parse(content.toString('utf8')));
  const events = calendar.getAllSubcomponents('vevent');
  assert.equal(events.length, 1);
  const event = new ICAL.Event(events[0]);
  return {
    mime: headers.get('content-type').params.method,
    method: calendar.getFirstPropertyValue('method'),
    status: events[0].getFirstPropertyValue('status'),
    start: event.startDate.toJSDate().getTime(),
    uid: event.uid,
    sequence: event.sequence,
    summary: event.summary,
  };
}

/** Nothing of a mail that strangers see over a shoulder says what the appointment is for. */
function isDiscreet(mail) {
  const seen = [mail.subject, mail.text, mail.html || '', ...mail.attachments.map(({ content }) => content.toString())];
  for (const text of seen) assert.ok(!text.includes(secret), text);
}

test('a calendar follows an appointment through booking, moving and cancelling', { timeout: soonMs }, async () => {
  const anna = await patient('Anna');
  const offers = await anna.offered(`/availabilities?${what}`);
  const { data } = await anna.call('POST', '/booking', { availability_id: offers.at(-1) });
  const startsAt = async () => Date.parse((await anna.call('GET', `/appointments/${data.id}`)).data.starts_at);

  const booked = await post.next(anna.email);
  isDiscreet(booked);
  const first = calendarIn(booked);
  assert.equal(first.mime, first.method, 'the mail says what the calendar says');
  assert.equal(first.start, await startsAt());
  assert.ok(first.uid.includes(data.id));

  const times = await anna.offered(`/appointments/${data.id}/availabilities`);
  await anna.call('POST', `/appointments/${data.id}/reschedule`, { availability_id: times.at(-9) });
  const moved = await post.next(anna.email);
  isDiscreet(moved);
  const second = calendarIn(moved);
  assert.equal(second.mime, second.method);
  assert.deepEqual([second.uid, second.start], [first.uid, await startsAt()]);
  assert.ok(second.sequence > first.sequence, `${second.sequence} after ${first.sequence}`);

  await anna.call('POST', `/appointments/${data.id}/cancel`);
  const cancelled = await post.next(anna.email);
  isDiscreet(cancelled);
  const last = calendarIn(cancelled);
  assert.deepEqual([last.mime, last.method, last.status, last.uid], ['CANCEL', 'CANCEL', 'CANCELLED', first.uid]);
  assert.ok(last.sequence > second.sequence, `${last.sequence} after ${second.sequence}`);
});

test('a letter of the waiting list can be left by one click, and its link is pressed', { timeout: soonMs }, async () => {
  const [bram, eva] = [await patient('Bram'), await patient('Eva')];
  const early = await bram.offered(`/availabilities?${what}`);
  const given = await bram.call('POST', '/booking', { availability_id: early[60] });
  await post.next(bram.email);
  const late = await eva.offered(`/availabilities?${what}`);
  const { data } = await eva.call('POST', '/booking', { availability_id: late.at(-1) });
  const first = calendarIn(await post.next(eva.email));
  await eva.call('PUT', `/appointments/${data.id}/asap_list`, { email: eva.email });
  await bram.call('POST', `/appointments/${given.data.id}/cancel`);

  const letter = await post.next(eva.email);
  isDiscreet(letter);
  const list = letter.headers.get('list');
  assert.match(list.unsubscribe.url, new RegExp(`^${url}/earlier/stop/`));
  assert.equal(letter.headerLines.find(({ key }) => key === 'list-unsubscribe-post').line, oneClick);
  const [link] = letter.text.match(new RegExp(`${url}/earlier/(?!stop/)[\\w-]+`));

  const visitor = new Visitor(url);
  const page = await visitor.open(link);
  assert.match((await visitor.submit(page, { answer: 'accept' })).text, /You come earlier/);
  const told = await post.next(eva.email);
  isDiscreet(told);
  const second = calendarIn(told);
  assert.equal(second.uid, first.uid);
  assert.ok(second.start < first.start && second.sequence > first.sequence);
  const { data: ahead } = await eva.call('GET', '/appointments?status=upcoming');
  assert.deepEqual(ahead.map(({ id }) => id), [data.id]);

  // The button of a mail program, which brings no cookie and opens no page.
  const form = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  assert.equal((await fetch(list.unsubscribe.url, { method: 'POST', body: form })).status, 200);
  const shown = await eva.call('GET', `/appointments/${data.id}`);
  assert.equal(shown.data.asap_list.subscribed, false);
});
