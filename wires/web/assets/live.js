// Brings new messages into an open conversation, and sends what the forms beside a message hold without leaving it.
// Without this script the page works just the same: a link shows what is new. Nothing here touches what somebody is
// writing.

const log = document.getElementById('log');
const path = log?.dataset.live;
const refresh = document.getElementById('refresh');
const below = document.getElementById('below');
const said = document.getElementById('said');
const halted = document.getElementById('stop');
const form = document.querySelector('form.write');

/** A stream that could not be opened is tried again after this. */
const AGAIN_AFTER_MS = 15_000;
/** Older lines than this many are not asked about again. */
const LINES_LOOKED_AT = 50;

let stream;
let isFetching = false;
let isStale = false;
let isOut = false;
/** The newest place that we were told of. */
let last = 0;
/** Whether something that is shown may have changed while nobody listened. */
let isBehind = document.visibilityState !== 'visible';
/** Whether all that is shown is to be asked for again. */
let isDoubted = false;
/** The messages that are still to be asked for again, each with what will tell whether it was to be had. */
const doubted = new Map();
/** What will ask again for what could not be fetched. */
let again;
let lastAsked = Promise.resolve();
/** The forms whose answer is awaited. */
const underWay = new Set();

const lines = () => [...log.querySelectorAll('li[data-seq]')];
const seqOf = (line) => Number(line.dataset.seq);
const newest = () => lines().map(seqOf).at(-1) ?? 0;
const oldest = () => lines().map(seqOf).at(0) ?? 1;

/** What will change by itself: how far a message of our own has come, and a file that is being checked. */
const UNSETTLED = '.state:not([data-final]), [data-waiting]';

/** The place after which something may be new: a message, or what is not settled about one. */
function stalePlace() {
  const isOpen = (line) => line.querySelector(UNSETTLED) !== null;
  const open = lines().slice(-LINES_LOOKED_AT).find(isOpen);
  return open ? seqOf(open) - 1 : newest();
}

/** Whether the newest line is in view, whichever scrolls: the messages alone or, in a low window, the page. */
function isNearTheEnd() {
  const end = Math.min(window.innerHeight, said.getBoundingClientRect().bottom);
  return document.getElementById('newest').getBoundingClientRect().top - end < 240;
}

/** The newest messages and the field below them. Where the messages scroll alone, they begin at their end. */
function goToTheEnd() {
  said.scrollTop = 0;
  document.getElementById('write')?.scrollIntoView({ block: 'nearest' });
  below.hidden = true;
}

/** Puts something where it belongs among others that stand in order. */
function putInOrder(parent, others, one, isLater) {
  parent.insertBefore(one, [...others].find(isLater) ?? null);
}

/**
 * Puts what came into the log; lines that are there already only learn how far they have come, or that they were
 * deleted, or what was done with them. Tells the last place that came.
 */
function merge(fragment) {
  if (isOut) return 0;
  const came = [...fragment.querySelectorAll('li[data-seq]')].map(seqOf);
  for (const section of fragment.querySelectorAll('section[data-day]')) {
    const day = log.querySelector(`section[data-day="${section.dataset.day}"]`);
    for (const line of section.querySelectorAll('li[data-seq]')) {
      const known = document.getElementById(line.id);
      if (known && line.classList.contains('gone')) {
        markGone(known);
        line.remove();
      } else if (known) {
        tellState(known.querySelector('.state'), line.querySelector('.state'));
        tellParts(known, line);
        tellFiles(known.querySelector('.files'), line.querySelector('.files'));
        line.remove();
      } else {
        const list = day?.querySelector('ol');
        if (list) putInOrder(list, list.children, line, (other) => seqOf(other) > seqOf(line));
      }
    }
    if (!day && section.querySelector('li[data-seq]')) {
      const days = log.querySelectorAll('section[data-day]');
      putInOrder(log, days, section, (other) => other.dataset.day > section.dataset.day);
    }
  }
  return came.at(-1) ?? 0;
}

