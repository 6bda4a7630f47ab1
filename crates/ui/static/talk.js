// Comments: a stamp is fetched when the form gets the focus, so that one post suffices; "Reply" moves the form below
// what it answers; a post that fails keeps what was typed. Without this module the server shows a preview first.

let form = document.querySelector('[data-talk]');
const home = form && form.parentElement;

async function stamp() {
  if (form.querySelector('[name=stamp]')) return;
  const field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'stamp' });
  form.append(field);
  try {
    const answer = await fetch(form.dataset.talk, { cache: 'no-store' });
    if (!answer.ok) throw new Error(answer.status);
    field.value = (await answer.json()).stamp;
  } catch {
    field.remove();
  }
}

function answering(link) {
  const parent = form.querySelector('[name=parent]');
  const title = form.querySelector('[data-title]');
  title.dataset.was ??= title.textContent;
  parent.value = link ? link.dataset.reply : '';
  title.textContent = link ? form.dataset.tReply.replace('%n', link.dataset.name) : title.dataset.was;
  form.querySelector('[data-cancel]')?.remove();
  if (link) {
    const cancel = Object.assign(document.createElement('button'), { type: 'button', className: 'btn bare' });
    cancel.dataset.cancel = '';
    cancel.textContent = form.dataset.tCancel;
    cancel.addEventListener('click', () => {
      answering(null);
      link.focus();
    });
    form.querySelector('.btn.main').after(cancel);
    link.closest('p').after(form);
    form.querySelector('textarea').focus();
  } else {
    home.append(form);
  }
}

async function send(event) {
  if (event.submitter?.hasAttribute('formaction')) return;
  event.preventDefault();
  const said = form.querySelector('[data-said]');
  const button = form.querySelector('.btn.main');
  said.textContent = form.dataset.tSending;
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (answer.redirected) {
      location.assign(answer.url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = page.querySelector('[data-talk]');
    if (next) {
      const fresh = document.importNode(next, true);
      form.replaceWith(fresh);
      form = fresh;
      listen();
      (form.querySelector('[role=alert]') ?? form.querySelector('textarea')).focus();
      return;
    }
    if (page.querySelector('[name=stamp]')) {
      form.removeEventListener('submit', send);
      form.requestSubmit();
      return;
    }
    said.textContent = page.querySelector('main p')?.textContent ?? form.dataset.tFailed;
  } catch {
    said.textContent = form.dataset.tFailed;
  }
  button.disabled = false;
}

function listen() {
  form.addEventListener('focusin', stamp);
  form.addEventListener('submit', send);
}

if (form) {
  listen();
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-reply]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    answering(link);
  });
}
