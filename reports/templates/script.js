// Opens what a link leads to, copies, and filters. Everything can be read without it.
(() => {
  'use strict';
  const all = (query, from) => [...(from || document).querySelectorAll(query)];
  const make = (tag, props, ...children) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...children);
    return e;
  };

  // A link into a closed part opens it, whatever the filters hide.
  function reveal() {
    let id = '';
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest('[hidden]')) reset();
    for (let e = target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
    target.scrollIntoView();
  }
  addEventListener('hashchange', reveal);
  // The same link once more does not change the address, and is to work again.
  addEventListener('click', event => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) setTimeout(reveal);
  });

  // On paper every run and its settings are open; of the rest what the reader has opened.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = all('details.run:not([open]), details.how:not([open])');
    for (const e of closed) e.open = true;
  });
  addEventListener('afterprint', () => { for (const e of closed) e.open = false; });

  async function copy(text, source) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return document.execCommand('copy');
    }
  }
  for (const pre of all('pre[data-copy]')) {
    const button = make('button', { type: 'button', className: 'copy', textContent: 'Copy' });
    button.addEventListener('click', async () => {
      button.textContent = await copy(pre.textContent, pre) ? 'Copied' : 'Select and copy by hand';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    const frame = make('div', { className: 'copied' });
    pre.replaceWith(frame);
    frame.append(pre, button);
  }

  // The filters: each one a choice of the values that the runs and anomalies have.
  const bar = document.getElementById('filters');
  const runs = all('[data-run]'), anomalies = all('[data-anomaly]'), rows = all('[data-row]');
  const state = { server: '', level: '', workload: '', anomaly: '', state: '' };
  const selects = {};
  const said = make('p', { className: 'said' });
  said.setAttribute('role', 'status');

  function apply() {
    const shown = a => (!state.anomaly || a.dataset.anomaly === state.anomaly) && (!state.state || a.dataset.state === state.state);
    const wanted = state.anomaly || state.state;
    let count = 0, kinds = 0;
    for (const a of anomalies) a.hidden = !shown(a);
    for (const run of runs) {
      const own = all('[data-anomaly]', run).filter(shown).length;
      run.hidden = ['server', 'level', 'workload'].some(key => state[key] && run.dataset[key] !== state[key]) || Boolean(wanted && !own);
      if (!run.hidden) { count++; kinds += own; }
    }
    for (const group of all('.group')) group.hidden = !all('[data-run]', group).some(run => !run.hidden);
    for (const row of rows) row.hidden = Boolean(state.anomaly && row.dataset.row !== state.anomaly || state.state && row.dataset.state !== state.state);
    said.textContent = Object.values(state).some(Boolean) ? `${count} of ${runs.length} runs, ${kinds} ${kinds === 1 ? 'anomaly' : 'anomalies'} found` : '';
  }
  function reset() {
    for (const key of Object.keys(state)) {
      state[key] = '';
      if (selects[key]) selects[key].value = '';
    }
    apply();
  }
  function choice(key, label, options) {
    if (options.length < 2) return;
    const select = make('select', {}, make('option', { value: '', textContent: 'all' }),
      ...options.map(([value, text]) => make('option', { value, textContent: text })));
    select.addEventListener('change', () => { state[key] = select.value; apply(); });
    selects[key] = select;
    bar.append(make('label', {}, label + ' ', select));
  }
  const values = (elements, key, text) => [...new Map(elements.map(e => [e.dataset[key], e.dataset[text || key]])).entries()];
  const press = (text, action) => {
    const button = make('button', { type: 'button', textContent: text });
    button.addEventListener('click', action);
    bar.append(button);
  };
  choice('server', 'Server', values(runs, 'server'));
  choice('level', 'Level', values(runs, 'level'));
  choice('workload', 'Workload', values(runs, 'workload'));
  choice('anomaly', 'Anomaly', values(anomalies, 'anomaly', 'name'));
  choice('state', 'Found', values(anomalies, 'state').map(([value]) => [value, value === 'violation' ? 'violations' : value + ', allowed']));
  if (runs.length > 1) {
    press('Open all', () => { for (const run of runs) run.open = true; });
    press('Close all', () => { for (const run of runs) run.open = false; });
  }
  if (bar.children.length) {
    bar.append(said);
    bar.hidden = false;
  }
  reveal();
})();
