// Has the browser make or use a passkey at the press of a button, which is there only where this script is and the
// browser knows passkeys. The button stands in a form, whose fields go along.

// At a bare IP address no browser has passkeys.
const isKnown = 'PublicKeyCredential' in globalThis && !/^[\d.]+$|\[/.test(location.hostname);

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));

function toText(buffer) {
  if (!buffer) return undefined;
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

/** What the server asked, with bytes where its JSON has text. */
function asked({ publicKey }) {
  const asks = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (asks.user) asks.user = { ...asks.user, id: toBytes(asks.user.id) };
  if (asks.excludeCredentials) asks.excludeCredentials = withBytes(asks.excludeCredentials);
  if (asks.allowCredentials) asks.allowCredentials = withBytes(asks.allowCredentials);
  return { publicKey: asks };
}

/** What the browser answered, with text where it has bytes. */
function answered({ id, rawId, type, response }) {
  const names = ['attestationObject', 'authenticatorData', 'clientDataJSON', 'signature', 'userHandle'];
  const parts = names.map((name) => [name, toText(response[name])]).filter(([, text]) => text);
  const transports = response.getTransports?.();
  const all = { ...Object.fromEntries(parts), ...(transports && { transports }) };
  return JSON.stringify({ id, rawId: toText(rawId), type, extensions: {}, response: all });
}

/** The fields of a button's form, but for secrets that a passkey stands in for. */
function fieldsOf(form) {
  const fields = new URLSearchParams(new FormData(form));
  for (const input of form.querySelectorAll('input[type="password"], input[type="email"]')) fields.delete(input.name);
  return fields;
}

function send(path, fields) {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: path, hidden: true });
  for (const [name, value] of fields) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  }
  document.body.append(form);
  form.submit();
}

/** Whether a form says what it must, but for a password: a device is not troubled for nothing. */
function isFilledIn(form) {
  const must = [...form.querySelectorAll('input:required')].filter((input) => input.type !== 'password');
  return must.every((input) => input.reportValidity());
}

async function use(button) {
  const { passkey, begin, finish } = button.dataset;
  const fields = fieldsOf(button.form);
  const answer = await fetch(begin, { method: 'POST', body: fields });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { question, options } = await answer.json();
  const credential = await navigator.credentials[passkey](asked(options));
  fields.set('question', question);
  fields.set('answer', answered(credential));
  send(finish, fields);
}

for (const without of document.querySelectorAll('[data-without-passkeys]')) without.hidden = isKnown;
for (const beside of document.querySelectorAll('[data-with-passkeys]')) beside.hidden = !isKnown;
for (const button of document.querySelectorAll('button[data-passkey]')) {
  const trouble = document.getElementById(button.dataset.trouble);
  button.hidden = !isKnown;
  button.addEventListener('click', async () => {
    if (button.dataset.passkey === 'create' && !isFilledIn(button.form)) return;
    trouble.textContent = '';
    trouble.hidden = true;
    button.disabled = true;
    try {
      await use(button);
    } catch {
      trouble.setAttribute('role', 'alert');
      trouble.hidden = false;
      trouble.textContent = button.dataset.failed;
      button.focus();
    } finally {
      button.disabled = false;
    }
  });
}
