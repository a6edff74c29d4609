// Lists
function moveList(by) {
  const items = all('[data-item]', main());
  if (!items.length) return;
  const i = items.indexOf(document.activeElement);
  const next = items[Math.min(items.length - 1, Math.max(0, i + by))];
  next.focus();
}

// Commands
const press = id => { const b = $('[data-do="' + id + '"]:not(#help *)', main()); if (b) b.click(); };
function toggle(name) {
  const t = task(), b = $('[data-switch=' + name + ']');
  if (!t || !b) return;
  const top = scrollY;
  const on = t.classList.toggle('show-' + name);
  b.setAttribute('aria-pressed', on);
  shown = all('[data-switch][aria-pressed=true]').map(x => x.dataset.switch);
  setPref('shown', shown.join(' '));
  scrollTo(0, top);
}
// switched sets the switches of a question that was fetched before they were changed
let shown = null;
function switched() {
  if (shown && task()) for (const b of all('[data-switch]', task())) {
    const on = shown.includes(b.dataset.switch);
    task().classList.toggle('show-' + b.dataset.switch, on);
    b.setAttribute('aria-pressed', on);
  }
}
const acts = {
  help: () => openHelp(), palette: () => openHelp(), search: () => $('#find') && $('#find').focus(), close: () => $('#help').close(),
  undo: () => { const b = $('#undo button'); if (b) b.click(); },
  'task.same': () => press('task.same'), 'task.different': () => press('task.different'), 'task.unsure': () => press('task.unsure'), 'task.snooze': () => press('task.snooze'), 'task.snooze.h': () => press('task.snooze'),
  'task.comment': () => $('#reason') && $('#reason').focus(), 'task.assign': () => { const a = $('#assign', main()); if (a) { a.scrollIntoView({block: 'center'}); a.tagName === 'SELECT' ? a.focus() : a.click(); } }, 'task.next': () => press('task.next'), 'task.previous': () => history.back(),
  'row.next': () => move(1, 0), 'row.previous': () => move(-1, 0), 'column.next': () => move(0, 1), 'column.previous': () => move(0, -1), 'row.pick': pick, 'row.edit': edit,
  'show.only': () => toggle('only'), 'show.raw': () => toggle('raw'), 'show.latin': () => toggle('latin'), 'show.score': () => toggle('blind'), 'show.all': () => toggle('all'),
  'list.next': () => moveList(1), 'list.previous': () => moveList(-1), 'list.start': () => { const f = $('form[data-key="list.start"]'); if (f) f.requestSubmit(); },
  'cluster.select': () => { const f = document.activeElement, n = f.closest('a[data-node]'), r = f.closest('tr'), c = r && $('input[type=checkbox]', r); if (n) n.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true})); else if (c) c.click(); }, 'cluster.move': () => $('#move-to') && $('#move-to').focus(),
};
function openHelp() {
  const d = $('#help');
  if (!d.open) d.showModal();
  $('#help-find').value = ''; filterHelp(); $('#help-find').focus();
}
function filterHelp() {
  const q = $('#help-find').value.toLocaleLowerCase();
  all('#help li').forEach(li => { li.hidden = !li.textContent.toLocaleLowerCase().includes(q); });
  all('#help section').forEach(s => { s.hidden = !$('li:not([hidden])', s); });
}
function run(id, goes) {
  if (goes) { location.href = goes; return; }
  if (acts[id]) acts[id]();
}

