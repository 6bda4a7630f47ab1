// Copies the address of the page, with the time reached if asked. The plain links beside it need no script.

function start(box) {
  const from = box.querySelector('[data-from]');
  const tick = from?.querySelector('input');
  const said = box.querySelector('[data-said]');
  const copy = box.querySelector('[data-copy]');
  const native = box.querySelector('[data-native]');
  const carriers = [...box.querySelectorAll('[data-carries]')].map((link) => [link, link.href]);
  const shown = box.querySelector('.share-url a');
  const page = box.dataset.share || shown.getAttribute('href');
  let at = 0;

  const clock = (s) => {
    const h = Math.floor(s / 3600);
    const two = (n) => String(n).padStart(2, '0');
    return `${h ? `${h}:${two(Math.floor(s / 60) % 60)}` : Math.floor(s / 60)}:${two(s % 60)}`;
  };
  const address = () => (tick?.checked && at > 0 ? `${page}#t=${at}` : page);

  function carry() {
    const [old, fresh] = [encodeURIComponent(page), encodeURIComponent(address())];
    for (const [link, href] of carriers) link.href = href.replaceAll(old, fresh);
    shown.href = address();
    shown.textContent = address();
  }

  if (from) document.addEventListener('player-time', (event) => {
    if (tick.checked) return; // the time stays what it was when the box was ticked
    at = event.detail;
    from.hidden = at < 1;
    from.querySelector('span').textContent = box.dataset.tFrom.replace('%p', clock(at));
  });
  tick?.addEventListener('change', carry);

  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(address());
        said.textContent = box.dataset.tCopied;
      } catch {
        said.textContent = box.dataset.tCopyFailed;
      }
    });
  }
  if (navigator.share) {
    native.hidden = false;
    native.addEventListener('click', () => navigator.share({ title: document.title, text: native.dataset.text, url: address() }).catch(() => {}));
  }
}

const box = document.querySelector('[data-share]');
if (box) start(box);
