// Lints what is being typed, and says which instant a date and a time mean. The server does both; without this script
// the page shows the saved state, and the odd hours after sending.

const wait = (ms, work) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };
};

/** Puts the server's fragment in place; an older answer never overwrites a newer one. */
function fetcher(out) {
  let running;
  let last = '';
  return async (url, options) => {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(url, { ...options, signal: running.signal, headers: { accept: 'text/html' } });
      if (!answer.ok) return;
      const text = await answer.text();
      // The same words again would be read out again.
      if (text !== last) out.innerHTML = text;
      last = text;
    } catch {
      // What stands there stays; the next key tries again.
    }
  };
}

function live(box) {
  const out = box.querySelector('[data-checks-out]');
  const forms = [...document.querySelectorAll('form[data-autosave]')];
  if (!out || forms.length === 0) return;
  const ask = fetcher(out);
  const look = () => {
    const body = new URLSearchParams();
    for (const form of forms) for (const [name, value] of new FormData(form)) body.set(name, value);
    return ask(box.dataset.checks, { method: 'POST', body });
  };
  for (const form of forms) {
    form.addEventListener('input', wait(700, look));
    form.addEventListener('change', wait(100, look));
  }
  box.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    look();
  });
}

function instant(form) {
  const out = form.querySelector('[data-instant-out]');
  const [date, time] = [form.elements.date, form.elements.time];
  if (!out || !date || !time) return;
  const ask = fetcher(out);
  const look = () => {
    if (date.value && time.value) ask(`${form.dataset.instant}?${new URLSearchParams({ date: date.value, time: time.value })}`);
  };
  form.addEventListener('input', wait(250, look));
}

document.querySelectorAll('[data-checks]').forEach(live);
document.querySelectorAll('form[data-instant]').forEach(instant);
