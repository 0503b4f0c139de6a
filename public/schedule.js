// What an entry of the schedule comes to, while it is filled in. Loaded by its form and by nothing else; without it the button
// "Preview" does the same, and is there for nobody else.
//
// The server works it out, by the very rules by which it fires. Of several answers that are under way only the last one counts.

const form = document.getElementById('entry');
const preview = document.getElementById('preview');
const [says, rows] = [document.querySelector('.says'), preview.querySelector('.rows')];
const from = `${document.documentElement.dataset.base ?? ''}/admin/schedule/preview`;
let timer, under, shown;

form.querySelector('.look').hidden = true;

form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(look, 150);
});
// What the browser has kept of what was filled in before.
addEventListener('pageshow', look);

async function look() {
  const fields = `${new URLSearchParams(new FormData(form))}`;
  if (fields === shown) return;
  under?.abort();
  under = new AbortController();
  preview.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(`${from}?${fields}`, { signal: under.signal });
    // Signed out, or not allowed any more: the page itself says so when it is sent.
    if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
    const part = document.createElement('template');
    part.innerHTML = await answer.text();
    const [next, list] = [part.content.querySelector('.says'), part.content.querySelector('.rows')];
    // Read out only when it says something else.
    if (says.textContent !== next.textContent) says.textContent = next.textContent;
    says.className = next.className;
    rows.replaceChildren(...list.childNodes);
    shown = fields;
  } catch (cause) {
    if (cause.name === 'AbortError') return;
    says.textContent = 'The preview can’t be fetched now. What is filled in stays.';
    says.className = 'says bad';
  }
  preview.removeAttribute('aria-busy');
}
