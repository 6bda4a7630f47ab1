// Writing a post: how many characters are left, and pictures that go up as soon as they are chosen. Works without.
const form = document.querySelector('[data-post]');
const text = form?.querySelector('textarea');
const count = form?.querySelector('[data-count]');

function left() {
  const rest = Number(count.dataset.most) - [...text.value.replace(/\r\n/g, '\n').trim()].length;
  count.hidden = rest > 100;
  count.textContent = count.dataset.t.replace('%n', rest);
  count.classList.toggle('error', rest < 0);
}

if (form && count) {
  text.addEventListener('input', left);
  left();
}
form?.querySelector('[type=file]')?.addEventListener('change', (event) => {
  if (event.target.files.length) form.requestSubmit(form.querySelector('[data-add]'));
});
