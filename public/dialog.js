// What a link would ask, over the page instead of in its place. Loaded when the first such link is pressed, and never before.
//
// The server writes what stands in the dialog: it is the same part that the page `/admin/commands/new` shows without script. While
// the dialog is open the actions behind it go on following the night; when they change, the part is fetched anew, and says what is
// different. Nothing is sent by opening, looking or closing.

const headers = { 'x-part': 'dialog' };
let dialog, body, link, place, seen, watcher, busy, again, timer;

/** Opens what a link asks. */
export function open(from) {
  make();
  link = from;
  place = from.parentElement;
  seen = '';
  show(from.href).then((shown) => {
    if (!shown || dialog.open) return;
    dialog.showModal();
    // The way back closes it, and leaves the page where it is.
    history.pushState({ asks: true }, '');
    body.querySelector('[autofocus]')?.focus();
    watcher.observe(place?.isConnected ? place : document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
}

function make() {
  if (dialog) return;
  dialog = document.createElement('dialog');
  dialog.className = 'asks';
  dialog.setAttribute('aria-labelledby', 'asked-title');
  body = dialog.appendChild(document.createElement('div'));
  document.body.append(dialog);
  watcher = new MutationObserver(() => {
    // Many changes are one look, and no more than one a second.
    timer ??= setTimeout(() => { timer = undefined; refresh(); }, 1000);
  });
  dialog.addEventListener('click', (event) => {
    const inside = event.target.closest('a');
    if (event.target === dialog || inside?.classList.contains('dont')) {
      event.preventDefault();
      dialog.close();
    } else if (inside?.dataset.ask !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      seen = '';
      show(inside.href);
    }
  });
  dialog.addEventListener('close', () => {
    watcher.disconnect();
    if (history.state?.asks) history.back();
    // The action may be another one by now.
    (link?.isConnected ? link : document.querySelector('.acts a, main a'))?.focus();
  });
  addEventListener('popstate', () => dialog.open && dialog.close());
  // What is chosen is looked at at once.
  dialog.addEventListener('change', () => refresh(true));
  dialog.addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    if (event.submitter?.formMethod === 'get') {
      show(`${event.submitter.formAction}?${fields}`);
    } else {
      send(form, fields, event.submitter);
    }
  });
  addEventListener('pageshow', () => dialog.open && refresh());
}

/** Fetches a part and shows it; what was written and not looked at yet stays. */
async function show(address) {
  let answer;
  try {
    answer = await fetch(address, { headers });
  } catch {
    return tell('Can’t be asked while offline.');
  }
  // Signed out, or not allowed any more: the page itself says so.
  if (answer.redirected || !(answer.headers.get('content-type') ?? '').includes('text/html')) {
    location.assign(address);
    return false;
  }
  await fill(await answer.text());
  return true;
}

async function fill(html) {
  const sheet = document.querySelector('link[data-asks]');
  body.innerHTML = html;
  const own = body.querySelector('link[rel=stylesheet]');
  if (own && !sheet && !document.querySelector(`head link[href="${own.getAttribute('href')}"]`)) {
    own.dataset.asks = '';
    document.head.append(own);
    await new Promise((done) => { own.onload = own.onerror = done; });
  } else {
    own?.remove();
  }
  seen ||= body.querySelector('[name=seen]')?.value ?? '';
}

/** The figures are live: what would be done is asked again, with what is filled in. */
async function refresh(chosen) {
  if (!dialog.open) return;
  if (busy) { again = true; return; }
  busy = true;
  const form = body.querySelector('form');
  const typing = form?.contains(document.activeElement) && document.activeElement.matches('input:not([type=checkbox]), select');
  if (form && (chosen || !typing)) {
    const { id, className: held } = document.activeElement ?? {};
    const fields = new URLSearchParams(new FormData(form));
    if (seen) fields.set('seen', seen);
    await show(`${form.querySelector('[formaction]')?.formAction ?? form.action}?${fields}`);
    const next = (id && document.getElementById(id)) || (held && [...body.querySelectorAll('a, button')].find((one) => one.className === held));
    (next || body.querySelector('[autofocus]'))?.focus();
  }
  busy = false;
  if (again) { again = false; refresh(); }
}

async function send(form, fields, button) {
  if (button) button.disabled = true;
  // What one saw is what one presses for: when it has changed, the next press is for what it is now.
  if (seen) fields.set('seen', seen);
  let answer;
  try {
    answer = await fetch(form.action, { method: 'POST', headers, body: fields });
  } catch {
    if (button) button.disabled = false;
    return tell('Can’t be sent while offline. Nothing is kept to be sent later; press again when the link is back, it counts once.');
  }
  if (answer.status === 204) {
    // What the server alone has written does not change by itself.
    if (link?.closest('main.archive')) addEventListener('popstate', anew, { once: true });
    dialog.close();
  } else if (answer.redirected || !(answer.headers.get('content-type') ?? '').includes('text/html')) {
    const said = await answer.json().catch(() => ({}));
    if (button) button.disabled = false;
    tell(said.message ?? 'It was not taken.');
  } else {
    seen = '';
    await fill(await answer.text());
    body.querySelector('[autofocus]')?.focus();
  }
}

/** Loads the page again; what it said was done before is not done now. */
function anew() {
  const here = new URL(location);
  here.searchParams.delete('done');
  location.replace(here);
}

function tell(words) {
  if (!dialog.open) { alertless(words); return false; }
  const line = body.querySelector('.wrong[role=alert]') ?? body.querySelector('form')?.insertAdjacentElement('beforebegin', document.createElement('p'));
  if (line) {
    line.className = 'wrong bad';
    line.setAttribute('role', 'alert');
    line.textContent = words;
  }
  return false;
}

/** Nothing is open yet to say it in. */
function alertless(words) {
  body.innerHTML = '<section class="asking"><h1 id="asked-title">Not now</h1><p class="wrong bad" role="alert"></p><div class="press"><a class="dont" href="" autofocus>Close</a></div></section>';
  body.querySelector('p').textContent = words;
  dialog.showModal();
}