/** Changes the words in their text node, so that a screen reader does not read the log anew. */
function tellState(known, now) {
  if (!known || !now || known.textContent === now.textContent) return;
  known.firstChild.data = now.textContent;
  known.toggleAttribute('data-final', now.hasAttribute('data-final'));
}

/** Shows what a message asks for, its answers and its likes as they are by now; a choice that is being made is left. */
function tellParts(known, now) {
  for (const part of now.querySelectorAll('[data-part]')) {
    const shown = known.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!shown || shown.outerHTML === part.outerHTML) continue;
    const isHere = shown.contains(document.activeElement);
    const isChoosing = isHere || shown.querySelector('input:checked') !== null;
    if (part.dataset.part === 'ask' && isChoosing && part.querySelector('form')) continue;
    shown.replaceWith(part);
    if (!isHere) continue;
    // Where nothing is left to press, the message itself is where the reader was.
    known.tabIndex = -1;
    (part.querySelector('button, a') ?? known).focus({ preventScroll: true });
  }
}

/** Asks for a message with which something was done, and tells whether it was to be had. */
async function fetchLine(id) {
  doubted.delete(id);
  if (isOut || !document.getElementById(`m-${id}`)) return false;
  const answer = await fetch(`${path}?fragment=1&message=${id}`).catch(() => undefined);
  if (answer?.status === 401) endHere();
  if (answer?.ok) merge(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  return Boolean(answer?.ok);
}

/** As [fetchLine], one message after the other, so that the last answer is the newest. */
function showAgain(id) {
  if (!doubted.has(id)) {
    lastAsked = lastAsked.then(() => fetchLine(id));
    doubted.set(id, lastAsked);
  }
  return doubted.get(id);
}

/**
 * Sends a like or an answer from where its message stands. What is refused is left to the browser, to be explained. An
 * answer that leads elsewhere says nothing yet, since that may be the sign-in page: the message itself tells.
 */
async function sendHere(form) {
  if (underWay.has(form)) return;
  underWay.add(form);
  const id = form.closest('li[data-seq]').id.slice('m-'.length);
  const { part } = form.closest('[data-part]').dataset;
  document.getElementById(`m-${id}`).querySelector('.unsent')?.remove();
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => undefined);
  underWay.delete(form);
  if (answer && answer.type !== 'opaqueredirect' && form.isConnected) form.submit();
  else if (!answer || !(await showAgain(id))) tellUnsent(id, part);
}

/** Says beside a form that nobody knows whether it arrived; it is still there to be sent again. */
function tellUnsent(id, part) {
  const why = document.createElement('p');
  why.className = 'error unsent';
  why.setAttribute('role', 'alert');
  why.textContent = log.dataset.unsent;
  document.querySelector(`#m-${id} [data-part="${part}"]`)?.append(why);
}

/** Whether something would be gone with this page. */
function isWriting() {
  return Boolean(form) && (form.querySelector('textarea').value.trim() !== '' || form.querySelector('#files').value !== '');
}

/** Takes away all that tells with whom one spoke, and about what. */
function clearConversation() {
  const { outTitle } = document.getElementById('keeping').dataset;
  log.replaceChildren();
  for (const part of said.querySelectorAll('.turn, #empty')) part.hidden = true;
  below.hidden = true;
  const name = document.createElement('h1');
  name.textContent = outTitle;
  document.querySelector('.over').replaceChildren(name);
  document.title = outTitle;
}

/**
 * The reader was signed out, and is led to sign in. Whoever is writing keeps their words before them, but of the
 * conversation nothing is left to be seen.
 */
function endHere() {
  if (isOut) return;
  if (!isWriting()) {
    window.location.reload();
    return;
  }
  isOut = true;
  stop();
  refresh.hidden = true;
  clearConversation();
  document.dispatchEvent(new CustomEvent('signedout', { detail: form }));
}

