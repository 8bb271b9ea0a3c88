// browser.mjs: the inbox in a real browser, Chromium. For browser.bats.
//
//   node browser.mjs MODULES SERVER SECRET FOLDER [NAME...]
//
// MODULES is where playwright-core and axe-core are. SERVER is the address of a server
// with the inbox at /inbox and a receiver at /webhook that has this app secret. FOLDER
// is for temporary files. Prints one line for each case, "ok NAME" or "not ok NAME", and
// after the latter what was wrong.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { strict as assert } from 'node:assert';

const [modules, server, secret, folder, ...only] = process.argv.slice(2);
const url = server + '/inbox';
const require = createRequire(modules + '/');
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core'), 'utf8');
const login = { username: 'demo', password: 'tq7-mzk-42f' };
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'] });

/* ---- pages ---- */

// What no page may cause: an error or a warning on the console, a dialog, or anything
// that the policy forbids.
let complaints = [];

async function open(query = '', options = {}) {
	const context = await browser.newContext({ viewport: WIDE,
	    httpCredentials: login, timezoneId: 'America/Sao_Paulo',
	    permissions: ['clipboard-read', 'clipboard-write'], ...options });
	const page = await context.newPage();

	page.setDefaultTimeout(20000);
	page.on('console', (message) => {
		// Chromium's own line about a page of a record that does not exist.
		if (/^Failed to load.*404/.test(message.text()) &&
		    message.location().url.endsWith('?seq=999999'))
			return;
		if (['error', 'warning'].includes(message.type()))
			complaints.push('console: ' + message.text());
	});
	page.on('pageerror', (error) => complaints.push('script: ' + error));
	page.on('dialog', (dialog) => {
		complaints.push('dialog: ' + dialog.message());
		dialog.dismiss();
	});
	page.on('requestfailed', (request) => {
		if (request.failure()?.errorText !== 'net::ERR_ABORTED')
			complaints.push('failed: ' + request.url());
	});
	await page.addInitScript(() => {
		window.addEventListener('securitypolicyviolation', (event) =>
		    console.error('policy: ' + event.violatedDirective));
	});
	await page.goto(url + query);
	return page;
}

// A page whose clock only the test moves: what a slow machine takes does not count.
async function openByHand() {
	const context = await browser.newContext({ viewport: WIDE,
	    httpCredentials: login });
	const page = await context.newPage();

	page.setDefaultTimeout(20000);
	await page.clock.install();
	await page.goto(url);
	// This makes the page ask for news; each answer sets the time of the next question.
	const asked = page.waitForResponse(/after=/);
	await page.clock.pauseAt(Date.now() + 20000);
	await asked;
	await page.evaluate(() => fetch('?after=1'));
	return page;
}

const close = (page) => page.context().close();
const seqs = (page) => page.$$eval('a.item', (items) =>
    items.map((item) => Number(item.id.slice(1))));
const title = (page) => page.textContent('#title');

// What a button copies. `wanted` is true for that, and not for what was copied before.
async function copied(page, button, wanted) {
	const read = () => page.evaluate(() => navigator.clipboard.readText());

	await page.click(button);
	for (let i = 0; i < 200 && !wanted(await read()); i++)
		await page.waitForTimeout(50);
	return read();
}

/* ---- records ---- */

async function keep(text) {
	const signature = createHmac('sha256', secret).update(text).digest('hex');
	const answer = await fetch(server + '/webhook', { method: 'POST',
	    headers: { 'X-Hub-Signature-256': 'sha256=' + signature },
	    body: Buffer.from(text) });

	assert.equal(await answer.text(), 'ok\n');
}

let count = 0;

function message(text, from = '15550001111') {
	count++;
	return JSON.stringify({ object: 'whatsapp_business_account', entry: [{
	    id: '102900000000771', changes: [{ field: 'messages', value: {
	    messaging_product: 'whatsapp', metadata: { phone_number_id: '7' },
	    contacts: [{ wa_id: from, profile: { name: 'Ana Lima' } }],
	    messages: [{ id: 'wamid.' + count, from, type: 'text',
	    timestamp: '1795240800', text: { body: text } }] } }] }] });
}

// A text that is dangerous in HTML, in an attribute, in a script, in a shell, and to the
// direction of writing. Any script in it would call alert().
const attack = '</script><script>alert(1)</script><img src=x onerror=alert(2)>' +
    '"\'><svg onload=alert(3)>`$(touch /tmp/hookline-owned)`\u202egnp.exe\u2066' +
    '\u0000\u0007\u001b[31m\u2028&lt;b&gt;{{7*7}}javascript:alert(4)';