// Keys
let map = [], waiting = '', waitTimer;
const chordOf = e => (e.ctrlKey || e.metaKey ? 'Ctrl+' : '') + (e.shiftKey ? 'Shift+' : '') + e.code.replace(/^Numpad(\d)$/, 'Digit$1');
const typing = el => el && (el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) || el.tagName === 'INPUT' && !/^(radio|checkbox|button|submit)$/.test(el.type));
addEventListener('keydown', e => {
  if (e.isComposing || e.altKey || e.repeat && !/^(KeyJ|KeyK|Arrow)/.test(e.code)) return;
  if (e.target.matches && e.target.matches('input.chord')) { capture(e); return; }
  const chord = chordOf(e), ctrl = e.ctrlKey || e.metaKey;
  if (/^(Enter|NumpadEnter|Space)$/.test(e.code) && e.target.closest && e.target.closest('a,button,summary,input,select,textarea,dialog')) return;
  if (typing(e.target)) {
    if (e.code === 'Escape') e.target.blur();
    if (!ctrl) return;
  }
  if (!ctrl && 'keysOff' in main().dataset) return;
  if ($('#help').open && !ctrl) return;
  const full = (waiting ? waiting + ' ' : '') + chord;
  const hit = map.find(k => k.keys === full);
  clearTimeout(waitTimer); waiting = '';
  if (hit) { e.preventDefault(); run(hit.id, hit.goes); return; }
  if (map.some(k => k.keys.startsWith(full + ' '))) { waiting = full; waitTimer = setTimeout(() => { waiting = ''; }, 1200); e.preventDefault(); }
});
function capture(e) {
  if (e.code === 'Tab' || e.code === 'Escape' || /^(Shift|Control|Alt|Meta)/.test(e.code)) return;
  e.preventDefault();
  if (e.code === 'Backspace' || e.code === 'Delete') { e.target.value = ''; return; }
  const now = Date.now(), old = e.target._at && now - e.target._at < 1200 ? e.target.value + ' ' : '';
  e.target.value = (old.split(' ').length > 2 ? '' : old) + chordOf(e);
  e.target._at = now;
}

// Clicks and forms
addEventListener('click', e => {
  const copy = e.target.closest('[data-copy]');
  if (copy) { navigator.clipboard && navigator.clipboard.writeText(copy.dataset.copy).then(() => toast(body.dataset.copied)); return; }
  const sw = e.target.closest('[data-switch]');
  if (sw) { toggle(sw.dataset.switch); return; }
  const b = e.target.closest('[data-do]');
  if (!b) return;
  if (b.closest('#help')) { $('#help').close(); run(b.dataset.do, b.dataset.goes); } else if (b.type === 'button') run(b.dataset.do);
});
addEventListener('submit', e => {
  const f = e.target, b = e.submitter;
  if ('verdict' in f.dataset && b && b.name === 'verdict') { e.preventDefault(); if (b.value !== 'none') decide(f, b); return; }
  if ('swap' in f.dataset || f.id === 'undo') { e.preventDefault(); go(f, b); return; }
  if (b && b.name === 'guide') { e.preventDefault(); setPref('guide', 'off'); guided(); main().focus({preventScroll: true}); return; }
  if (f.id === 'signout') store.set(KEPT, null);
  if (f.method === 'post') { if ('sent' in f.dataset) e.preventDefault(); f.dataset.sent = ''; }
});
addEventListener('pageshow', () => all('form[data-sent]').forEach(f => f.removeAttribute('data-sent')));
addEventListener('change', e => { if (e.target.matches('.grid input[type=radio]')) live(e.target.closest('tr')); });
addEventListener('input', e => { if (e.target.id === 'help-find') filterHelp(); });
addEventListener('keydown', e => {
  const t = e.target;
  if (e.key === 'Enter' && t.id === 'reason') { e.preventDefault(); const f = t.form; if (f.dataset.then === 'skip' && t.value.trim()) decide(f, $('[data-do="task.unsure"]', f)); else t.blur(); }
  if (e.key === 'Enter' && t.id === 'help-find') { const first = $('#help li:not([hidden]) button'); if (first) first.click(); }
});
addEventListener('popstate', () => location.reload());
addEventListener('online', () => { const kept = store.get(KEPT); if (kept && kept.who === body.dataset.who) send(kept, true); else bar(''); });
document.addEventListener('visibilitychange', hold);
document.addEventListener('click', e => { const m = $('details.menu[open]'); if (m && !m.contains(e.target)) m.open = false; });
document.addEventListener('keydown', e => { const m = $('details.menu[open]'); if (m && e.key === 'Escape') { m.open = false; $('summary', m).focus(); } });

// guided takes the first steps away from those who know them
function guided() { const g = $('.guide'); if (g && prefs().get('guide') === 'off') g.remove(); }
function begin() {
  guided(); switched();
  const m = main();
  try { map = JSON.parse(m.dataset.keys || '[]'); } catch { map = []; }
  at = {row: -1, column: 0}; waiting = '';
  const t = task();
  until = t && t.dataset.left ? Date.now() + t.dataset.left * 1000 : 0;
  tick();
  all('.grid tr[data-row]', m).forEach(r => { if ($('input[type=radio]:checked', r)) live(r); });
  if ($('.graph', m)) choose();
  if (t) { hold(); fetchAhead(); }
}
begin(); resume();
performance.mark('ready');
