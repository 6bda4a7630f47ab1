// The keys of the moderators' queue. Without this file every button works as a form; here the same forms are sent from
// the keyboard, the comment leaves the list at once, and what the server says replaces the line above.

const queue = document.querySelector('[data-queue]');
const status = queue.querySelector('[data-status]');
const live = queue.querySelector('[data-live]');
const list = () => queue.querySelector('[data-list]');
const items = () => [...queue.querySelectorAll('[data-item]')].filter((item) => !item.hidden);
const VERBS = { a: 'approve', s: 'spam', r: 'remove' };
const PLACE = 'traboule-comments-keys';

const say = (text) => {
  live.textContent = '';
  setTimeout(() => { live.textContent = text; }, 30);
};

const current = () => document.activeElement?.closest?.('[data-item]');

function show(item) {
  if (!item) return;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: 'nearest' });
}

function move(step) {
  const all = items();
  const at = all.indexOf(current());
  show(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

// Sends a form as the browser would, and gives the page that follows with its address.
async function send(form, more) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) body.append(name, value);
  const answer = await fetch(form.action, { method: 'POST', body });
  if (!answer.ok) throw new Error(String(answer.status));
  return { url: answer.url, page: new DOMParser().parseFromString(await answer.text(), 'text/html') };
}

function take(page, what) {
  const [own, fresh] = [queue.querySelector(what), page.querySelector(what)];
  if (own && fresh) own.replaceChildren(...document.adoptNode(fresh).childNodes);
}

// What a form needs when it is sent again as a form.
function resend(form, more) {
  for (const [name, value] of Object.entries(more)) {
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name, value });
    form.append(field);
  }
  say(queue.dataset.tLost);
  form.submit();
}

// One after the other: the line above is always about the last one.
let chain = Promise.resolve();

function decide(item, verb) {
  const form = item.querySelector('[data-verbs]');
  if (!form.querySelector(`[value="${verb}"]`)) return;
  const all = items();
  const at = all.indexOf(item);
  const next = all[at + 1] ?? all[at - 1];
  item.hidden = true;
  if (next) show(next);
  else queue.querySelector('[data-tabs] [aria-current]').focus();
  chain = chain.then(async () => {
    try {
      const { page, url } = await send(form, { verb });
      // The last one is gone: what follows, or the empty list, comes from the server.
      if (!items().length) return location.assign(url);
      take(page, '[data-status]');
      take(page, '[data-tabs]');
      item.remove();
      for (const field of queue.querySelectorAll(`#bulk [value="${item.id}"]`)) field.remove();
      say(status.querySelector('[data-said]')?.textContent ?? '');
    } catch {
      item.hidden = false;
      resend(form, { verb });
    }
  });
}

function undo() {
  chain = chain.then(async () => {
    const form = status.querySelector('[data-undo]');
    if (!form) return;
    const known = new Set(items().map((item) => item.id));
    say(queue.dataset.tWait);
    try {
      const { page, url } = await send(form, {});
      if (!page.querySelector('[data-list]') || !list()) return location.assign(url);
      for (const what of ['[data-status]', '[data-tabs]', '#bulk', '[data-list]']) take(page, what);
      show(items().find((item) => !known.has(item.id)) ?? items()[0]);
      say(status.querySelector('[data-said]')?.textContent ?? '');
    } catch {
      resend(form, {});
    }
  });
}

function select(item) {
  const box = item.querySelector('input[name="ids"]');
  box.checked = !box.checked;
  say(`${box.labels[0].textContent.trim()}: ${box.checked ? '✓' : '–'}`);
}

const keys = queue.querySelector('[data-keys]');
const on = queue.querySelector('[data-keys-on]');
const dialog = queue.querySelector('[data-keys-list]');
if (keys) {
  // A choice of this device, kept only once somebody makes it.
  const kept = (work) => { try { return work(localStorage); } catch { return null; } };
  on.checked = kept((store) => store.getItem(PLACE)) !== 'off';
  on.addEventListener('change', () => kept((store) => store.setItem(PLACE, on.checked ? 'on' : 'off')));
  queue.querySelector('[data-keys-show]').addEventListener('click', () => dialog.showModal());
  keys.hidden = false;
}

const typing = (target) => target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]');

document.addEventListener('keydown', (event) => {
  const off = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented;
  const shifted = event.shiftKey && /^[a-z]$/i.test(event.key);
  if (off || shifted || (on && !on.checked) || dialog?.open || typing(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const item = current();
  if (key.startsWith('Arrow') && !item && document.activeElement !== document.body) return;
  if (key === 'j' || key === 'ArrowDown') move(1);
  else if (key === 'k' || key === 'ArrowUp') move(-1);
  else if (key === 'u') undo();
  else if (key === '/') queue.querySelector('#f-text').focus();
  else if (key === '?' && dialog) dialog.showModal();
  else if (key === 'x' && item) select(item);
  else if (VERBS[key] && item) decide(item, VERBS[key]);
  else return;
  event.preventDefault();
});
