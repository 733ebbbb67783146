// Somebody who goes through our pages without a browser.

import assert from 'node:assert/strict';

/** As much of a browser as our pages need without a script: cookies, redirects, and one form on a page. */
export class Visitor {
  #cookies = new Map();
  #origin;

  /** Of the server at this address. */
  constructor(url) {
    this.#origin = new URL(url).origin;
  }

  async open(url, form) {
    const headers = { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    if (form) Object.assign(headers, { 'sec-fetch-site': 'same-origin', origin: this.#origin });
    const sent = { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual' };
    const answer = await fetch(url, sent);
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const next = location && new URL(location, url);
    if (!next) return { url: String(url), text: await answer.text() };
    return next.origin === this.#origin ? this.open(next) : { outward: next };
  }

  /** Fills in the form of a page, and goes where it leads. */
  async submit({ url, text }, filled) {
    const main = /<main[\s\S]*<\/main>/.exec(text)[0];
    const form = new URLSearchParams();
    for (const [tag] of main.matchAll(/<input[^>]*>/g)) {
      form.set(/ name="([^"]*)"/.exec(tag)[1], plain(/ value="([^"]*)"/.exec(tag)?.[1] ?? ''));
    }
    for (const [name, value] of Object.entries(filled)) form.set(name, value);
    return this.open(new URL(/ action="([^"]*)"/.exec(main)[1], url), form);
  }

  /** Signs in as somebody and allows what is asked, as far as either is asked for. */
  async allow(url, { email, password }) {
    let page = await this.open(url);
    if (page.text?.includes('name="password"')) page = await this.submit(page, { email, password });
    if (page.text?.includes('action="/consent"')) page = await this.submit(page, { answer: 'allow' });
    assert.ok(page.outward, `no way back from ${page.url}: ${page.text}`);
    return page.outward;
  }
}

function plain(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"' };
  const character = (_, name) => named[name] ?? String.fromCodePoint(Number(name.slice(1)));
  return text.replace(/&(#\d+|[a-z]+);/g, character);
}
