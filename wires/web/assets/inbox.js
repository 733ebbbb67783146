// Keeps an open list of conversations up to date. Without this script the page works just the same: it is reloaded.

/** A stream that could not be opened is tried again after this. */
const AGAIN_AFTER_MS = 15_000;
/** However much happens, the list is asked for no more often than this. */
const LEAST_BETWEEN_MS = 3_000;

const badge = document.getElementById('unread');
const news = document.getElementById('news');
const plainTitle = document.title.replace(/^\(\d+\+?\) /, '');
const inbox = () => document.getElementById('inbox');

let stream;
let isFetching = false;
let isStale = false;
/** One page of a browser may listen in the background: a browser opens few connections to one server. */
let isKeeper = false;
/** Whoever signs out here is on the way to where they are told so. */
let isLeaving = false;

const isVisible = () => document.visibilityState === 'visible';
const pause = (span) => new Promise((resolve) => setTimeout(resolve, span));

/** Whether the list may have changed while nobody looked after it. */
let isBehind = !isVisible();

/** Says in the title and in the menu how many conversations have something new. */
function tellCount(count) {
  const said = count >= Number(badge?.dataset.most ?? Infinity) ? `${count}+` : `${count}`;
  document.title = count > 0 ? `(${said}) ${plainTitle}` : plainTitle;
  if (badge) {
    badge.hidden = count === 0;
    badge.firstElementChild.textContent = said;
  }
}

function announce(before, count) {
  if (count <= before) return;
  news.textContent = count === 1 ? news.dataset.one : news.dataset.many.replace('{}', count);
}

/** Puts the list as it is now in the place of the old one; what had the focus has it still. */
function replace(now) {
  const known = inbox();
  if (now.outerHTML === known.outerHTML) return;
  announce(Number(known.dataset.unread), Number(now.dataset.unread));
  const focused = known.contains(document.activeElement) ? document.activeElement.getAttribute('href') : undefined;
  known.replaceWith(now);
  if (focused) [...now.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
}

/** The page itself, asked for anew, leads to where one signs in. */
function endHere() {
  if (!isLeaving) window.location.reload();
}

async function fetchList() {
  const answer = await fetch(inbox().dataset.live).catch(() => undefined);
  if (answer?.status === 401) endHere();
  if (!answer?.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('inbox');
  if (!now) return;
  replace(now);
  tellCount(Number(now.dataset.unread));
}

async function catchUp() {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  while (isStale) {
    isStale = false;
    await fetchList();
    await pause(LEAST_BETWEEN_MS);
  }
  isFetching = false;
}

/** The first word of a stream says how it is now: a list that was made just before knows that already. */
function hear(count) {
  const isKnown = !isBehind && count === Number(inbox().dataset.unread);
  isBehind = true;
  if (!isVisible()) tellCount(count);
  else if (!isKnown) catchUp();
}

function listen() {
  if (stream || !(isVisible() || isKeeper)) return;
  stream = new EventSource('/chats/live');
  stream.addEventListener('changed', (event) => hear(Number(event.data)));
  stream.addEventListener('ended', endHere);
  stream.addEventListener('error', () => {
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

listen();
navigator.locks?.request('bedside-background', () => {
  isKeeper = true;
  listen();
  return new Promise(() => {});
});
document.addEventListener('visibilitychange', () => {
  if (!isVisible()) {
    if (!isKeeper) stop();
  } else if (stream) {
    catchUp();
  } else {
    listen();
  }
});
document.addEventListener('submit', (event) => {
  isLeaving ||= event.target.matches('form.leave');
});
