// The transcript editor beside the player: keys for playing, a cut where the cursor stands, and a warning before what was
// typed is lost. Playing a cue and marking the current one is done by player.js.

const form = document.querySelector('[data-cues]');
const audio = document.querySelector('[data-player] [data-audio]');

if (form) {
  let typed = false;
  for (const part of document.querySelectorAll('p[data-js]')) part.hidden = false;
  form.addEventListener('input', () => { typed = true; });
  form.addEventListener('submit', () => { typed = false; });
  addEventListener('beforeunload', (event) => { if (typed) event.preventDefault(); });

  // The text is cut where the cursor was, counted in characters as the server counts them.
  for (const button of form.querySelectorAll('[data-split]')) {
    button.addEventListener('click', () => {
      const area = button.closest('li').querySelector('textarea');
      const at = [...area.value.slice(0, area.selectionStart)].length;
      if (at > 0 && area.selectionStart < area.value.length) button.value = `${button.value.split(':', 2).join(':')}:${at}`;
    });
  }

  const cues = [...form.querySelectorAll('[data-cue]')];
  const focused = () => cues.indexOf(document.activeElement?.closest('[data-cue]'));
  const play = () => audio?.play().catch(() => {});

  function next(step) {
    const current = focused() >= 0 ? focused() : cues.findIndex((c) => c.hasAttribute('aria-current'));
    const cue = cues[Math.min(cues.length - 1, Math.max(0, current + step))];
    if (!cue) return;
    cue.querySelector('textarea').focus();
    cue.scrollIntoView({ block: 'nearest' });
    if (audio) { audio.currentTime = Number(cue.dataset.cue); play(); }
  }

  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const moves = {
      ' ': () => { if (audio) { if (audio.paused) play(); else audio.pause(); } },
      ArrowLeft: () => { if (audio) audio.currentTime = Math.max(0, audio.currentTime - 3); },
      ArrowDown: () => next(1),
      ArrowUp: () => next(-1),
      s: () => form.requestSubmit(form.querySelector('[data-save]')),
    };
    const move = moves[event.key];
    if (move) { event.preventDefault(); move(); }
  });
}
