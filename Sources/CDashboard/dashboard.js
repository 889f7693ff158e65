// The dashboard: reads the miner's state every two seconds and shows it. Data from outside is always set as text,
// never as markup.
'use strict';

const every = 2000;
const key = 'nightjar-token';
const byID = (id) => document.getElementById(id);

let range = 3600;
let state = null;
let asking = false;
let timer = 0;

// MARK: Words

function rateText(rate) {
  if (rate === null || rate === undefined) return '–';
  let value = rate;
  for (const unit of ['H/s', 'kH/s', 'MH/s', 'GH/s']) {
    if (value < 1000) return value.toFixed(unit === 'H/s' ? 1 : 2) + ' ' + unit;
    value /= 1000;
  }
  return value.toFixed(2) + ' TH/s';
}

function spanText(seconds) {
  const s = Math.floor(seconds);
  if (s < 60) return s + ' s';
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return minutes + ' min';
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return hours + ' h ' + (minutes % 60) + ' min';
  return Math.floor(hours / 24) + ' d ' + (hours % 24) + ' h';
}

// All digits up to a million, but a few of a fraction; above that three or four digits with a unit.
function countText(value) {
  if (value === null) return '–';
  if (value < 1) return String(Number(value.toPrecision(4)));
  if (value < 1e6) return value.toLocaleString('en');
  let rest = value;
  for (const unit of ['', 'k', 'M', 'G', 'T', 'P']) {
    if (rest < 1000) return rest.toPrecision(4) + ' ' + unit;
    rest /= 1000;
  }
  return value.toExponential(2);
}

// Three digits at least, without an exponent.
function efficiencyText(value) {
  return value === null ? '–' : value < 1000 ? value.toPrecision(3) : countText(Math.round(value));
}

const two = (value) => String(value).padStart(2, '0');

function clockText(ms, seconds) {
  const time = new Date(ms);
  return two(time.getHours()) + ':' + two(time.getMinutes()) + (seconds ? ':' + two(time.getSeconds()) : '');
}

function dateText(ms) {
  const time = new Date(ms);
  return time.getFullYear() + '-' + two(time.getMonth() + 1) + '-' + two(time.getDate()) + ' ' + clockText(ms, true);
}

