// Brings new messages into an open conversation. Without this script the page works just the same: a link shows
// what is new. Nothing here touches what somebody is writing.

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
let hasListened = false;

const lines = () => [...log.querySelectorAll('li[data-seq]')];
const seqOf = (line) => Number(line.dataset.seq);
const newest = () => lines().map(seqOf).at(-1) ?? 0;

/** The place after which something may be new: a message, or how far one of our own has come. */
function stalePlace() {
  const isOpen = (line) => line.querySelector('.state:not([data-final])') !== null;
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

/** Puts what came into the log; lines that are there already only learn how far they have come. */
function merge(fragment) {
  for (const section of fragment.querySelectorAll('section[data-day]')) {
    const day = log.querySelector(`section[data-day="${section.dataset.day}"]`);
    for (const line of section.querySelectorAll('li[data-seq]')) {
      const known = document.getElementById(line.id);
      if (known && line.classList.contains('gone')) {
        markGone(known);
        line.remove();
      } else if (known) {
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
    if (answer?.status === 404) return leave();
    if (!answer?.ok) break;
    const wasNear = isNearTheEnd();
    merge(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    if (newest() > before) show(wasNear);
  } while (isStale);
  isFetching = false;
}

/** What was deleted leaves a mark: who read it sees that it went. */
function markGone(line) {
  if (!line || line.classList.contains('gone')) return;
  line.querySelectorAll('.text, .files, .foot').forEach((part) => part.remove());
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
  const known = document.getElementById('head');
  if (!now || now.outerHTML === known.outerHTML) return;
  const nameOf = (head) => head.querySelector('h1').textContent;
  document.title = document.title.replace(nameOf(known), () => nameOf(now));
  known.replaceWith(now);
  if (form) halt(now.dataset.stop);
  else if (!now.dataset.stop) window.location.reload();
}

/** Says why nothing more can be written, and leaves what was typed where it is; without a reason one may again. */
function halt(why) {
  halted.textContent = why ?? '';
  halted.hidden = !why;
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
    if (hasListened) lookAtHead();
    hasListened = true;
  });
  stream.addEventListener('head', lookAtHead);
  stream.addEventListener('out', leave);
  stream.addEventListener('changed', (event) => {
    if (Number(event.data) > newest() || log.querySelector('.state:not([data-final])')) catchUp();
  });
  stream.addEventListener('gone', (event) => markGone(document.getElementById(`m-${event.data}`)));
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
  below.addEventListener('click', (event) => {
    event.preventDefault();
    goToTheEnd();
  });
  const passed = () => isNearTheEnd() && (below.hidden = true);
  document.addEventListener('scroll', passed, { passive: true, capture: true });
  // Who came by an address of their own begins at the end too.
  if (!window.location.hash) goToTheEnd();
}
