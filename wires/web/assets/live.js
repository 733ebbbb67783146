// Brings new messages into an open conversation. Without this script the page works just the same: a link shows
// what is new. Nothing here touches what somebody is writing.

const log = document.getElementById('log');
const path = log?.dataset.live;
const refresh = document.getElementById('refresh');
const below = document.getElementById('below');

/** A stream that could not be opened is tried again after this. */
const AGAIN_AFTER_MS = 15_000;
/** Older lines than this many are not asked about again. */
const LINES_LOOKED_AT = 50;

let stream;
let isFetching = false;
let isStale = false;

const lines = () => [...log.querySelectorAll('li[data-seq]')];
const seqOf = (line) => Number(line.dataset.seq);
const newest = () => lines().map(seqOf).at(-1) ?? 0;

/** The place after which something may be new: a message, or how far one of our own has come. */
function stalePlace() {
  const isOpen = (line) => line.querySelector('.state:not([data-final])') !== null;
  const open = lines().slice(-LINES_LOOKED_AT).find(isOpen);
  return open ? seqOf(open) - 1 : newest();
}

function isNearTheEnd() {
  const page = document.documentElement;
  return page.scrollHeight - window.scrollY - window.innerHeight < 240;
}

/** Puts what came into the log; lines that are there already only learn how far they have come. */
function merge(fragment) {
  for (const section of fragment.querySelectorAll('section[data-day]')) {
    const day = log.querySelector(`section[data-day="${section.dataset.day}"]`);
    for (const line of section.querySelectorAll('li[data-seq]')) {
      const known = document.getElementById(line.id);
      if (known) {
        tellState(known.querySelector('.state'), line.querySelector('.state'));
        line.remove();
      } else {
        day?.querySelector('ol').append(line);
      }
    }
    if (!day && section.querySelector('li[data-seq]')) log.append(section);
  }
}

/** Changes the words in their text node, so that a screen reader does not read the log anew. */
function tellState(known, now) {
  if (!known || !now || known.textContent === now.textContent) return;
  known.firstChild.data = now.textContent;
  known.toggleAttribute('data-final', now.hasAttribute('data-final'));
}

async function catchUp() {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  do {
    isStale = false;
    const before = newest();
    const seen = document.visibilityState === 'visible' ? '&seen=1' : '';
    const answer = await fetch(`${path}?fragment=1&after=${stalePlace()}${seen}`).catch(() => undefined);
    if (answer?.status === 401) return window.location.reload();
    if (!answer?.ok) break;
    const wasNear = isNearTheEnd();
    merge(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    if (newest() > before) show(wasNear);
  } while (isStale);
  isFetching = false;
}

/** A day that nothing is left of goes with its last line. */
function takeOut(line) {
  const day = line?.closest('section');
  line?.remove();
  if (day && !day.querySelector('li[data-seq]')) day.remove();
}

function show(wasNear) {
  document.getElementById('empty')?.remove();
  if (wasNear) window.scrollTo({ top: document.documentElement.scrollHeight });
  else below.hidden = false;
}

function listen() {
  if (stream || document.visibilityState !== 'visible') return;
  stream = new EventSource(`${path}/live`);
  stream.addEventListener('open', () => (refresh.hidden = true));
  stream.addEventListener('changed', (event) => {
    if (Number(event.data) > newest() || log.querySelector('.state:not([data-final])')) catchUp();
  });
  stream.addEventListener('gone', (event) => takeOut(document.getElementById(`m-${event.data}`)));
  stream.addEventListener('ended', () => window.location.reload());
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

if (path) {
  listen();
  // A browser opens few connections to one server, and a page in the background needs none.
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'visible' ? listen() : stop()));
  window.addEventListener('scroll', () => isNearTheEnd() && (below.hidden = true), { passive: true });
}
