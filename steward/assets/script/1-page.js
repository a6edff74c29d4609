// The script of the workbench: keys by their place on the keyboard, parts of pages in place of whole
// ones, and decisions that are not lost with the connection. Pages work without it.
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
