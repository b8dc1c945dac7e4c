// The description of the surface, read from /openapi.json and shown. Nothing else is loaded.
const el = (tag, attrs = {}, ...kids) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) e.setAttribute(k, v);
  e.append(...kids.filter(k => k !== undefined && k !== ''));
  return e;
};
let api;
const resolve = s => s && s.$ref ? s.$ref.split('/').slice(1).reduce((o, k) => o[k], api) : s || {};
const typeOf = s => {
  s = resolve(s);
  const t = [].concat(s.type || []).filter(x => x !== 'null').join(' or ');
  if (t === 'array') return typeOf(s.items) + '[]';
  return (s.enum ? s.enum.map(x => JSON.stringify(x)).join(' | ') : t || 'any') + (s.format ? ', ' + s.format : '');
};
const bounds = s => {
  const names = {minimum: '≥', maximum: '≤', minLength: 'length ≥', maxLength: 'length ≤', default: 'default', pattern: 'matches'};
  return Object.entries(names).filter(([k]) => s[k] !== undefined).map(([k, n]) => n + ' ' + s[k]).join(', ');
};
// fields shows an object's properties, a few levels deep: schemas may hold themselves.
function fields(schema, depth = 0) {
  let s = resolve(schema);
  if ([].concat(s.type || []).includes('array')) s = resolve(s.items);
  const props = Object.entries(s.properties || {}).filter(([n]) => n !== '$schema');
  if (!props.length || depth > 3) return '';
  const t = el('table');
  for (const [name, p] of props) {
    const r = resolve(p), need = (s.required || []).includes(name);
    t.append(el('tr', {}, el('td', {}, el('code', {}, name), need ? el('span', {class: 'need'}, ' required') : ''),
      el('td', {}, el('span', {class: 'soft'}, typeOf(p) + (bounds(r) ? '; ' + bounds(r) : '')), r.description ? el('div', {}, r.description) : '', fields(p, depth + 1))));
  }
  return t;
}
const content = c => Object.entries(c || {}).map(([kind, m]) => el('div', {}, el('code', {}, kind), fields(m.schema) || (m.schema ? el('span', {class: 'soft'}, ' ' + typeOf(m.schema)) : '')));
function operation(method, path, op) {
  const d = el('details', {id: op.operationId.replace(/\W+/g, '-')}), body = el('div');
  d.append(el('summary', {}, el('span', {class: 'm'}, method.toUpperCase()), el('code', {}, path), el('span', {class: 'soft'}, op.summary || '')), body);
  d.addEventListener('toggle', () => {
    if (body.childNodes.length) return;
    if (op.description) body.append(el('p', {}, op.description));
    if (op.parameters) {
      const t = el('table');
      for (const p of op.parameters) t.append(el('tr', {}, el('td', {}, el('code', {}, p.name), p.required ? el('span', {class: 'need'}, ' required') : ''),
        el('td', {}, el('span', {class: 'soft'}, p.in + ', ' + typeOf(p.schema) + (bounds(p.schema || {}) ? '; ' + bounds(p.schema) : '')), p.description ? el('div', {}, p.description) : '')));
      body.append(el('h3', {}, 'Parameters'), t);
    }
    if (op.requestBody) body.append(el('h3', {}, 'Body'), ...content(op.requestBody.content));
    const t = el('table');
    for (const [code, ref] of Object.entries(op.responses || {}).sort()) {
      const r = resolve(ref);
      t.append(el('tr', {}, el('td', {}, el('code', {}, code)), el('td', {}, r.description || '', ...(code < '400' ? content(r.content) : []))));
    }
    body.append(el('h3', {}, 'Answers'), t);
  });
  return d;
}
function section(list, index, name, about, entries) {
  if (!entries.length) return;
  const s = el('section', {}, el('h2', {}, name), el('p', {class: 'soft'}, about || ''), ...entries);
  list.append(s);
  index.append(el('b', {}, name));
  for (const d of entries) index.append(el('a', {href: '#' + d.id}, d.querySelector('code').textContent));
}
fetch('/openapi.json').then(r => r.json()).then(description => {
  api = description;
  const list = document.getElementById('list'), index = document.getElementById('index');
  list.textContent = '';
  list.removeAttribute('role');
  document.getElementById('about').textContent = (api.info.description || '').replace(/`/g, '');
  const by = {};
  for (const [path, ops] of Object.entries(api.paths)) for (const [method, op] of Object.entries(ops))
    if (op.operationId) (by[(op.tags || ['Other'])[0]] ||= []).push(operation(method, path, op));
  for (const t of api.tags || []) { section(list, index, t.name, t.description, by[t.name] || []); delete by[t.name]; }
  for (const [name, ops] of Object.entries(by)) section(list, index, name, '', ops);
  section(list, index, 'Events', 'What the sockets carry, and, when stored, what webhooks are told.', Object.entries(api['x-events'] || {}).map(([name, e]) => {
    const d = el('details', {id: 'event-' + name.replace(/\W+/g, '-')});
    d.append(el('summary', {}, el('code', {}, name), el('span', {class: 'soft'}, (e.stored ? '' : 'passing. ') + e.description)), el('div', {}, fields(e.schema)));
    return d;
  }));
  const open = () => { const d = document.getElementById(location.hash.slice(1)); if (d) { d.open = true; d.scrollIntoView(); } };
  addEventListener('hashchange', open);
  open();
  document.getElementById('find').addEventListener('input', e => {
    const want = e.target.value.toLowerCase();
    for (const d of list.querySelectorAll('details')) {
      d.hidden = !d.querySelector('summary').textContent.toLowerCase().includes(want);
      const a = index.querySelector('a[href="#' + d.id + '"]');
      if (a) a.hidden = d.hidden;
    }
    for (const s of list.querySelectorAll('section')) s.hidden = !s.querySelector('details:not([hidden])');
  });
}).catch(() => { document.getElementById('list').textContent = 'The description could not be read. Please load the page again.'; });
