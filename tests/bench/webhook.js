// A receiver in plain Node: waiting requests share one sync.
//
//   node webhook.js PORT LOG SECRET
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');

const [port, path, secret] = process.argv.slice(2);
const log = fs.openSync(path, 'a');
let waiting = [];
let busy = false;

function answer(response, status, word) {
	response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
	response.end(word + '\n');
}

function flush() {
	const batch = waiting;
	const text = batch.map((one) => one.line).join('');

	waiting = [];
	busy = batch.length > 0;
	if (!busy)
		return;
	fs.write(log, text, (failed) => {
		fs.fdatasync(log, (unsynced) => {
			const good = !failed && !unsynced;
			for (const one of batch)
				answer(one.response, good ? 200 : 503, good ? 'ok' : 'unavailable');
			flush();
		});
	});
}

function signed(body, header) {
	const mac = 'sha256=' + crypto.createHmac('sha256', secret).update(body).digest('hex');
	const given = Buffer.from(header || '');

	return given.length === mac.length && crypto.timingSafeEqual(given, Buffer.from(mac));
}

function receive(request, response, body) {
	if (!signed(body, request.headers['x-hub-signature-256']))
		return answer(response, 401, 'unauthorized');
	try {
		JSON.parse(body);
	} catch (error) {
		return answer(response, 400, 'bad-request');
	}
	waiting.push({ response, line: '{"received_at":"' + new Date().toISOString() +
	    '","payload":' + body.toString().replace(/[\r\n]/g, ' ') + '}\n' });
	if (!busy)
		flush();
}

http.createServer((request, response) => {
	const parts = [];

	request.on('data', (part) => parts.push(part));
	request.on('end', () => receive(request, response, Buffer.concat(parts)));
}).listen(Number(port), '127.0.0.1');
