// What every browser journey starts from: a clinic of its own, a browser, and a person who signs in.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.BEDSIDE_BIN ?? join(repository, 'target/debug/bedside');
const screenshots = join(repository, 'tests/output/screenshots');
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A debug binary makes a whole clinic and hashes its passwords within this.
const readyWithinMs = 60_000;
const stopsWithinMs = 15_000;

/** The clinic and the browser of all journeys in a file; they end with the last of them. */
export async function openClinic() {
  const demo = await startDemo();
  const browser = await openBrowser().catch(async (error) => {
    await demo.stop();
    throw error;
  });
  after(async () => {
    await browser.close();
    await demo.stop();
  });
  return { demo, browser };
}

/** A clinic in a folder of its own; `about` is the line that `bedside demo --json` prints. */
export async function startDemo(args = []) {
  const data = await mkdtemp(join(tmpdir(), 'bedside-journey-'));
  const server = spawn(binary, ['demo', '--json', '--listen', '127.0.0.1:0', '--data', data, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = keepTheEnd(server.stderr);
  try {
    const about = JSON.parse(await firstLine(server, log));
    return new Demo(server, data, about, log);
  } catch (error) {
    server.kill('SIGKILL');
    await rm(data, { recursive: true, force: true });
    throw error;
  }
}

class Demo {
  #server;

  constructor(server, data, about, log) {
    this.#server = server;
    this.data = data;
    this.about = about;
    this.url = about.url;
    this.log = log;
  }

  /** A demo person by key, as `anna`. */
  person(key) {
    return this.#named('people', key);
  }

  /** A demo client by key, as `messenger`. */
  client(key) {
    return this.#named('clients', key);
  }

  /** An access token for a person through a client, without a browser. */
  async token(person, { client = 'messenger', scope = 'read write' } = {}) {
    const where = ['--data', this.data, '--url', this.url];
    const whose = ['--person', this.person(person).email, '--client', client, '--scope', scope];
    const { stdout } = await promisify(execFile)(binary, ['token', ...where, ...whose]);
    return stdout.trim();
  }

  /** Stops the server and removes its folder; a server that ended before, or does not stop, is an error. */
  async stop() {
    const server = this.#server;
    const isRunning = server.exitCode === null && server.signalCode === null;
    let fault = isRunning ? undefined : `the server ended by itself (${server.exitCode ?? server.signalCode})`;
    if (isRunning) {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await within(stopsWithinMs, gone, `the server did not stop within ${stopsWithinMs} ms`).catch(async (error) => {
        fault = error.message;
        server.kill('SIGKILL');
        await gone;
      });
    }
    await rm(this.data, { recursive: true, force: true });
    if (fault) throw new Error(`${fault}\n${this.log()}`);
  }

  #named(kind, key) {
    const found = this.about[kind]?.find((one) => one.key === key);
    if (!found) throw new Error(`the demo has no ${kind} of the key ${key}`);
    return found;
  }
}

/** Debian's Chromium, or the one that CHROMIUM names; it speaks to nobody but our server. */
async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A window that shares nothing with another; what its page complains of is kept in `complaints`. */
export async function openWindow(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  leaveBeforeClosing(context);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return { context, page, complaints };
}

/** A window that is closed while a form of its page is on its way may never be closed: it leaves the page first. */
function leaveBeforeClosing(context) {
  const close = context.close.bind(context);
  const leave = async (page) => {
    // Where the form leads interrupts the first try, and where that leads perhaps the second.
    for (let tries = 0; tries < 5 && page.url() !== 'about:blank'; tries += 1) {
      await page.goto('about:blank').catch(() => undefined);
    }
  };
  context.close = async () => {
    await Promise.all(context.pages().map(leave));
    await close();
  };
}

/**
 * Signs a demo person in: from the page at hand when it is the sign-in page, from /login otherwise. They go on in the
 * language in which they found it.
 */
export async function signIn(demo, page, key) {
  const person = demo.person(key);
  const password = page.locator('input[type="password"]');
  if ((await password.count()) === 0) await page.goto(`${demo.url}/login`);
  const language = await page.locator('html').getAttribute('lang');
  const isChosen = (await page.context().cookies(demo.url)).some((cookie) => cookie.name === 'bedside-lang');
  if (!isChosen) await page.context().addCookies([{ name: 'bedside-lang', value: language, url: demo.url }]);
  const form = page.locator('form', { has: password });
  await form.locator('input[type="email"], input[type="text"]').first().fill(person.email);
  await password.fill(person.password);
  const [answer] = await Promise.all([page.waitForNavigation(), password.press('Enter')]);
  if (answer && answer.status() >= 400) throw new Error(`${key} could not sign in: ${answer.status()} at ${page.url()}`);
  if ((await password.count()) !== 0) throw new Error(`${key} could not sign in: still on ${page.url()}`);
  return person;
}

/** Opens the menu above a conversation. */
export async function openMenu(page) {
  await page.locator('details.further > summary').click();
}

/** Opens what can be sent besides words. */
export async function openTools(page) {
  await page.locator('details.besides > summary').click();
}

/** The window of somebody who has signed in. */
export async function openWindowOf(browser, demo, key, options) {
  const window = await openWindow(browser, options);
  await signIn(demo, window.page, key);
  return window;
}

/** Keeps what a person would see, under tests/output/screenshots. */
export async function screenshot(page, name) {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** Accessible, within its window, and kept as a picture. */
export async function looksRight(page, name) {
  await axe(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) throw new Error(`${name} is ${overflow} pixels wider than its window`);
  await screenshot(page, name);
}

/** Fails on anything that axe finds; the strict CSP holds, since the debugger and not the page brings axe in. */
export async function axe(page) {
  // A link that was followed just now may have led to half a page so far.
  await page.waitForLoadState('load');
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const lines = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
  if (lines.length > 0) throw new Error(`axe on ${page.url()}:\n${lines.join('\n')}`);
}

async function firstLine(server, log) {
  const line = new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', resolve);
    server.once('error', (error) => reject(new Error(`cannot start ${binary}: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`the server ended (${code}) before it was ready`)));
  });
  return within(readyWithinMs, line, `the server was not ready within ${readyWithinMs} ms`).catch((error) => {
    throw new Error(`${error.message}\n${log()}`);
  });
}

async function within(ms, promise, complaint) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function keepTheEnd(stream) {
  let kept = '';
  stream.setEncoding('utf8').on('data', (text) => {
    kept = (kept + text).slice(-20_000);
  });
  return () => kept;
}
