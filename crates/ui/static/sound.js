// The sound page: the player's place as the start or the end of an excerpt, and how far conversions are.

const audio = document.querySelector('[data-player] [data-audio]');
const two = (n) => String(n).padStart(2, '0');

/** 125.25 → "2:05.250". */
function exact(seconds) {
  const ms = Math.round(seconds * 1000);
  const [h, m, s, f] = [Math.floor(ms / 3600000), Math.floor(ms / 60000) % 60, Math.floor(ms / 1000) % 60, ms % 1000];
  const clock = h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  return f ? `${clock}.${String(f).padStart(3, '0')}` : clock;
}

const form = document.querySelector('[data-excerpt]');
if (form && audio) {
  for (const part of form.querySelectorAll('[data-js]')) part.hidden = false;
  for (const button of form.querySelectorAll('[data-here]')) {
    button.addEventListener('click', () => {
      const input = form.elements[button.dataset.here];
      input.value = exact(audio.currentTime);
      input.focus();
    });
  }
}

/** Fetches this page again and puts its list in the place of ours, until nothing runs; then shows the whole new page. */
async function look() {
  const here = document.querySelector('#conversions[data-running]');
  if (!here) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.pathname, { credentials: 'same-origin' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('#conversions');
      if (answer.ok && fresh && !fresh.hasAttribute('data-running') && audio?.paused !== false) {
        location.replace(location.pathname);
        return;
      }
      if (answer.ok && fresh) here.replaceWith(fresh);
    } catch { /* the next look may work */ }
  }
  setTimeout(look, 2000);
}
setTimeout(look, 2000);
