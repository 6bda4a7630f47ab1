// The column of clips: the one in view plays without sound until somebody asks for it, others rest. Keys: arrows up and down,
// j and k go on, the space bar stops and starts, m is the sound, c the captions. Without this file every clip has the
// browser's own controls. Nothing moves by itself for those who asked for less motion or fewer bytes.

const column = document.querySelector('[data-clips]');
const clips = [...(column?.querySelectorAll('[data-clip]') ?? [])];
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const sparing = navigator.connection?.saveData === true;
const film = (clip) => clip.querySelector('video');
const key = 'clips:sound';
let loud = false;
try { loud = sessionStorage.getItem(key) === 'on'; } catch { /* forbidden */ }
let current = null;
let stopped = false; // by hand: scrolling on does not start again what somebody stopped

function mark(clip) {
  const video = film(clip);
  const button = clip.querySelector('[data-sound]');
  if (button) {
    button.querySelector('[data-text]').textContent = video.muted ? button.dataset.tOn : button.dataset.tOff;
  }
  const words = clip.querySelector('[data-captions]');
  const track = video.textTracks[0];
  if (words && track) words.setAttribute('aria-pressed', String(track.mode === 'showing'));
}

function sound(on) {
  loud = on;
  try { sessionStorage.setItem(key, on ? 'on' : 'off'); } catch { /* forbidden */ }
  for (const clip of clips) {
    film(clip).muted = !on;
    mark(clip);
  }
}

function captions(clip) {
  const track = film(clip).textTracks[0];
  if (!track) return;
  track.mode = track.mode === 'showing' ? 'hidden' : 'showing';
  mark(clip);
}

function play(clip) {
  // A browser that lets nothing sound before a touch still plays it without.
  film(clip).play().catch(() => {
    film(clip).muted = true;
    mark(clip);
    film(clip).play().catch(() => { /* the controls are there */ });
  });
}

function toggle(clip) {
  const video = film(clip);
  stopped = !video.paused;
  if (video.paused) play(clip); else video.pause();
}

function show(clip) {
  if (current === clip) return;
  if (current) film(current).pause();
  current = clip;
  if (!stopped && !calm.matches && !sparing) play(clip);
  // The next one's picture and first seconds, nothing more.
  const next = clips[clips.indexOf(clip) + 1];
  if (next && !sparing) film(next).preload = 'metadata';
}

function go(by) {
  const at = Math.max(0, clips.indexOf(current)) + by;
  const clip = clips[at];
  if (clip) {
    clip.scrollIntoView({ behavior: calm.matches ? 'instant' : 'smooth', block: 'start' });
    clip.focus({ preventScroll: true });
    show(clip);
  } else if (at >= clips.length) {
    document.querySelector('[data-older]')?.focus();
  }
}

for (const clip of clips) {
  const video = film(clip);
  video.muted = !loud;
  video.loop = true;
  for (const part of clip.querySelectorAll('[data-js]')) part.hidden = false;
  clip.querySelector('[data-sound]')?.addEventListener('click', () => sound(video.muted));
  clip.querySelector('[data-captions]')?.addEventListener('click', () => captions(clip));
  video.addEventListener('volumechange', () => mark(clip));
  video.textTracks.addEventListener?.('change', () => mark(clip));
  mark(clip);
}

// Keys of one letter can be turned off: whoever speaks to the machine writes letters. Kept once somebody chooses.
const letters = document.querySelector('[data-letters]');
const kept = (work) => { try { return work(localStorage); } catch { return null; } };
if (letters && clips.length) {
  letters.checked = kept((store) => store.getItem('clips:letters')) !== 'off';
  letters.addEventListener('change', () => kept((store) => store.setItem('clips:letters', letters.checked ? 'on' : 'off')));
  letters.closest('[data-js]').hidden = false;
}

if (column && clips.length) {
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) show(entry.target);
  }, { threshold: 0.6 });
  for (const clip of clips) seen.observe(clip);
  document.addEventListener('visibilitychange', () => { if (document.hidden && current) film(current).pause(); });
  document.addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (!plain || event.target.closest('input, textarea, select, [contenteditable]')) return;
    if (letters && !letters.checked && event.key.length === 1 && event.key !== ' ') return;
    const onControl = event.target.closest('button, a, video, summary');
    const clip = current ?? clips[0];
    switch (event.key) {
      case 'ArrowDown': case 'j': go(1); break;
      case 'ArrowUp': case 'k': go(-1); break;
      case ' ': if (onControl) return; toggle(clip); break;
      case 'm': sound(film(clip).muted); break;
      case 'c': captions(clip); break;
      default: return;
    }
    event.preventDefault();
  });
}
