// Another organisation's application: registered by the operator's command, with an address of its own on this machine.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './harness.mjs';

const binary = process.env.BEDSIDE_BIN ?? join(repository, 'target/debug/bedside');

/** Registers an application with these options of `bedside client add`; its id, and its secret when it has one. */
export async function register(demo, name, options) {
  const where = ['--data', demo.data, '--url', demo.url, '--organisation', 'linde', '--json'];
  const { stdout } = await promisify(execFile)(binary, ['client', 'add', name, ...where, ...options]);
  return JSON.parse(stdout);
}

/** A web server that says what it was asked; `next` is the next request whose path begins so. */
export async function openCallback() {
  const [waiting, come] = [[], []];
  const settle = () => {
    for (const wish of [...waiting]) {
      const at = come.findIndex((request) => request.url.pathname.startsWith(wish.path));
      if (at < 0) continue;
      waiting.splice(waiting.indexOf(wish), 1);
      wish.resolve(come.splice(at, 1)[0]);
    }
  };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, origin());
    come.push({ method: request.method, url, form: new URLSearchParams(Buffer.concat(chunks).toString()) });
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><html lang="en"><title>The application</title><h1>Back at the application</h1></html>');
    settle();
  });
  const origin = () => `http://127.0.0.1:${server.address().port}`;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const next = (path) =>
    new Promise((resolve) => {
      waiting.push({ path, resolve });
      settle();
    });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: origin(), next, close };
}
