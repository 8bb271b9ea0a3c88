/*
 * The inbox works without this script. With it, times are local, new records
 * are announced, records can be copied, and keys move through the list.
 *
 * Nothing that was received ever becomes markup: text goes into textContent.
 */
'use strict';

(() => {
const body = document.body;
const find = (id) => document.getElementById(id);
const items = () => Array.from(document.querySelectorAll('a.item'));

/* The browser may forbid storage: then nothing is remembered. */
function remembered(area, name) {
	try {
		return window[area].getItem(name);
	} catch (error) {
		return null;
	}
}

function remember(area, name, value) {
	try {
		window[area].setItem(name, value);
	} catch (error) {
		/* Without storage, it is kept as long as the page. */
	}
}

/* ---- times ---- */

const two = (number) => String(number).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep',
	'Oct', 'Nov', 'Dec'];
const clock = (time) => two(time.getHours()) + ':' + two(time.getMinutes());
const date = (time) => time.getDate() + ' ' + months[time.getMonth()];

function localTime(time, form) {
	const now = new Date();
	const year = time.getFullYear();

	if (form === 'hour')
		return clock(time);
	if (form === 'full')
		return date(time) + ' ' + year + ' ' + clock(time) + ':' +
		    two(time.getSeconds());
	if (time.toDateString() === now.toDateString())
		return clock(time);
	return date(time) + (year === now.getFullYear() ? '' : ' ' + year) +
	    ' ' + clock(time);
}

function showLocalTimes() {
	for (const element of document.querySelectorAll('time')) {
		const text = element.getAttribute('datetime');

		element.title = text.slice(0, 19).replace('T', ' ') + ' UTC';
		element.textContent = localTime(new Date(text),
		    element.dataset.form);
	}
	for (const element of document.querySelectorAll('[data-hour]'))
		element.textContent = clock(new Date(element.dataset.hour));
	find('utc').hidden = true;
}

/* ---- what is said ---- */

/* Announces a text, at most once in 10 seconds; of several, the last one. */
const SAID_MS = 10000;
let saidAt = -SAID_MS;
let saying = null;

function say(text) {
	const wait = saidAt + SAID_MS - performance.now();

	clearTimeout(saying);
	saying = setTimeout(() => {
		saidAt = performance.now();
		find('said').textContent = text;
	}, Math.max(0, wait));
}

/* ---- live ---- */

const LIVE_MS = body.hasAttribute('data-cgi') ? 10000 : 3000;
const HIDDEN_MS = 30000;
const IDLE_MS = 15 * 60 * 1000;
const MOST_MS = 5 * 60 * 1000;
const PATIENCE_MS = 20000;
const loaded = new Date();
const title = document.title;
const live = { on: true, timer: null, tag: '', failures: 0, count: 0,
	activeAt: performance.now() };

function showNews(count) {
	/* The link may have the focus, so it is kept. */
	const link = find('show-news') || document.createElement('a');
	const words = body.hasAttribute('data-search') ?
	    count + ' newer, not filtered - search again' :
	    count + ' new - show';

	if (count === live.count)
		return;
	live.count = count;
	link.id = 'show-news';
	link.className = 'button';
	link.href = body.dataset.first + '#list-title';
	link.textContent = words;
	if (!link.parentNode)
		find('news').append(link);
	find('news').hidden = false;
	document.title = '(' + count + ') ' + title;
	say(count === 1 ? '1 new record' : count + ' new records');
}

function showLive(text) {
	const button = find('live');

	button.textContent = live.on ? 'Live: on - pause' :
	    'Live: paused - resume';
	button.classList.toggle('on', live.on);
	find('paused').replaceChildren();
	find('paused').hidden = !text;
	if (text)
		find('paused').append(text);
}

function pause(who) {
	const resume = document.createElement('button');

	live.on = false;
	clearTimeout(live.timer);
	showLive('Live paused (' + who + '). The list is as of ' +
	    clock(loaded) + '. ');
	resume.type = 'button';
	resume.id = 'resume';
	resume.textContent = 'Resume';
	resume.addEventListener('click', () => {
		start();
		find('live').focus();
	});
	find('paused').append(resume);
	say('Live paused');
}

function start() {
	live.on = true;
	live.failures = 0;
	live.activeAt = performance.now();
	showLive('');
	poll();
}

function nextPoll() {
	const usual = document.hidden ? HIDDEN_MS : LIVE_MS;

	clearTimeout(live.timer);
	if (live.on)
		live.timer = setTimeout(poll, Math.min(MOST_MS,
		    usual * 2 ** live.failures));
}

/* Says that the inbox does not answer, and waits longer each time. */
function failed(what) {
	live.failures++;
	showLive('The inbox does not answer (' + what + '). Trying again ' +
	    'less often.');
	if (live.failures === 1)
		say('The inbox does not answer');
}

async function ask() {
	const answer = await fetch('?after=' + body.dataset.latest, {
		cache: 'no-store',
		signal: AbortSignal.timeout(PATIENCE_MS),
		headers: live.tag ? { 'If-None-Match': live.tag } : {}
	});

	if (!answer.ok && answer.status !== 304)
		throw new Error(String(answer.status));
	if (live.failures > 0)
		showLive('');
	live.failures = 0;
	if (answer.status === 304)
		return;
	live.tag = answer.headers.get('ETag') || '';
	const news = await answer.json();
	if (news.count > 0)
		showNews(news.count);
}

async function poll() {
	if (performance.now() - live.activeAt > IDLE_MS) {
		pause('15 minutes idle');
		return;
	}
	try {
		await ask();
	} catch (error) {
		if (live.on)
			failed(/^\d+$/.test(error.message) ? error.message :
			    'no connection');
	}
	nextPoll();
}

function setUpLive() {
	const active = () => {
		live.activeAt = performance.now();
	};

	for (const name of ['keydown', 'pointerdown', 'pointermove', 'wheel'])
		document.addEventListener(name, active, { passive: true });
	document.addEventListener('visibilitychange', () => {
		if (live.on && !document.hidden && live.failures === 0)
			poll();
		else
			nextPoll();
	});
	find('live').hidden = false;
	find('live').addEventListener('click', () => {
		if (live.on)
			pause('by you');
		else
			start();
	});
	showLive('');
	nextPoll();
}

/* ---- copying ---- */

const ARGUMENT_MOST = 100000;

/* Fetches the exact bytes of the payload, or of the line without its newline.
 * Fails if they are not UTF-8, since they could not be copied exactly. */
async function fetchText(what) {
	const answer = await fetch('?seq=' + find('actions').dataset.seq +
	    '&get=' + what, { cache: 'no-store' });

	if (!answer.ok)
		throw new Error(String(answer.status));
	return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
	    .decode(await answer.arrayBuffer());
}

const quoted = (text) => '\'' + text.replaceAll('\'', '\'\\\'\'') + '\'';

/* If the payload cannot be an argument, the command sends a file: a terminal
 * takes a pasted tab or control character for a key, and the system limits the
 * length of an argument. */
function asCurl(payload) {
	const actions = find('actions');
	const signature = actions.dataset.signature;
	const name = signature.startsWith('sha1=') ? 'X-Hub-Signature' :
	    'X-Hub-Signature-256';
	const length = new TextEncoder().encode(payload).length;
	const byFile = length > ARGUMENT_MOST ||
	    /[\u0000-\u001f\u007f-\u009f]/.test(payload);

	return {
		text: 'curl -H \'Content-Type: application/json\' \\\n' +
		    '  -H ' + quoted(name + ': ' + signature) + ' \\\n' +
		    '  --data-binary ' + (byFile ? '@notification-' +
		    actions.dataset.seq + '.json' : quoted(payload)) +
		    ' "$URL"',
		said: byFile ? 'Copied. It sends the file notification-' +
		    actions.dataset.seq + '.json: download that first.' :
		    'Copied. Set URL before you run it.'
	};
}

async function makeCopy(what) {
	if (what === 'line')
		return { text: (await fetchText('line')).replace(/\n$/, ''),
			said: 'Copied the line' };
	if (what === 'curl')
		return asCurl(await fetchText('payload'));
	return { text: await fetchText('payload'), said: 'Copied the JSON' };
}

/* For pages without https, which have no navigator.clipboard. */
function copyByHand(text) {
	const area = document.createElement('textarea');
	const before = document.activeElement;
	let done;

	area.value = text;
	area.className = 'unseen';
	area.setAttribute('aria-hidden', 'true');
	body.append(area);
	area.select();
	done = document.execCommand('copy');
	area.remove();
	before.focus();
	if (!done)
		throw new Error('the browser does not allow it');
}

async function copy(what) {
	const status = find('copied');

	try {
		const made = await makeCopy(what);

		if (navigator.clipboard && window.isSecureContext)
			await navigator.clipboard.writeText(made.text);
		else
			copyByHand(made.text);
		status.textContent = made.said;
	} catch (error) {
		status.textContent = 'Not copied: ' + error.message;
	}
}

function setUpCopying() {
	for (const button of document.querySelectorAll('button.copy')) {
		button.hidden = false;
		button.addEventListener('click', () => {
			copy(button.dataset.copy);
		});
	}
}

/* ---- keys ---- */

let keysOn = remembered('localStorage', 'hookline-keys') !== 'off';

/* Moves the focus from the row that has it, or from the chosen one, to the next
 * row, or, with -1, to the previous one. */
function move(step) {
	const rows = items();
	const at = rows.findIndex((row) => row === document.activeElement);
	const chosen = rows.findIndex((row) => row.hasAttribute('aria-current'));
	const from = at >= 0 ? at : chosen;
	const row = rows[from < 0 ? 0 :
	    Math.min(rows.length - 1, Math.max(0, from + step))];

	if (row && row.offsetParent !== null)
		row.focus();
	else if (row)
		row.click();
}

/* Goes from the record back to its row. If only one of them is visible, the
 * link to the list does that. */
function leave() {
	const row = document.querySelector('a.item[aria-current]');

	if (row && row.offsetParent !== null)
		row.focus();
	else if (find('back') && find('back').offsetParent !== null)
		find('back').click();
	else
		find('list-title').focus();
}

const keys = {
	j: () => move(1),
	k: () => move(-1),
	c: () => {
		if (find('copy-json'))
			copy('json');
	},
	'/': () => find('q').focus(),
	'?': () => find('help').showModal(),
	Escape: leave
};

function onKey(event) {
	const place = event.target.closest('#list, #record');
	const typing = event.target.closest('input, select, textarea');

	if (!keysOn || !place || typing || event.ctrlKey || event.altKey ||
	    event.metaKey || !Object.hasOwn(keys, event.key))
		return;
	event.preventDefault();
	keys[event.key]();
}

function setUpKeys() {
	const help = find('help');

	find('keys').hidden = false;
	find('keys').addEventListener('click', () => help.showModal());
	find('keys-on').checked = keysOn;
	find('keys-on').addEventListener('change', (event) => {
		keysOn = event.target.checked;
		remember('localStorage', 'hookline-keys', keysOn ? 'on' : 'off');
	});
	document.addEventListener('keydown', onKey);
}

/* ---- places ---- */

/* The list scrolls separately, and keeps its place when a record is chosen. */
function setUpScrolling(back) {
	const list = find('list');
	const query = new URLSearchParams(location.search);
	let key;

	query.delete('seq');
	query.delete('show');
	key = 'hookline-scroll?' + query;
	if (back || body.classList.contains('chosen'))
		list.scrollTop = Number(remembered('sessionStorage', key) || 0);
	window.addEventListener('pagehide', () => {
		remember('sessionStorage', key, String(list.scrollTop));
	});
	/* The hash is only for pages without scripts, to show the row. */
	for (const row of items())
		row.hash = '';
	if (document.querySelector('a.item[aria-current]'))
		document.querySelector('a.item[aria-current]')
		    .scrollIntoView({ block: 'nearest' });
}

/* Moves the focus to the record that has just been chosen, and back to its row.
 * If it was chosen with a pointer, its heading gets no frame. */
function setUpFocus() {
	const row = /^#r\d+$/.test(location.hash) &&
	    find(location.hash.slice(1));
	const by = remembered('sessionStorage', 'hookline-by');

	setUpScrolling(Boolean(row));
	body.classList.toggle('by-pointer', by === 'pointer');
	remember('sessionStorage', 'hookline-by', '');
	find('list').addEventListener('click', (event) => {
		remember('sessionStorage', 'hookline-by',
		    event.detail > 0 ? 'pointer' : 'key');
	});
	if (row && row.offsetParent !== null && !row.ariaCurrent)
		row.focus();
	else if (by && find('title'))
		find('title').focus({ preventScroll: true });
}

/* Keeps empty fields out of the address. */
function setUpForm() {
	find('search').addEventListener('formdata', (event) => {
		for (const [name, value] of Array.from(event.formData))
			if (value === '')
				event.formData.delete(name);
	});
}

showLocalTimes();
if (body.dataset.latest) {
	setUpForm();
	setUpLive();
	setUpCopying();
	setUpKeys();
	setUpFocus();
}
})();
