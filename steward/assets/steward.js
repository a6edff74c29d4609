// The script of the workbench: keys by their place on the keyboard, parts of pages in place of whole
// ones, and decisions that are not lost with the connection. Pages work without it.
'use strict';
(() => {
const root = document.documentElement, body = document.body;
root.classList.add('js');
const $ = (s, at) => (at || document).querySelector(s), all = (s, at) => [...(at || document).querySelectorAll(s)];
const main = () => $('#main'), task = () => $('.task', main());
const store = {
  get: k => { try { return JSON.parse(localStorage.getItem(k)); } catch { return null; } },
  set: (k, v) => { try { v === null ? localStorage.removeItem(k) : localStorage.setItem(k, JSON.stringify(v)); } catch { /* a private window: nothing is kept */ } },
};
const KEPT = 'kartoteka.kept';

// Saying
let toastTimer;
function say(text) { $('#say').textContent = ''; setTimeout(() => { $('#say').textContent = text; }, 30); }
function toast(text) {
  const t = $('#toast');
  t.textContent = text; t.hidden = false; say(text);
  clearTimeout(toastTimer); toastTimer = setTimeout(() => { t.hidden = true; }, 2500);
}
function bar(text, ...buttons) {
  const b = $('#pending');
  b.replaceChildren(Object.assign(document.createElement('span'), {textContent: text}));
  for (const [label, act] of buttons) {
    const x = Object.assign(document.createElement(typeof act === 'string' ? 'a' : 'button'), {textContent: label, className: 'button'});
    if (typeof act === 'string') x.href = act; else x.addEventListener('click', act);
    b.append(x);
  }
  b.hidden = !text;
}

// Preferences, in the cookie that the server reads, and with the account of who is signed in
let told = Promise.resolve();
function prefs() {
  const m = document.cookie.match(/(?:^|; )kartoteka_prefs=([^;]*)/);
  return new URLSearchParams(m ? decodeURIComponent(m[1].replace(/\+/g, ' ')) : '');
}
function setPref(key, value) {
  const p = prefs();
  if ((p.get(key) || '') === value) return;
  value ? p.set(key, value) : p.delete(key);
  if ('prefs' in body.dataset) p.set('new', body.dataset.who);
  keepPrefs(p);
  const sent = p.toString();
  if ('prefs' in body.dataset) told = told.then(() => ask('POST', '/me/prefs', 'prefs', new URLSearchParams({[key]: value}), {keepalive: true})).then(r => {
    if (r.ok && prefs().toString() === sent) { p.delete('new'); keepPrefs(p); }
  }).catch(() => {});
}
function keepPrefs(p) {
  document.cookie = 'kartoteka_prefs=' + encodeURIComponent(p.toString()) + '; path=/; max-age=31536000; samesite=lax' + (location.protocol === 'https:' ? '; secure' : '');
}

// Asking the server for a part of a page
function ask(method, url, part, form, more) {
  const headers = {'X-Fragment': part, 'X-Hub-CSRF': '1'};
  return fetch(url, {method, headers, body: form || undefined, credentials: 'same-origin', redirect: 'manual', ...more});
}
const gone = r => r.type === 'opaqueredirect' || r.status === 401;
function swap(html, path, keep) {
  const t = document.createElement('template');
  t.innerHTML = html;
  const fresh = $('main', t.content);
  if (!fresh) return false;
  main().replaceWith(fresh);
  document.title = fresh.dataset.title || document.title;
  if (path && path !== location.pathname) history.pushState({}, '', path);
  if (!keep) { scrollTo(0, 0); fresh.focus({preventScroll: true}); }
  begin();
  performance.mark('painted');
  return true;
}
// wait shows that something is on its way: a line at once, and a skeleton in place of the page if it takes long. What
// was typed stays beneath.
let waits = 0;
function wait() {
  root.classList.add('busy');
  clearTimeout(waits);
  waits = setTimeout(() => { main().classList.add('waits'); main().append($('#waiting').content.cloneNode(true)); say(body.dataset.wait); }, 300);
}
function waited() {
  clearTimeout(waits);
  root.classList.remove('busy'); main().classList.remove('waits');
  all('.skeleton', main()).forEach(s => s.remove());
}
async function go(form, submitter) {
  const data = new URLSearchParams(new FormData(form, submitter || undefined));
  wait();
  try {
    const r = await ask('POST', form.action, 'main', data);
    if (gone(r)) { location.reload(); return; }
    if (!swap(await r.text(), r.headers.get('X-Path'))) location.reload();
  } catch { bar(body.dataset.lost); } finally { waited(); }
}

// What goes on is shown as it goes on, until the page says that it is over
async function look() {
  if (!$('[data-live]') || document.hidden) return;
  try {
    const r = await ask('GET', location.href, 'main');
    if (!r.ok) return;
    const t = document.createElement('template');
    t.innerHTML = await r.text();
    const now = $('[data-live]', t.content), old = $('[data-live]');
    if (now && old) { if (now.innerHTML !== old.innerHTML) old.innerHTML = now.innerHTML; return; }
    if (old) { swap(t.innerHTML, null, true); say(($('[role=status], [role=alert], h1', main()) || main()).textContent); }
  } catch { /* the next look will do */ }
}
setInterval(look, 1500);

// Deciding
let ahead = null, deciding = false;
async function fetchAhead() {
  ahead = null;
  const t = task();
  if (!t || !('answerable' in t.dataset)) return;
  const id = t.dataset.task;
  try {
    const r = await ask('POST', '/tasks/next?after=' + id, 'main');
    const path = r.headers.get('X-Path') || '';
    if (r.ok && /^\/tasks\/\d+$/.test(path) && task() && task().dataset.task === id) ahead = {html: await r.text(), path, id: path.slice(7)};
  } catch { /* the next one is asked for when it is needed */ }
}
async function decide(form, button) {
  if (deciding) return;
  const reason = form.elements.reason, skip = button.value === 'skip';
  if (skip && !button.dataset.days && !reason.value.trim() && form.dataset.then !== 'skip') {
    form.dataset.then = 'skip'; reason.focus(); say(body.dataset.reason); toast(body.dataset.reason);
    return;
  }
  deciding = true;
  performance.mark('decided');
  const data = new URLSearchParams(new FormData(form));
  data.set('verdict', button.value);
  if (button.dataset.days) data.set('days', button.dataset.days);
  const kept = {url: form.getAttribute('action'), body: data.toString(), at: Date.now(), who: body.dataset.who};
  const next = ahead;
  ahead = null;
  store.set(KEPT, kept);
  setPref('guide', 'off');
  all('button', form).forEach(b => { b.disabled = true; });
  if (next) swap(next.html, next.path); else wait();
  deciding = false;
  await send(kept, !!next);
}
async function send(kept, shown) {
  try {
    const r = await ask('POST', kept.url, shown ? 'undo' : 'main', kept.body, {keepalive: kept.body.length < 60000, headers: {'X-Fragment': shown ? 'undo' : 'main', 'X-Hub-CSRF': '1', 'Content-Type': 'application/x-www-form-urlencoded'}});
    if (gone(r)) {
      bar(body.dataset.expired, [body.dataset.signin, '/signin?next=' + encodeURIComponent(location.pathname)]);
      return;
    }
    if (r.status >= 500) throw new Error(r.status);
    store.set(KEPT, null); bar('');
    const text = await r.text();
    if (r.ok && shown) { undoBar(text); return; }
    swap(text, r.ok ? r.headers.get('X-Path') : kept.url.replace(/\/answer$/, ''));
    if (!r.ok) { const w = $('[role=alert]', main()); if (w) { w.tabIndex = -1; w.focus(); } }
  } catch {
    bar(body.dataset.lost, [body.dataset.retry, () => send(kept, shown)], [body.dataset.drop, () => { store.set(KEPT, null); bar(''); }]);
    clearTimeout(send.timer); send.timer = setTimeout(() => { if (store.get(KEPT)) send(kept, shown); }, 5000);
  } finally { waited(); }
}
function undoBar(html) {
  const t = document.createElement('template');
  t.innerHTML = html;
  const u = $('#undo', t.content);
  if (!u) return;
  const old = $('#undo');
  if (old) old.remove();
  main().prepend(u);
  say(u.textContent);
}
function holdTick() {
  const h = $('#hold'), u = $('#undo');
  if (!h || !u) return;
  if (!u._until) u._until = Date.now() + u.dataset.seconds * 1000;
  const left = Math.ceil((u._until - Date.now()) / 1000);
  if (left <= 0) { h.remove(); return; }
  h.textContent = h.textContent.replace(/\d+/, left);
}
setInterval(holdTick, 1000);
function resume() {
  const kept = store.get(KEPT);
  if (!kept || Date.now() - kept.at > 864e5) { store.set(KEPT, null); return; }
  const drop = [body.dataset.drop, () => { store.set(KEPT, null); bar(''); }];
  if (kept.who !== body.dataset.who) return;
  bar(body.dataset.kept, [body.dataset.retry, () => send(kept, true)], drop);
  send(kept, true);
}

// Claims: held while the page is looked at
let until = 0;
async function hold() {
  const t = task();
  if (!t || !('answerable' in t.dataset) || document.visibilityState !== 'visible') return;
  try {
    const r = await ask('POST', '/tasks/' + t.dataset.task + '/claim', 'claim');
    if (r.ok) until = Date.parse(r.headers.get('X-Until')); else if (r.status === 409) bar(body.dataset.lapsed);
    if (ahead) ask('POST', '/tasks/' + ahead.id + '/claim', 'claim').catch(() => {});
  } catch { /* the connection is told of when something is sent */ }
}
function tick() {
  const el = $('#left');
  if (!el || !until) return;
  const left = Math.max(0, Math.round((until - Date.now()) / 1000));
  el.textContent = Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
  el.parentElement.hidden = false;
  el.parentElement.classList.toggle('warn', left < 60);
}
setInterval(hold, 60000); setInterval(tick, 1000);
addEventListener('pagehide', () => { if (ahead) ask('POST', '/tasks/' + ahead.id + '/release', 'claim', null, {keepalive: true}).catch(() => {}); });

// The grid: a row, a column, a choice
let at = {row: -1, column: 0};
const rows = () => all('tr[data-row]', task()).filter(r => r.offsetParent !== null || r.getClientRects().length);
const cells = r => all('td', r).filter(c => c.getClientRects().length);
function move(dr, dc) {
  const list = rows();
  if (!list.length) return;
  at.row = Math.min(list.length - 1, Math.max(0, at.row + dr));
  if (at.row < 0) at.row = 0;
  const row = list[at.row], cols = cells(row);
  at.column = Math.min(cols.length - 1, Math.max(0, at.column + dc));
  all('.here', task()).forEach(x => x.classList.remove('here'));
  row.classList.add('here');
  const cell = cols[at.column];
  cell.classList.add('here'); cell.tabIndex = -1; cell.focus({preventScroll: true});
  cell.scrollIntoView({block: 'nearest', inline: 'nearest'});
}
function pick() {
  const cell = $('td.here', task());
  const radios = cell ? all('input[type=radio]', cell) : [];
  if (!radios.length) return;
  const i = radios.findIndex(r => r.checked);
  radios.forEach(r => { r.checked = false; });
  if (i + 1 < radios.length) radios[i + 1].checked = true;
  live(cell.closest('tr'));
}
// live shows in the last column what was chosen in a row.
function live(row) {
  const cell = $('[data-preview]', row);
  if (!cell) return;
  if (!cell._was) cell._was = [...cell.childNodes];
  const typed = $('input.edit', row), chosen = $('input[type=radio]:checked', row);
  const value = typed && typed.value.trim() || chosen && chosen.value;
  if (typed && document.activeElement === typed) return;
  cell.replaceChildren(...(value ? [] : cell._was));
  if (value) {
    const v = Object.assign(document.createElement('bdi'), {textContent: typed && typed.value.trim() ? value : chosen.nextElementSibling.querySelector('bdi').textContent});
    const why = Object.assign(document.createElement('span'), {className: 'by', textContent: body.dataset.chosen});
    cell.append(v, why);
    if (typed) { typed.hidden = true; cell.append(typed); }
    say(v.textContent + ', ' + body.dataset.chosen);
  }
}
function edit() {
  const row = $('tr.here', task()), cell = row && $('[data-preview]', row);
  if (!cell || !$('input[type=radio]', row)) return;
  if (!cell._was) cell._was = [...cell.childNodes];
  let input = $('input.edit', row);
  if (!input) {
    input = Object.assign(document.createElement('input'), {className: 'edit', name: 'edit.' + row.dataset.row, maxLength: 400});
    input.setAttribute('form', 'verdict');
    input.setAttribute('aria-label', row.cells[0].textContent);
    const chosen = $('input[type=radio]:checked', row) || $('input[type=radio]', row);
    input.value = chosen ? chosen.value : '';
    input.addEventListener('keydown', e => { if (e.key === 'Enter' || e.key === 'Escape') { e.preventDefault(); if (e.key === 'Escape') input.value = ''; input.blur(); } });
    input.addEventListener('blur', () => { live(row); if (!input.value.trim()) input.remove(); });
  }
  input.hidden = false;
  cell.replaceChildren(input);
  input.focus(); input.select();
}

// Clusters: a node of the graph is a row of the table
function choose() {
  all('.graph a').forEach(a => {
    const c = $('#rec-' + a.dataset.node + ' input'), on = !!c && c.checked;
    a.classList.toggle('chosen', on); a.setAttribute('role', 'button'); a.setAttribute('aria-pressed', on);
  });
  const n = all('input[name=record]:checked', main()).length, told = $('#chosen');
  if (told) told.textContent = n ? told.dataset.text + ' ' + n : '';
}
addEventListener('change', e => { if (e.target.name === 'record') choose(); });
addEventListener('click', e => {
  const a = e.target.closest('a[data-node]'), c = a && $('#rec-' + a.dataset.node + ' input');
  if (c) { e.preventDefault(); c.checked = !c.checked; choose(); }
});

addEventListener('keydown', e => {
  if (e.code === 'Space' && e.target.closest && e.target.closest('a[data-node]')) { e.preventDefault(); acts['cluster.select'](); }
});

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
})();
