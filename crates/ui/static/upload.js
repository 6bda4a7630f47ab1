// Sends a file in pieces by tus 1.0.0, with pause and resume, also after the page was closed: the sound of an episode or the
// video of a clip. Without this file the form is sent as a whole. A form that also makes the clip (data-create) is sent without
// its file first; its answer says which clip it is. What is remembered in this browser: the address of an unfinished upload
// and the file's name.

const PIECE = 8 * 1024 * 1024;
const key = (of, file) => `upload:${of}:${file.name}:${file.size}:${file.lastModified}`;
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

/** What is remembered; a browser that keeps nothing simply cannot go on after a reload. */
const memory = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* full or forbidden */ } },
  drop(name) { try { localStorage.removeItem(name); } catch { /* forbidden */ } },
  names(prefix) { try { return Object.keys(localStorage).filter((n) => n.startsWith(prefix)); } catch { return []; } },
};

function start(form) {
  const text = form.dataset;
  const input = form.querySelector('input[type="file"]:is([name="audio"], [name="video"])');
  const state = form.querySelector('[data-state]');
  const bar = state.querySelector('progress');
  const words = state.querySelector('[data-text]');
  const pause = form.querySelector('[data-pause]');
  const cancel = form.querySelector('[data-cancel]');
  const send = form.querySelector('[data-send]');
  const stamp = form.querySelector('input[name="csrf"]')?.value ?? '';
  const say = (sentence) => { if (words.textContent !== sentence) words.textContent = sentence; };
  let of = text.post ?? text.episode;
  let running = null; // { file, url, request, paused, ended }

  /** One request; gives its status, headers and text, status 0 without an answer. */
  function ask(method, url, headers, body, progress) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      for (const [name, value] of Object.entries({ 'tus-resumable': '1.0.0', 'x-csrf': stamp, ...headers })) {
        request.setRequestHeader(name, value);
      }
      if (progress) request.upload.addEventListener('progress', (event) => progress(event.loaded));
      request.addEventListener('loadend', () => done(request));
      if (running) running.request = request;
      request.send(body);
    });
  }

  function show(bytes) {
    const percent = Math.floor((bytes / running.file.size) * 100);
    bar.value = percent;
    running.percent = percent;
    say(text.tSent.replace('%p', percent));
  }

  function fail(request) {
    let sentence = text.tFailed;
    try {
      const problem = JSON.parse(request.responseText);
      sentence = problem.errors?.[0]?.detail ?? problem.title ?? sentence;
    } catch { /* not ours */ }
    running = null;
    send.disabled = false;
    pause.hidden = true;
    say(sentence);
  }

  async function begin() {
    const { file } = running;
    const meta = { filename: file.name, filetype: file.type, [text.episode ? 'episode' : 'post']: of };
    const said = Object.entries(meta).filter(([, v]) => v).map(([k, v]) => `${k} ${base64(v)}`).join(',');
    const made = await ask('POST', '/uploads', { 'upload-length': file.size, 'upload-metadata': said });
    if (made.status !== 201) return made;
    running.url = made.getResponseHeader('location');
    memory.set(key(of, file), running.url);
    return null;
  }

  /** Where the upload stands; null when it has to begin again. */
  async function offset() {
    const told = await ask('HEAD', running.url, {});
    if (told.status === 200) return Number(told.getResponseHeader('upload-offset'));
    if (told.status === 404 || told.status === 410) return null;
    throw told;
  }

  async function round() {
    const { file } = running;
    if (!running.url) {
      const refused = await begin();
      if (refused) throw refused;
    }
    let at = await offset();
    if (at === null) {
      memory.drop(key(of, file));
      running.url = null;
      return false;
    }
    while (at < file.size && running && !running.paused) {
      const from = at;
      if (from + PIECE >= file.size) running.last = true;
      const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': from };
      const sent = await ask('PATCH', running.url, headers, file.slice(from, from + PIECE), (loaded) => {
        if (!running) return;
        show(Math.min(file.size, from + loaded));
        if (running.last && loaded >= file.size - from) say(text.tFinishing);
      });
      if (!running || running.paused) return false;
      if (sent.status !== 204) throw sent;
      at = Number(sent.getResponseHeader('upload-offset'));
      show(at);
    }
    return at >= file.size;
  }

  async function run() {
    let tries = 0;
    while (running && !running.paused) {
      try {
        if (await round()) {
          memory.drop(key(of, running.file));
          const sound = /\.(mp3|m4a)$/i.test(running.file.name) ? 'audio' : 'converting';
          location.href = text.episode ? `${text.done}${sound}` : text.done.replace('%i', of);
          return;
        }
        tries = 0;
      } catch (answer) {
        if (!running || running.paused) return;
        const again = answer.status === 0 || answer.status === 409 || answer.status === 423 || answer.status >= 500;
        if (!again || answer.status === 507) {
          if (answer.status === 422) memory.drop(key(of, running.file));
          fail(answer);
          return;
        }
        const seconds = Math.min(30, 2 ** tries);
        tries += 1;
        for (let left = seconds; left > 0 && running && !running.paused; left -= 1) {
          say(text.tRetry.replace('%s', left));
          await wait(1);
        }
      }
    }
  }

  function go() {
    state.hidden = false;
    pause.hidden = false;
    send.disabled = true;
    pause.textContent = text.tPause;
    run();
  }

  /** Sends the words without the file; whether there is a clip now. A page that refuses them takes the place of this one. */
  async function create(file) {
    const words = new FormData(form);
    words.delete(input.name);
    send.disabled = true;
    let answer;
    try {
      answer = await fetch(form.action, { method: 'POST', body: words, credentials: 'same-origin' });
    } catch {
      send.disabled = false;
      state.hidden = false;
      say(text.tFailed);
      return false;
    }
    const made = answer.redirected && /\/clips\/(po_[0-9A-Za-z]+)\//.exec(answer.url);
    if (made) {
      [, of] = made;
      // From here on a page that is closed or reloaded is the clip's own, where the upload goes on.
      history.replaceState(null, '', new URL(answer.url).pathname);
      return true;
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.querySelector('main').replaceWith(page.querySelector('main'));
    const again = document.querySelector('[data-upload]');
    if (again) {
      const kept = new DataTransfer();
      kept.items.add(file);
      again.querySelector('input[name="video"]').files = kept.files;
      start(again);
    }
    document.querySelector('#errors')?.focus();
    return false;
  }

  form.addEventListener('submit', async (event) => {
    const file = input.files?.[0];
    if (!file) return;
    event.preventDefault();
    if (running || send.disabled) return;
    if (!of && !await create(file)) return;
    running = { file, url: memory.get(key(of, file)), paused: false, percent: 0 };
    go();
  });
  pause.addEventListener('click', () => {
    if (!running) return;
    running.paused = !running.paused;
    if (running.paused) {
      running.request?.abort();
      pause.textContent = text.tResume;
      say(text.tPaused.replace('%p', running.percent ?? 0));
    } else {
      go();
    }
  });
  cancel.addEventListener('click', async () => {
    const left = running;
    if (left) left.paused = true;
    left?.request?.abort();
    running = null;
    send.disabled = false;
    state.hidden = true;
    bar.value = 0;
    const urls = left ? [key(of, left.file)] : memory.names(`upload:${of}:`);
    for (const name of urls) {
      const url = memory.get(name);
      memory.drop(name);
      if (url) await ask('DELETE', url, {});
    }
  });

  if (!of) return;
  const [unfinished] = memory.names(`upload:${of}:`);
  if (unfinished) {
    state.hidden = false;
    pause.hidden = true;
    say(text.tWaiting.replace('%n', unfinished.split(':').slice(2, -2).join(':')));
  }
}

for (const form of document.querySelectorAll('[data-upload]')) start(form);
