// Nobody loses what they filled in because their session ended or the network was away: a form goes out once it is
// known that it can arrive, and until then it stays as it is. Without this script the server says what was not sent.
// Whatever goes wrong in here, and wherever a browser cannot do it, forms go as they would without it.

const frame = document.getElementById('keeping');
const { me, here } = frame.dataset;

/** A question whether one is still signed in that takes longer than this found no network. */
const ANSWERS_WITHIN_MS = 10_000;
/** Whoever has not come back by then finds nothing that was kept for them. */
const KEPT_FOR_MS = 3_600_000;

const pathOf = (address) => new URL(address, window.location).pathname;
/** What is kept in this tab stands under this and the path of its page. */
const KEPT = 'kept ';
const place = KEPT + pathOf(here);

/** What somebody fills in by hand; passwords are nobody's to keep. */
const FILLED = 'textarea, select, input:not([type="hidden"]):not([type="password"]):not([type="file"])';
/** Whom they chose on pages of the same form that were shown before. */
const CHOSEN = 'input[type="hidden"][name="about"], input[type="hidden"][name="member"]';

/** Forms about which the server was asked and has not answered. */
const asking = new Set();
/** The form that may go. */
let cleared;
let notice;

const forms = () => [...document.querySelectorAll('main form[method="post"]')];
const actionOf = (form) => pathOf(form.getAttribute('action'));
const hasFiles = (form) => [...form.querySelectorAll('input[type="file"]')].some((field) => field.value !== '');
const named = (form, which) => [...form.querySelectorAll(which)].filter((field) => field.name !== '');

/** What is on or off, among others of its name; a hidden one of them is always on. */
const isTick = (field) => ['checkbox', 'radio', 'hidden'].includes(field.type);
const stateOf = (field) => (isTick(field) ? field.checked || field.type === 'hidden' : field.value);