const hostile = () => JSON.stringify({ object: attack, [attack]: attack,
    entry: [{ id: attack, time: attack, changes: [{ field: attack, value: {
    from: { name: attack, id: attack }, item: attack, verb: attack,
    message: attack, [attack]: [attack, { [attack]: null }] } }] }] });

/* ---- accessibility ---- */

async function accessible(page, what) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run({
	    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
	    'best-practice'] }));

	assert.deepEqual(violations.map((violation) => violation.id + ': ' +
	    violation.nodes.map((node) => node.target.join(' ')).join(', ')),
	    [], what);
}

/* ---- cases ---- */

const cases = {
	async 'the list is newest first, and a choice shows the record'() {
		const page = await open();
		const list = await seqs(page);

		assert.deepEqual(list, [...list].sort((a, b) => b - a));
		assert.equal(list.length, 50);
		await page.click('#r' + list[1]);
		await page.waitForURL(/seq=/);
		assert.match(await title(page), new RegExp('^#' + list[1] + ' '));
		assert.deepEqual(await page.$$eval('[aria-current=true]', (all) =>
		    all.map((item) => item.id)), ['r' + list[1]]);
		assert.match(await page.textContent('#payload'),
		    /whatsapp_business_account/);
		await close(page);
	},

	async 'times are local, and UTC on hover'() {
		const page = await open();
		const time = page.locator('a.item time').first();
		const utc = await time.getAttribute('datetime');
		const hour = (Number(utc.slice(11, 13)) + 21) % 24;

		assert.equal(await time.textContent(),
		    String(hour).padStart(2, '0') + utc.slice(13, 16));
		assert.equal(await time.getAttribute('title'),
		    utc.slice(0, 19).replace('T', ' ') + ' UTC');
		await close(page);
	},

	async 'older pages lead to the first record, and none is missing'() {
		const page = await open();
		let all = await seqs(page);

		while (await page.$('#older')) {
			await page.click('#older');
			await page.waitForLoadState();
			all = all.concat(await seqs(page));
		}
		assert.deepEqual(all, Array.from(all, (_, i) => all.length - i));
		await close(page);
	},

	async 'one search and one choice, by keyboard alone'() {
		const page = await open();

		await page.focus('#q');
		await page.keyboard.type('15559998877');
		await page.keyboard.press('Enter');
		await page.waitForURL(/q=15559998877/);
		assert.equal((await seqs(page)).length, 1);
		await page.focus('a.item');
		await page.keyboard.press('Enter');
		await page.waitForURL(/seq=/);
		assert.match(await title(page), /a message from yesterday/);
		assert.match(page.url(), /q=15559998877/);
		await close(page);
	},

	async 'the same without JavaScript'() {
		const page = await open('', { javaScriptEnabled: false });

		assert.match(await page.textContent('#utc'), /UTC/);
		for (const id of ['live', 'copy-json', 'copy-curl', 'copy-line'])
			assert.equal(await page.locator('#' + id + ':visible').count(),
			    0, id);
		await page.fill('#q', '15559998877');
		await page.press('#q', 'Enter');
		await page.waitForURL(/q=15559998877/);
		await page.click('a.item');
		await page.waitForURL(/seq=/);
		assert.match(await title(page), /a message from yesterday/);
		assert.match(await page.textContent('#payload'), /15559998877/);
		assert.ok(await page.isVisible('#download'));
		await close(page);
	},

	async 'a search that finds nothing says how far it looked'() {
		const page = await open('?q=nothing-like-this');

		assert.match(await page.textContent('#searched'), /No match/i);
		await page.click('#clear-search');
		await page.waitForURL((address) => !address.search.includes('q='));
		assert.equal((await seqs(page)).length, 50);
		await close(page);
	},

	async 'a new notification is announced within 4 seconds'() {
		const page = await openByHand();
		const before = await seqs(page);

		await keep(message('the newest one'));
		await page.clock.runFor(4000);
		await page.waitForSelector('#show-news');
		await page.clock.runFor(100);
		assert.match(await page.textContent('#show-news'), /^1 new/);
		assert.deepEqual(await seqs(page), before);
		assert.match(await page.textContent('#said'), /1 new/);
		await page.click('#show-news');
		await page.waitForLoadState();
		assert.match(await page.textContent('a.item'), /the newest one/);
		await close(page);
	},

	async 'live rests after 15 minutes without a key, and goes on'() {
		const page = await openByHand();

		// A poll asks for the next one when its answer has come.
		const minutes = async (count) => {
			for (let i = 0; i < count; i++) {
				await page.clock.runFor(60000);
				await page.evaluate(() => fetch('?after=1'));
			}
		};
		await minutes(14);
		assert.equal(await page.locator('#paused:visible').count(), 0);
		await minutes(3);
		await page.waitForSelector('#paused:visible');
		assert.match(await page.textContent('#paused'), /paused.*15 minutes/);
		await page.click('#resume');
		assert.equal(await page.locator('#paused:visible').count(), 0);
		await close(page);
	},

	async 'keys move through the list while it has the focus, and can be off'() {
		const page = await open();
		const list = await seqs(page);
		const focused = () => page.evaluate(() => document.activeElement.id);

		await page.keyboard.press('j');
		assert.equal(await focused(), '', 'no focus in the list');
		await page.focus('#r' + list[0]);
		await page.keyboard.press('j');
		assert.equal(await focused(), 'r' + list[1]);
		await page.keyboard.press('k');
		assert.equal(await focused(), 'r' + list[0]);
		await page.keyboard.press('/');
		assert.equal(await focused(), 'q');
		await page.keyboard.type('jk?');
		assert.equal(await page.inputValue('#q'), 'jk?');
		await page.focus('#r' + list[0]);
		await page.keyboard.press('?');
		assert.ok(await page.isVisible('#help'));
		await page.uncheck('#keys-on');
		await page.keyboard.press('Escape');
		assert.equal(await page.isVisible('#help'), false);
		await page.focus('#r' + list[0]);
		await page.keyboard.press('j');
		assert.equal(await focused(), 'r' + list[0]);
		await page.reload();
		await page.focus('#r' + list[0]);
		await page.keyboard.press('j');
		assert.equal(await focused(), 'r' + list[0], 'it is remembered');
		await close(page);
	},

	async 'headings and the order of Tab are those of the page'() {
		const page = await open();
		const first = (await seqs(page))[0];

		await page.click('#r' + first);
		await page.waitForURL(/seq=/);
		assert.deepEqual(await page.$$eval('h1, h2, h3', (all) =>
		    all.map((heading) => heading.tagName)).then((tags) =>
		    [tags[0], ...new Set(tags.slice(1))]), ['H1', 'H2']);
		await page.goto(url);
		const seen = [];
		for (let i = 0; i < 14; i++) {
			await page.keyboard.press('Tab');
			seen.push(await page.evaluate(() =>
			    document.activeElement.id ||
			    document.activeElement.className ||
			    document.activeElement.tagName));
		}
		const places = ['skip', 'live', 'q', 'find', 'r' + first]
		    .map((name) => seen.indexOf(name));
		assert.deepEqual(places, [...places].sort((a, b) => a - b),
		    seen.join(' '));
		assert.ok(!places.includes(-1), seen.join(' '));
		await close(page);
	},

	async 'an attack in every field stays text'() {
		await keep(hostile());
		for (const javaScriptEnabled of [true, false]) {
			const page = await open('', { javaScriptEnabled });

			await page.click('a.item');
			await page.waitForURL(/seq=/);
			assert.equal(await page.locator('#payload script, ' +
			    '#payload img, #payload svg, #items img, #items svg, ' +
			    '#title img, #meta img').count(), 0);
			const text = await page.textContent('body');
			assert.ok(text.includes('</script><script>alert(1)'));
			assert.ok(text.includes('<img src=x onerror=alert(2)>'));
			assert.ok(!/[\u202e\u2066\u2028\u001b\u0000]/.test(text),
			    'no control reaches the page');
			for (const part of ['object', 'field', 'entry']) {
				const link = page.locator(
				    '#meta a[href*="' + part + '="]').first();
				if (await link.count() === 1)
					assert.match(await link.getAttribute('href'),
					    /^\?[\w%&;=.~-]*$/);
			}
			await close(page);
		}
		const page = await open('?q=' + encodeURIComponent(
		    '"><script>alert(5)</script>'));
		assert.equal(await page.inputValue('#q'),
		    '"><script>alert(5)</script>');
		await close(page);
	},

	async '3 MB are shown in part, and all of it when asked'() {
		const text = 'x'.repeat(1000);
		const many = Array.from({ length: 3000 }, (_, i) => i + text);

		await keep(JSON.stringify({ object: 'big', many, last: 'the very end' }));
		const page = await open();
		await page.click('a.item');
		await page.waitForURL(/seq=/);
		assert.ok(await page.isVisible('#cut'));
		assert.ok(!(await page.textContent('body')).includes('the very end'));
		await page.click('#all');
		await page.waitForURL(/show=all/);
		assert.ok((await page.textContent('body')).includes('the very end'));
		assert.equal(await page.evaluate(() =>
		    document.documentElement.scrollWidth <= innerWidth), true);
		await close(page);
	},

	async 'what is copied as JSON and as the line is exact'() {
		const page = await open('?q=15559998877');

		await page.click('a.item');
		await page.waitForURL(/seq=/);
		const address = await page.getAttribute('#download', 'href');
		const saved = await page.context().request.get(url + address);
		const json = await saved.text();
		assert.equal(await copied(page, '#copy-json',
		    (text) => text === json), json);
		const line = await copied(page, '#copy-line',
		    (text) => text.startsWith('{"seq":'));
		assert.ok(line.trimEnd().endsWith('"payload":' + json + '}'), line);
		await close(page);
	},

	async 'what is copied as cURL passes the receiver'() {
		// Quotes, backslashes, blanks at both ends, and characters of four bytes.
		await keep(' ' + message("it's $HOME `id` \\ \"quoted\" 🌻 \u00e9 %s",
		    '1') + '  ');
		const page = await open();
		await page.click('a.item');
		await page.waitForURL(/seq=/);
		const command = await copied(page, '#copy-curl',
		    (text) => text.includes('curl'));
		assert.ok(command.includes('"$URL"'), command);
		writeFileSync(folder + '/curl', command);
		const result = spawnSync('bash', [folder + '/curl'], {
		    encoding: 'utf8', cwd: folder,
		    env: { PATH: process.env.PATH, URL: server + '/webhook' } });
		assert.equal(result.stdout, 'ok\n',
		    command + result.stdout + result.stderr);
		await close(page);
	},

	async 'on a phone there are two pages, and Back returns to the row'() {
		const page = await open('', { viewport: PHONE, hasTouch: true });
		const list = await seqs(page);
		const row = page.locator('#r' + list[7]);

		for (const box of await page.$$eval('a.item', (items) =>
		    items.map((item) => item.getBoundingClientRect().height)))
			assert.ok(box >= 44, 'a row of ' + box + ' px');
		await row.scrollIntoViewIfNeeded();
		await row.click();
		await page.waitForURL(/seq=/);
		assert.equal(await page.locator('#items:visible').count(), 0);
		assert.equal(await page.evaluate(() =>
		    document.documentElement.scrollWidth <= innerWidth), true);
		await accessible(page, 'a record on a phone');
		await page.click('#back');
		await page.waitForLoadState();
		await page.waitForFunction((id) =>
		    document.activeElement.id === id, 'r' + list[7]);
		assert.ok(await row.isVisible());
		await close(page);
	},

	async 'small targets have 24 px'() {
		const page = await open();

		await page.click('a.item');
		await page.waitForURL(/seq=/);
		const small = await page.$$eval('button:not([hidden]), a.button, ' +
		    'summary, input', (all) => all.map((element) =>
		    [element.id || element.textContent.trim(),
		    element.getBoundingClientRect()]).filter(([, box]) =>
		    box.width > 0 && (box.width < 24 || box.height < 24))
		    .map(([name]) => name));
		assert.deepEqual(small, []);
		await close(page);
	},

	async 'axe-core has nothing to say, light, dark and on a phone'() {
		for (const options of [{}, { colorScheme: 'dark' },
		    { viewport: PHONE, colorScheme: 'dark' },
		    { reducedMotion: 'reduce' }]) {
			const page = await open('', options);
			await accessible(page, 'the list');
			await page.click('a.item');
			await page.waitForURL(/seq=/);
			await accessible(page, 'a record');
			await close(page);
		}
		for (const query of ['?q=nothing-like-this', '?seq=999999',
		    '?object=page&from=today']) {
			const page = await open(query);
			await accessible(page, query);
			await close(page);
		}
		const page = await open();
		await page.click('#keys');
		await accessible(page, 'the help');
		await close(page);
	},

	async 'dark is dark'() {
		const light = await open();
		const dark = await open('', { colorScheme: 'dark' });
		const sum = (page) => page.evaluate(() =>
		    getComputedStyle(document.body).backgroundColor
		    .match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0));

		assert.ok(await sum(light) > 600);
		assert.ok(await sum(dark) < 150);
		await close(light);
		await close(dark);
	},
};

/* ---- the run ---- */

for (let i = 0; i < 60; i++)
	await keep(message('number ' + i));
await keep(message('a message from yesterday', '15559998877'));
for (let i = 0; i < 3; i++)
	await keep(message('more of today'));
for (const [name, run] of Object.entries(cases)) {
	if (only.length > 0 && !only.some((part) => name.includes(part)))
		continue;
	complaints = [];
	try {
		await run();
		assert.deepEqual(complaints, []);
		console.log('ok ' + name);
	} catch (error) {
		console.log('not ok ' + name);
		console.log(String(error.stack).replace(/^/gm, '# '));
	}
}
await browser.close();
