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
