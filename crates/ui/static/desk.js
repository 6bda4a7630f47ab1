// Keeps a form while it is typed, and sets a start to the place the player has reached. Without this file every form still
// saves by its button.

const clock = (seconds) => {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
};

function keep(form) {
  const said = form.querySelector('[data-kept]');
  let typed = 0; // counts what was typed
  let sent = 0; // what of it the server has
  let timer = null;

  async function send(leaving) {
    clearTimeout(timer);
    timer = null;
    if (sent === typed) return;
    const now = typed;
    const body = new URLSearchParams(new FormData(form));
    body.set('section', form.dataset.autosave);
    try {
      const answer = await fetch(form.dataset.url, { method: 'POST', body, keepalive: leaving });
      if (!answer.ok) return;
      sent = now;
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
      if (said) said.textContent = `${form.dataset.tKept} ${time}`;
    } catch {
      // The next key pressed tries again.
    }
  }

  form.addEventListener('input', () => {
    typed += 1;
    timer ??= setTimeout(send, 3000, false);
  });
  form.addEventListener('submit', () => {
    clearTimeout(timer);
    sent = typed;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') send(true);
  });
  addEventListener('pagehide', () => send(true));
}

for (const form of document.querySelectorAll('form[data-autosave]')) keep(form);

const audio = document.querySelector('[data-desk-audio]');
for (const button of document.querySelectorAll('[data-now]')) {
  if (!audio) break;
  button.hidden = false;
  button.addEventListener('click', () => {
    const start = document.getElementById(button.dataset.now);
    start.value = clock(audio.currentTime);
    start.dispatchEvent(new Event('input', { bubbles: true }));
    start.focus();
  });
}
