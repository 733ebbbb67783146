// Shows how far a list is while it is worked on. Without this script there is a link to look again, which stays for when
// this has looked often enough.

/** Pauses grow from the first to the last of these, and after so many looks the reader looks themselves. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 15_000;
const LOOKS = 40;

const PARTS = ['counts', 'rows'];

const part = (page, id) => page.getElementById(id);
const isWorking = () => part(document, 'state').dataset.working === '1';
const pause = (span) => new Promise((resolve) => setTimeout(resolve, span));

/** Whether it makes sense to look once more. */
async function look() {
  const address = new URL(window.location.href);
  address.searchParams.set('fragment', '1');
  const answer = await fetch(address).catch(() => undefined);
  if (!answer) return true;
  if (!answer.ok) return answer.status === 429 || answer.status === 503;
  const now = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!part(now, 'state')) return false;
  for (const id of PARTS) part(document, id).replaceWith(part(now, id));
  const [known, state] = [part(document, 'state'), part(now, 'state')];
  // What is said stays the same element, so that it is read out when it changes.
  if (state.dataset.working !== known.dataset.working) {
    known.dataset.working = state.dataset.working;
    known.replaceChildren(...state.childNodes);
  }
  return true;
}

let span = FIRST_PAUSE_MS;
for (let looks = 0; looks < LOOKS && isWorking(); looks += 1) {
  await pause(span);
  span = Math.min(span * 1.3, LAST_PAUSE_MS);
  if (document.visibilityState === 'visible' && !(await look())) break;
}
