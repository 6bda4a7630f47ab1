// Signs in with a passkey (data-passkey="get"), or makes one (data-passkey="create"): for an account, or to open one.
// The page works without it: a code by e-mail and a password stay.

const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

const decode = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

class Refused extends Error {}

async function post(button, url, body) {
  const csrf = button.dataset.csrf || button.closest('form')?.querySelector('input[name="csrf"]')?.value || '';
  const answer = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    // The answer's words and the page it leads to follow the page, not the browser.
    headers: { 'content-type': 'application/json', accept: 'application/json', 'accept-language': document.documentElement.lang, 'x-csrf': csrf },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.detail || said.title || button.dataset.tFailed);
  return said;
}

function create(begun) {
  return navigator.credentials.create({ publicKey: {
    challenge: decode(begun.challenge),
    rp: { id: begun.rp_id, name: begun.rp_name },
    user: { id: decode(begun.user_handle), name: begun.user_name, displayName: begun.display_name },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -8 }],
    excludeCredentials: (begun.exclude ?? []).map((id) => ({ type: 'public-key', id: decode(id) })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
  } });
}

function get(begun) {
  return navigator.credentials.get({ publicKey: {
    challenge: decode(begun.challenge), rpId: begun.rp_id, userVerification: 'required',
  } });
}

async function run(button) {
  const form = button.closest('form');
  const extra = {};
  for (const name of ['next', 'label', 'name']) {
    const value = form?.elements[name]?.value ?? button.dataset[name];
    if (value) extra[name] = value;
  }
  const begun = await post(button, button.dataset.passkeyBegin, extra);
  const adding = button.dataset.passkey === 'create';
  const credential = await (adding ? create(begun) : get(begun));
  const { response } = credential;
  const proof = {
    ...extra,
    challenge: begun.challenge,
    credential_id: encode(credential.rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(adding ? response.getAuthenticatorData() : response.authenticatorData),
  };
  if (!adding) proof.signature = encode(response.signature);
  const done = await post(button, button.dataset.passkeyFinish, proof);
  location.assign(done.redirect || location.pathname);
}

function start(button) {
  const words = button.dataset;
  const box = button.closest('[data-passkey-box]');
  const [status, error] = ['status', 'error'].map((name) => box.querySelector(`[data-passkey-${name}]`));
  const fail = (text) => {
    status.textContent = '';
    error.querySelector('span').textContent = text;
    error.hidden = false;
  };
  box.hidden = false;
  button.addEventListener('click', async (event) => {
    event.preventDefault();
    error.hidden = true;
    status.textContent = words.tWait;
    button.disabled = true;
    try {
      await run(button);
    } catch (problem) {
      if (problem instanceof Refused) fail(problem.message);
      else if (problem.name === 'NotAllowedError' || problem.name === 'AbortError') fail(words.tCancelled);
      else if (problem.name === 'InvalidStateError') fail(words.tKnown || words.tFailed);
      else fail(words.tFailed);
    } finally {
      button.disabled = false;
    }
  });
}

if (window.PublicKeyCredential) for (const button of document.querySelectorAll('[data-passkey]')) start(button);
