// Nobody loses what they filled in because their session ended or the network was away: a form goes out once it is
// known that it can arrive, and until then it stays as it is. Without this script the server says what was not sent.

const frame = document.getElementById('keeping');
const { me, here } = frame.dataset;

/** A question whether one is still signed in that takes longer than this found no network. */
const ANSWERS_WITHIN_MS = 10_000;
/** What is kept in this tab stands under this and the path of its page. */
const KEPT = 'kept ';
const place = KEPT + new URL(here, window.location).pathname;
const signIn = `/login?return=${encodeURIComponent(here)}`;

/** What somebody fills in by hand; passwords are nobody's to keep. */
const FILLED = 'textarea, select, input:not([type="hidden"], [type="password"], [type="file"])';

/** Forms about which the server was asked and has not answered. */
const asking = new Set();
/** The form that may go. */
let cleared;
let notice;

const forms = () => [...document.querySelectorAll('main form[method="post"]')];
const isTick = (field) => field.type === 'checkbox' || field.type === 'radio';
const isFilled = (field) => field.name !== '' && (isTick(field) ? field.checked : field.value.trim() !== '');
const filledIn = (form) => [...form.querySelectorAll(FILLED)].filter(isFilled);
const hasFiles = (form) => [...form.querySelectorAll('input[type="file"]')].some((field) => field.value !== '');

/** Which field of a page one is, so that it is found again on the page as it is then. */
function nameOf(field) {
  const action = new URL(field.form.getAttribute('action'), window.location).pathname;
  return [action, field.name, isTick(field) ? field.value : ''].join(' ');
}

/** Says below a form what became of it. */
function tell(form, words, link) {
  notice?.remove();
  notice = document.createElement('p');
  notice.className = 'notice kept';
  notice.setAttribute('role', 'alert');
  notice.append(words.join(' '));
  if (link) notice.append(link);
  form.append(notice);
  notice.scrollIntoView({ block: 'nearest' });
}

/** Says that somebody was signed out, and leads them to sign in and back. */
function tellOut(form) {
  const link = document.createElement('a');
  link.className = 'button';
  link.href = signIn;
  link.textContent = frame.dataset.signIn;
  tell(form, [frame.dataset.out, hasFiles(form) ? frame.dataset.outFiles : ''], link);
}

/** Who is signed in and what their forms carry by now; nothing where the network is away. */
async function ask() {
  const answer = await fetch('/chats/standing', { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  return { status: answer.status, ...(answer.ok ? await answer.json() : {}) };
}

/** Sends a form, unless it is known that it cannot arrive. */
async function send(form, button) {
  asking.add(form);
  const standing = await ask().catch(() => undefined);
  asking.delete(form);
  // A proxy whose server is away says so by a number from 500.
  if (!standing || standing.status >= 500) tell(form, [frame.dataset.offline]);
  else if (standing.status === 401) tellOut(form);
  else if (standing.person && standing.person !== me) tell(form, [frame.dataset.another]);
  else {
    // Whoever signed in again beside this page has another session, and sends by that.
    if (standing.token) form.elements.form_token.value = standing.token;
    notice?.remove();
    forget();
    cleared = form;
    form.requestSubmit(button?.form === form ? button : null);
    cleared = undefined;
  }
}

/** Keeps what stands in the forms, for the same person on the same page of this tab; tells whether that was possible. */
function keep() {
  const fields = forms().flatMap(filledIn).map((field) => [nameOf(field), field.value]);
  const kept = { person: me, fields, hadFiles: forms().some(hasFiles) };
  try {
    if (fields.length > 0) sessionStorage.setItem(place, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing can be kept in this browser, so that nothing was.
  }
}

/** Puts a kept value into a field that nobody has touched since; tells whether that changed anything. */
function fill(field, value) {
  const isTouched = isTick(field) ? field.checked : field.value === value || field.value !== (field.defaultValue ?? field.value);
  if (isTouched) return false;
  if (isTick(field)) field.checked = true;
  else field.value = value;
  field.closest('details')?.setAttribute('open', '');
  return true;
}

/** Gives back what was kept on this page, once, and forgets what anybody else had left in this tab. */
function giveBack() {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT));
  for (const name of names) if (JSON.parse(sessionStorage.getItem(name)).person !== me) sessionStorage.removeItem(name);
  const kept = JSON.parse(sessionStorage.getItem(place));
  if (!kept) return;
  const values = new Map(kept.fields);
  const fields = forms().flatMap((form) => [...form.querySelectorAll(FILLED)]).filter((field) => values.has(nameOf(field)));
  // What has no place now, as in a conversation that was closed, waits until it has one again.
  if (fields.length === 0) return;
  forget();
  const changed = fields.filter((field) => fill(field, values.get(nameOf(field))));
  if (changed.length > 0) tell(changed[0].form, [frame.dataset.back, kept.hadFiles ? frame.dataset.backFiles : '']);
}

try {
  giveBack();
} catch {
  // Nothing can be kept in this browser; then a link that leads away opens beside the page.
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form === cleared || !forms().includes(form)) return;
  event.preventDefault();
  if (!asking.has(form)) send(form, event.submitter);
});

// Signing in again, or another language, leads away from what was filled in and back to it.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.kept a, .languages a');
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
  if (link && !isElsewhere && !keep()) link.target = '_blank';
});

document.addEventListener('signedout', (event) => tellOut(event.detail));