// MARK: Elements

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawn(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// Terms and descriptions: [term, text, class of the description, class of the pair].
function terms(list, pairs) {
  list.replaceChildren(...pairs.flatMap(([term, text, look, place]) => {
    const dt = element('dt', term);
    const dd = element('dd', text, look);
    if (!list.classList.contains('tiles')) return [dt, dd];
    const pair = element('div', null, place);
    pair.append(dt, dd);
    return [pair];
  }));
}

// MARK: Parts of the page

function showHead() {
  const looks = { mining: 'good', paused: 'warn', preparing: 'warn', disconnected: 'bad', failed: 'bad' };
  byID('worker').textContent = state.worker;
  byID('status').textContent = state.status === 'paused' ? state.reason : state.status;
  byID('status').className = 'pill ' + (looks[state.status] || '');
  document.title = rateText(state.rates.tenSeconds) + ' · ' + state.worker + ' · Nightjar';
  byID('controls').hidden = !state.control;
  const byWish = state.pausedBecause.some((reason) => reason === 'api' || reason === 'user');
  byID('pause').hidden = byWish;
  byID('resume').hidden = !byWish;
  byID('footer').textContent = 'Nightjar ' + state.version + ', running for ' + spanText(state.uptime);
}

function showRates() {
  const rates = state.rates;
  terms(byID('rates'), [
    ['Now (10 s)', rateText(rates.tenSeconds), null, 'main'], ['60 s', rateText(rates.minute)],
    ['15 min', rateText(rates.quarterHour)], ['Highest', rateText(rates.highest)],
  ]);
}

function showShares() {
  const shares = state.shares;
  const bad = (count) => (count > 0 ? 'bad' : 'quiet');
  terms(byID('shares'), [
    ['Accepted', countText(shares.accepted), 'good'], ['Rejected', countText(shares.rejected), bad(shares.rejected)],
    ['Stale', countText(shares.stale), bad(shares.stale)], ['Expired', countText(shares.expired), bad(shares.expired)],
    ['Waiting', countText(shares.waiting), 'quiet'], ['Found', countText(shares.found)],
    ['Hashes', countText(shares.hashes)], ['Best difficulty', state.best.length ? countText(state.best[0]) : '–'],
  ]);
}

// The facts of one pool. Where devices have pools of their own, these come first.
function poolFacts(team, isAlone) {
  const pool = team.connection;
  const own = [
    ['Devices', team.devices.join(', ')], ['Hash rate', rateText(team.rate)],
    ['Shares', team.shares.accepted + ' accepted, ' + team.shares.rejected + ' rejected, ' + team.shares.waiting + ' waiting',
      team.shares.rejected ? 'bad' : null],
  ];
  const facts = [
    ['Pool', pool.pool],
    ...(isAlone ? [] : own),
    ...(team.turn ? [['Turn', team.turn.pool + ', weight ' + team.turn.weight]] : []),
    ['Connection', pool.isConnected ? 'for ' + spanText(pool.connectedFor) : 'not connected', pool.isConnected ? 'good' : 'bad'],
    ['Failures', countText(pool.failures)],
    ['Algorithm', pool.algorithm || '–'],
    ['Difficulty', countText(pool.difficulty)],
    ['Height', pool.height === null ? '–' : pool.height.toLocaleString('en')],
    ['Answers after', pool.latency === null ? '–' : pool.latency + ' ms'],
    ['Encryption', pool.tls || 'none'],
  ];
  if (pool.tlsFingerprint) facts.push(['Certificate', pool.tlsFingerprint]);
  return facts;
}

function showPool() {
  const isAlone = state.pools.length === 1;
  byID('pool-title').textContent = isAlone ? 'Pool' : 'Pools';
  byID('pools').replaceChildren(...state.pools.map((team) => {
    const list = element('dl', null, 'facts');
    terms(list, poolFacts(team, isAlone));
    return list;
  }));
}

const opened = new Set();

function deviceRow(device) {
  const row = element('tr');
  const name = element('td', device.id);
  name.append(element('small', device.name));
  const health = device.health;
  const rests = state.status === 'paused' && health.state === 'working';
  let condition = rests ? 'paused' : health.state;
  if (device.progress !== null) condition += ', ' + device.progress + ' %';
  if (device.algorithm) condition += ', ' + device.algorithm;
  if (device.lanes) condition += ', ' + device.lanes + (device.lanes === 1 ? ' lane' : ' lanes');
  const stateCell = element('td', condition, health.state === 'quarantined' || health.state === 'recovering' ? 'bad' : '');
  if (health.reason) stateCell.append(element('small', health.reason));
  if (device.explanation.length) {
    const details = element('details');
    details.open = opened.has(device.id);
    details.addEventListener('toggle', () => (details.open ? opened.add(device.id) : opened.delete(device.id)));
    const list = element('ul');
    list.append(...device.explanation.map((text) => element('li', text)));
    details.append(element('summary', 'how'), list);
    stateCell.append(details);
  }
  row.append(name, stateCell);
  const wrong = health.wrong === null ? '–' : countText(health.wrong) + ' of ' + countText(health.checked);
  for (const [title, text, look] of [
    ['10 s', rateText(device.rates.tenSeconds)], ['60 s', rateText(device.rates.minute)],
    ['15 min', rateText(device.rates.quarterHour)], ['Highest', rateText(device.rates.highest)],
    ['Accepted', countText(device.shares.accepted)],
    ['Rejected', countText(device.shares.rejected), device.shares.rejected ? 'bad' : ''],
    ['Wrong', wrong, health.wrong ? 'bad' : ''],
    ['°C', health.temperature === null ? '–' : health.temperature.toFixed(0)],
    ['W', health.watts === null ? '–' : health.watts.toFixed(0)],
    ['H/J', efficiencyText(health.hashesPerJoule)],
  ]) {
    const cell = element('td', null, look);
    cell.dataset.name = title;
    cell.append(element('span', text));
    row.append(cell);
  }
  return row;
}

function showProblems() {
  const list = byID('problems');
  if (!state.problems.length) return list.replaceChildren(element('li', 'none', 'quiet'));
  list.replaceChildren(...state.problems.slice().reverse().map((problem) => {
    const item = element('li');
    item.append(element('time', dateText(problem.time)), ' ', problem.text);
    if (problem.count > 1) item.append(element('span', ' × ' + problem.count, 'quiet'));
    return item;
  }));
}

// MARK: The chart

// The smallest of 1, 2, 5, 10, 20, … that is at least `value`.
function niceStep(value) {
  const power = Math.pow(10, Math.floor(Math.log10(value)));
  for (const factor of [1, 2, 5]) if (factor * power >= value) return factor * power;
  return 10 * power;
}

// Groups of points without a gap, so that no line is drawn across a time without data.
function pieces(points) {
  const hole = Math.max(30000, (range * 1000) / 360 * 3);
  const found = [];
  for (const point of points) {
    const last = found.length ? found[found.length - 1] : null;
    if (last && point[0] - last[last.length - 1][0] <= hole) last.push(point);
    else found.push([point]);
  }
  return found;
}

function showChart() {
  const box = byID('chart');
  const points = state.history;
  if (!points.length) return box.replaceChildren(element('div', 'The first point comes within a minute.', 'empty'));
  const width = box.clientWidth;
  const height = box.clientHeight;
  const place = { left: 62, right: width - 8, top: 8, bottom: height - 22 };
  const end = state.time;
  // A run that is younger than the range still fills the chart.
  const begin = Math.max(end - range * 1000, Math.min(points[0][0], end - 300000));
  const highest = Math.max(...points.map((point) => point[1]), 1);
  const step = niceStep(highest / 4);
  const top = Math.ceil((highest * 1.02) / step) * step;
  const x = (time) => place.left + ((time - begin) / (end - begin)) * (place.right - place.left);
  const y = (rate) => place.bottom - (rate / top) * (place.bottom - place.top);

  const label = 'Hash rate over the last ' + spanText((end - begin) / 1000) + ', now ' + rateText(points[points.length - 1][1]);
  const svg = drawn('svg', { role: 'img', 'aria-label': label, viewBox: '0 0 ' + width + ' ' + height });
  for (let rate = 0; rate <= top * 1.001; rate += step) {
    svg.append(drawn('line', { class: 'grid', x1: place.left, x2: place.right, y1: y(rate), y2: y(rate) }));
    const text = rate === 0 ? '0' : rateText(rate).replace(/\.0+ /, ' ');
    svg.append(drawn('text', { x: place.left - 6, y: y(rate) + 4, 'text-anchor': 'end' }, text));
  }
  // At least a minute apart, so that no two labels are equal.
  const ticks = Math.min(6, Math.floor((place.right - place.left) / 70), Math.floor((end - begin) / 60000));
  for (let i = 0; i <= ticks; i += 1) {
    const time = begin + ((end - begin) * i) / ticks;
    const anchor = i === 0 ? 'start' : i === ticks ? 'end' : 'middle';
    svg.append(drawn('text', { x: x(time), y: height - 4, 'text-anchor': anchor }, clockText(time, false)));
  }
  for (const piece of pieces(points)) {
    const line = piece.map(([time, rate], i) => (i ? 'L' : 'M') + x(time).toFixed(1) + ' ' + y(rate).toFixed(1)).join('');
    const [first, last] = [piece[0][0], piece[piece.length - 1][0]];
    const base = 'L' + x(last).toFixed(1) + ' ' + place.bottom + 'L' + x(first).toFixed(1) + ' ' + place.bottom + 'Z';
    svg.append(drawn('path', { class: 'area', d: line + base }), drawn('path', { class: 'line', d: line }));
    if (piece.length === 1) svg.append(drawn('circle', { class: 'dot', r: 4, cx: x(first), cy: y(piece[0][1]) }));
  }
  box.replaceChildren(svg);
  if (pointer !== null) showPoint(box, svg, points, { x, y, place, width });
}

// The pointer's place over the chart, in pixels; null while it is elsewhere.
let pointer = null;

function showPoint(box, svg, points, { x, y, place, width }) {
  const near = points.reduce((best, point) => (Math.abs(x(point[0]) - pointer) < Math.abs(x(best[0]) - pointer) ? point : best));
  const at = x(near[0]);
  svg.append(
    drawn('line', { class: 'mark', x1: at, x2: at, y1: place.top, y2: place.bottom }),
    drawn('circle', { class: 'dot', r: 5, cx: at, cy: y(near[1]) }));
  const tip = element('div', rateText(near[1]) + ' at ' + clockText(near[0], true), 'tip');
  box.append(tip);
  tip.style.left = Math.min(Math.max(0, at - tip.offsetWidth / 2), width - tip.offsetWidth) + 'px';
}

function watchPointer() {
  const box = byID('chart');
  const move = (event) => {
    pointer = event.clientX - box.getBoundingClientRect().left;
    if (state) showChart();
  };
  box.addEventListener('pointermove', move);
  box.addEventListener('pointerdown', move);
  box.addEventListener('pointerleave', () => {
    pointer = null;
    if (state) showChart();
  });
  new ResizeObserver(() => { if (state) showChart(); }).observe(box);
}

// MARK: Asking

function headers() {
  const token = sessionStorage.getItem(key);
  return token ? { Authorization: 'Bearer ' + token } : {};
}

function notice(text) {
  byID('notice').textContent = text || '';
  byID('notice').hidden = !text;
}

function askForToken(isWrong) {
  sessionStorage.removeItem(key);
  state = null;
  byID('content').hidden = true;
  byID('controls').hidden = true;
  byID('status').textContent = 'locked';
  byID('status').className = 'pill';
  byID('access').hidden = false;
  notice(isWrong ? 'This is not the token.' : '');
  byID('token').focus();
}

function show() {
  byID('access').hidden = true;
  byID('content').hidden = false;
  notice('');
  showHead();
  showRates();
  showShares();
  showPool();
  byID('devices').replaceChildren(...state.devices.map(deviceRow));
  showProblems();
  showChart();
}

async function ask() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const given = headers();
    const answer = await fetch('/api/state.json?range=' + range, { headers: given, signal: AbortSignal.timeout(10000) });
    if (answer.status === 401) {
      asking = false;
      return askForToken('Authorization' in given);
    }
    if (!answer.ok) throw new Error('the miner answered ' + answer.status);
    state = await answer.json();
    show();
  } catch (error) {
    const since = state ? ' What is shown is from ' + clockText(state.time, true) + '.' : '';
    notice('No answer from the miner (' + error.message + ').' + since);
    byID('status').textContent = 'no answer';
    byID('status').className = 'pill bad';
  }
  asking = false;
  if (!document.hidden) timer = setTimeout(ask, every);
}

async function command(method) {
  byID('pause').disabled = byID('resume').disabled = true;
  try {
    const answer = await fetch('/json_rpc', {
      method: 'POST', headers: { ...headers(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method }), signal: AbortSignal.timeout(10000),
    });
    if (!answer.ok) throw new Error('the miner answered ' + answer.status);
    await ask();
  } catch (error) {
    notice('It could not be done: ' + error.message + '.');
  }
  byID('pause').disabled = byID('resume').disabled = false;
}

function chooseRange(seconds) {
  range = seconds;
  for (const button of document.querySelectorAll('[data-range]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.range) === range));
  }
}

for (const button of document.querySelectorAll('[data-range]')) {
  button.addEventListener('click', () => {
    chooseRange(Number(button.dataset.range));
    ask();
  });
}
byID('pause').addEventListener('click', () => command('pause'));
byID('resume').addEventListener('click', () => command('resume'));
byID('access').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(key, byID('token').value);
  byID('token').value = '';
  ask();
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
chooseRange(range);
watchPointer();
ask();