/** Asks whoever is writing before a link leads them away from it. Who likes a message is told where it stands. */
function stayWith(event) {
  const link = event.target.closest('a[href]');
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link?.hasAttribute('download');
  // What leads back to this page brings the words along, but no files.
  const isKept = link?.closest(form?.querySelector('#files').value ? '.kept' : '.kept, .languages');
  if (!link || isElsewhere || isKept || link.getAttribute('href').startsWith('#') || !isWriting()) return;
  if (link.closest('.likes')) {
    event.preventDefault();
    nameLikers(link);
  } else if (!window.confirm(log.dataset.leave)) event.preventDefault();
}

/** Shows who likes a message below their number, and no longer when that is pressed again. */
async function nameLikers(link) {
  const part = link.closest('[data-part]');
  const shown = part.querySelector('ul');
  if (shown) {
    shown.remove();
    return;
  }
  const answer = await fetch(link.href).catch(() => undefined);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
  const names = page && page.getElementById('names');
  if (!names) {
    if (window.confirm(log.dataset.leave)) window.location = link.href;
    return;
  }
  names.removeAttribute('id');
  names.className = 'names';
  names.tabIndex = -1;
  part.append(names);
  names.focus({ preventScroll: true });
}

/** A file that was checked can be fetched, or never will be. */
function tellFiles(known, now) {
  if (known?.querySelector('[data-waiting]') && now && known.innerHTML !== now.innerHTML) known.replaceWith(now);
}