/** What stood in a field when its page came. */
function stoodIn(field) {
  if (isTick(field)) return field.defaultChecked || field.type === 'hidden';
  if (field.localName !== 'select') return field.defaultValue;
  const options = [...field.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value;
}

const isChanged = (field) => stateOf(field) !== stoodIn(field);

/** What somebody did to a form; one that is shown again holds it as if it had stood there from the first. */
function filledIn(form) {
  const fields = named(form, FILLED);
  const isShownAgain = 'shownAgain' in frame.dataset && actionOf(form) === window.location.pathname;
  if (!isShownAgain) return fields.filter(isChanged);
  return [...fields.filter((field) => isChanged(field) || stateOf(field)), ...named(form, CHOSEN)];
}

/** Which field of a page one is, so that it is found again on the page as it is then. */
function nameOf(field) {
  const alike = [...field.form.elements].filter((other) => other.name === field.name);
  return [actionOf(field.form), field.name, isTick(field) ? field.value : alike.indexOf(field)].join(' ');
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

/** Says that somebody was signed out. The page itself, asked for anew, leads them to sign in and back. */
function tellOut(form) {
  const link = document.createElement('a');
  link.className = 'button';
  link.href = here;
  // A guest comes back as somebody else, for whom nothing would be kept.
  if ('guest' in frame.dataset) link.target = '_blank';
  link.textContent = frame.dataset.onward;
  tell(form, [frame.dataset.out, hasFiles(form) ? frame.dataset.outFiles : ''], link);
}

/** Who is signed in and what their forms carry by now; the status is 0 where the network is away. */
async function ask() {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWERS_WITHIN_MS);
  const answer = await fetch('/chats/standing', { signal: late.signal }).catch(() => undefined);
  const { person, token } = answer?.ok ? await answer.json() : {};
  clearTimeout(timer);
  return { status: answer?.status ?? 0, isOk: Boolean(answer?.ok), person, token };
}

/** Whoever signed in again beside this page has another session, and sends by that. */
function renew(token) {
  for (const field of document.querySelectorAll('input[name="form_token"]')) field.value = token;
}

/** What listens on this page goes on, or ends. */
const announce = ({ status }) => document.dispatchEvent(new CustomEvent('standing', { detail: status }));

/** Whether a form will arrive; says below it why not. */
async function willArrive(form) {
  const standing = await ask();
  // A proxy whose server is away says so by a number from 500.
  if (standing.status === 0 || standing.status >= 500) tell(form, [frame.dataset.offline]);
  else if (standing.status === 401) {
    tellOut(form);
    announce(standing);
  } else if (!standing.isOk) tell(form, [frame.dataset.later]);
  else if (standing.person !== me) tell(form, [frame.dataset.another]);
  else {
    renew(standing.token);
    notice?.remove();
    forget([place]);
    return true;
  }
  return false;
}

/** Sends a form, unless it is known that it cannot arrive. */
async function send(form, button) {
  asking.add(form);
  const mayGo = await willArrive(form).catch(() => true);
  asking.delete(form);
  if (!mayGo) return;
  cleared = form;
  try {
    form.requestSubmit(button?.form === form ? button : null);
  } catch {
    form.submit();
  }
  cleared = undefined;
}

/** Keeps what was filled in, for the same person on the same page of this tab; tells whether that was possible. */
function keep() {
  try {
    const fields = forms().flatMap(filledIn).map((field) => [nameOf(field), stateOf(field)]);
    const kept = { person: me, until: Date.now() + KEPT_FOR_MS, fields, hadFiles: forms().some(hasFiles) };
    if (fields.length > 0) sessionStorage.setItem(place, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

/** Forgets what was kept under these names. */
function forget(names) {
  try {
    for (const name of names) sessionStorage.removeItem(name);
  } catch {
    // Nothing can be kept in this browser, so that nothing was.
  }
}

const keptNames = () => Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT));

/** What is kept under a name for whoever looks at this page, and not for too long. */
function keptUnder(name) {
  const kept = JSON.parse(sessionStorage.getItem(name));
  return kept?.person === me && Date.now() < kept.until ? kept : undefined;
}

/** Puts what was kept into a field that nobody has touched since; tells whether that changed anything. */
function fill(field, state) {
  const isGone = field.localName === 'select' && ![...field.options].some((option) => option.value === state);
  if (isGone || isChanged(field) || stateOf(field) === state) return false;
  if (isTick(field)) field.checked = state;
  else field.value = state;
  field.closest('details')?.setAttribute('open', '');
  return true;
}

/** Gives back what was kept on this page, once, and forgets what nobody may have back. */
function giveBack() {
  forget(keptNames().filter((name) => !keptUnder(name)));
  const kept = keptUnder(place);
  const there = forms().filter((form) => kept?.fields.some(([name]) => name.startsWith(`${actionOf(form)} `)));
  // What has no place now, as in a conversation that was closed, waits until it has one again.
  if (there.length === 0) return;
  forget([place]);
  const fields = new Map(there.flatMap((form) => named(form, FILLED)).map((field) => [nameOf(field), field]));
  const placed = kept.fields.filter(([name]) => fields.has(name));
  const changed = placed.filter(([name, state]) => fill(fields.get(name), state)).map(([name]) => fields.get(name));
  const isIn = ([name, state]) => (fields.has(name) ? stateOf(fields.get(name)) === state : !state);
  const isWhole = kept.fields.every(isIn);
  if (changed.length === 0 && isWhole) return;
  const { back, backInPart, backFiles } = frame.dataset;
  tell(changed[0]?.form ?? there[0], [isWhole ? back : backInPart, kept.hadFiles ? backFiles : '']);
}

try {
  giveBack();
} catch {
  // Nothing can be kept in this browser; then a link that leads away opens beside the page.
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form === cleared) return;
  // Nobody who sits down here next is to find what whoever leaves had written.
  if (form.matches('form.leave')) forget(keptNames());
  if (!('requestSubmit' in form) || !forms().includes(form)) return;
  event.preventDefault();
  if (!asking.has(form)) send(form, event.submitter);
});

// Signing in again, or another language, leads away from what was filled in and back to it.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.kept a, .languages a');
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link?.target === '_blank';
  if (link && !event.defaultPrevented && !isElsewhere && !keep()) link.target = '_blank';
});

// While nobody looked somebody may have signed out, or in again: others are not to see what stands here.
document.addEventListener('visibilitychange', async () => {
  if (document.visibilityState !== 'visible') return;
  const standing = await ask().catch(() => ({}));
  if (standing.isOk && standing.person !== me) {
    window.location.replace(here);
    return;
  }
  if (standing.isOk) renew(standing.token);
  announce(standing);
});

document.addEventListener('signedout', (event) => tellOut(event.detail));
