// The Postman collection, run as somebody who imports it would, against a clinic of its own.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import newman from 'newman';
import { repository, startDemo } from './harness.mjs';

const openapi = (name) => readFile(join(repository, 'openapi', name), 'utf8').then(JSON.parse);

let demo;

before(async () => {
  demo = await startDemo();
});

after(async () => {
  await demo?.stop();
});

test('every request of the collection is answered as its tests say', async () => {
  const collection = await openapi('kpn.postman_collection.json');
  const environment = await openapi('kpn.postman_environment.json');
  const ours = { base_url: demo.url, access_token: await demo.token('anna') };
  for (const key of Object.keys(ours)) {
    assert.ok(environment.values.some((value) => value.key === key), `the environment has no ${key}`);
  }
  const envVar = Object.entries(ours).map(([key, value]) => ({ key, value }));
  const options = { collection, environment, envVar, reporters: 'cli', color: 'off', timeoutRequest: 10_000 };
  const { run, answers } = await runNewman(options);

  assert.ok(run.stats.requests.total > 0, 'the collection made no request');
  assert.deepEqual(run.failures.map(({ source, error }) => `${source?.name}: ${error.message}`), []);
  for (const { name, code, isTested } of answers) {
    assert.ok(isTested || code < 400, `${name} was answered ${code} and has no test that expects it`);
  }
});

function runNewman(options) {
  const answers = [];
  return new Promise((resolve, reject) => {
    const done = (error, summary) => (error ? reject(error) : resolve({ run: summary.run, answers }));
    newman.run(options, done).on('request', (error, { item, response }) => {
      if (!error) answers.push({ name: item.name, code: response.code, isTested: item.events.all().some((event) => event.listen === 'test') });
    });
  });
}