/** Asks for what came after a place, and tells how far that went; nothing when it was not to be had. */
async function fetchAfter(place) {
  const before = newest();
  const seen = document.visibilityState === 'visible' ? '&seen=1' : '';
  const answer = await fetch(`${path}?fragment=1&after=${place}${seen}`).catch(() => undefined);
  if (answer?.status === 401) endHere();
  if (answer?.status === 404) leave();
  if (!answer?.ok) {
    // Nobody tells a second time what could not be fetched now.
    isDoubted = true;
    clearTimeout(again);
    if (!isOut) again = setTimeout(catchUp, AGAIN_AFTER_MS);
    return undefined;
  }
  const wasNear = isNearTheEnd();
  const reached = merge(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  if (newest() > before) show(wasNear);
  return reached;
}

async function catchUp() {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  while (isStale && !isOut) {
    isStale = false;
    let place = isDoubted ? oldest() - 1 : stalePlace();
    isDoubted = false;
    // One answer holds so many messages and no more: who was away for long asks on from the last of them.
    for (;;) {
      const reached = await fetchAfter(place);
      if (reached === undefined || reached <= place || reached >= Math.max(last, newest())) break;
      place = reached;
    }
  }
  isFetching = false;
}

/** Whatever happened while nobody listened: the head may be another, and what is shown may have been deleted. */
function lookAgain() {
  isDoubted = true;
  lookAtHead();
  catchUp();
}

/** What was deleted leaves a mark: who read it sees that it went. */
function markGone(line) {
  if (!line || line.classList.contains('gone')) return;
  line.querySelectorAll('.text, .files, .foot, [data-part]').forEach((part) => part.remove());
  const mark = document.createElement('p');
  mark.className = 'was';
  mark.textContent = log.dataset.deleted;
  line.append(mark);
  line.classList.add('gone');
}

/** Who is in it, what it is called and whether one may write: as it is by now. */
async function lookAtHead() {
  const answer = await fetch(`${path}?fragment=1&part=head`).catch(() => undefined);
  if (!answer?.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('head');
  if (isOut) return;
  const known = document.getElementById('head');
  if (!now || now.outerHTML === known.outerHTML) return;
  const nameOf = (head) => head.querySelector('h1').textContent;
  document.title = document.title.replace(nameOf(known), () => nameOf(now));
  known.replaceWith(now);
  if (form) {
    halt(now.dataset.stop);
    // What was shown while nothing could be done comes again, with what can be done now.
    if (known.dataset.stop && !now.dataset.stop) {
      isDoubted = true;
      catchUp();
    }
  } else if (!now.dataset.stop) window.location.reload();
}

/**
 * Says why nothing more can be written, liked or answered, and leaves what was typed where it is; without a reason one
 * may again.
 */
function halt(why) {
  halted.textContent = why ?? '';
  halted.hidden = !why;
  for (const one of log.querySelectorAll('[data-part] button, [data-part] fieldset')) one.disabled = Boolean(why);
  if (!form) return;
  form.querySelector('textarea').readOnly = Boolean(why);
  form.querySelector('.send').hidden = Boolean(why);
}

/** The reader is in it no more. */
function leave() {
  isOut = true;
  stop();
  refresh.hidden = true;
  document.querySelector('.onward')?.remove();
  document.getElementById('empty')?.remove();
  halt(halted.dataset.out);
}

function show(wasNear) {
  document.getElementById('empty')?.remove();
  if (wasNear) goToTheEnd();
  else below.hidden = false;
}

function listen() {
  if (stream || isOut || document.visibilityState !== 'visible') return;
  stream = new EventSource(`${path}/live`);
  stream.addEventListener('open', () => {
    refresh.hidden = true;
    // The page itself says how it was when it was made; what happened while nobody listened is asked for.
    if (isBehind) lookAgain();
    isBehind = true;
  });
  stream.addEventListener('missed', (event) => {
    last = Number(event.data);
    lookAgain();
  });
  stream.addEventListener('head', lookAtHead);
  stream.addEventListener('out', leave);
  stream.addEventListener('changed', (event) => {
    last = Number(event.data);
    if (last > newest() || log.querySelector(UNSETTLED)) catchUp();
  });
  stream.addEventListener('again', (event) => showAgain(event.data));
  stream.addEventListener('gone', (event) => markGone(document.getElementById(`m-${event.data}`)));
  stream.addEventListener('ended', endHere);
  stream.addEventListener('error', () => {
    refresh.hidden = false;
    if (stream?.readyState !== EventSource.CLOSED) return;
    stop();
    // Why it was refused is only told to a plain request, which leads to the sign-in page when that is needed.
    catchUp();
    setTimeout(listen, AGAIN_AFTER_MS);
  });
}

function stop() {
  stream?.close();
  stream = undefined;
}

/** The menu above goes away when somebody looks elsewhere. */
function closeMenu(event) {
  const menu = document.querySelector('.further[open]');
  if (!menu || (event.type === 'keydown' ? event.key !== 'Escape' : menu.contains(event.target))) return;
  const wasInside = menu.contains(document.activeElement);
  menu.open = false;
  if (wasInside && event.type === 'keydown') menu.querySelector('summary').focus();
}

for (const type of ['click', 'keydown']) document.addEventListener(type, closeMenu);
if (path) {
  listen();
  // A browser opens few connections to one server, and a page in the background needs none.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' || stop());
  // Whoever looks again is heard of first: they may have signed out, or be somebody else.
  document.addEventListener('standing', (event) => (event.detail === 401 ? endHere() : listen()));
  // A stream over a network that went away may wait for a long time before it notices.
  window.addEventListener('online', () => {
    stop();
    listen();
  });
  below.addEventListener('click', (event) => {
    event.preventDefault();
    goToTheEnd();
  });
  document.addEventListener('click', stayWith);
  // Whoever signs out here is on the way to where they are told so.
  document.addEventListener('submit', (event) => {
    isOut ||= event.target.matches('form.leave');
  });
  log.addEventListener('submit', (event) => {
    if (!event.target.matches('.likes form, .ask form')) return;
    event.preventDefault();
    sendHere(event.target);
  });
  const passed = () => isNearTheEnd() && (below.hidden = true);
  document.addEventListener('scroll', passed, { passive: true, capture: true });
  // Who came by an address of their own begins at the end too.
  if (!window.location.hash) goToTheEnd();
  // To show one message the browser scrolls the page besides. Where the messages scroll alone, they are enough.
  else if (getComputedStyle(said).overflowY === 'auto') window.addEventListener('load', () => requestAnimationFrame(() => window.scrollTo(0, 0)));
}
