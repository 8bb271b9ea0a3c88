#!/usr/bin/env bats
# demo.bats: what `make run` prints.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../lib/test.bash"

teardown() {
	:
}

# masked: standard input without what is random.
masked() {
	sed -E -e 's/127\.0\.0\.1:[0-9]+/HOST/' -e 's/run\.[A-Za-z0-9]{6}/run.x/' \
	    -e 's/password [a-z0-9]{3}(-[a-z0-9]{3}){2}$/password PASSWORD/' \
	    -e 's/"received_at":"[^"]*"/"received_at":"T"/' \
	    -e 's/[0-9a-f]{4}…/H…/' -e "s|${TMPDIR:-/tmp}/|build/|"
}

@test "make run: the transcript, at most 35 lines of 80 columns" {
	cd "$BATS_TEST_TMPDIR"
	run "$ROOT/tests/servers/demo" --once </dev/null
	echo "$output"
	[ "$status" = 0 ]
	[ "${#lines[@]}" -le 35 ]
	[ "$(wc -l <<<"$output")" -le 35 ]
	perl -CSD -ne 'exit 1 if length > 81' <<<"$output"
	masked <<<"$output" | diff - <(cat <<-'END'
		hookline receives Meta's webhooks behind your web server and keeps each one,
		once, as a line of JSON. Here it runs behind a real lighttpd:
		http://HOST/webhook

		1  Meta asks if the address is ours GET ?hub.mode... 200 1158201444
		2  A WhatsApp message, signed       POST 519 bytes   200 ok  seq 1
		3  The same again (Meta retries)    POST 519 bytes   200 ok  no second line
		4  A security audit event           POST 228 bytes   200 ok  seq 2
		5  Signed by somebody else          POST 519 bytes   401 unauthorized
		6  kill -9 of all workers; a photo  POST 183 bytes   200 ok  seq 3, nothing lost

		{"seq":1,"received_at":"T","id":"H…",
		 "signature":"sha256=H…","endpoint":"/webhook",
		 "object":"whatsapp_business_account","payload":{… 519 bytes, as sent …}}  (cut)

		See them     http://HOST/inbox      user demo, password PASSWORD
		Follow them  build/hookctl tail -f --config build/run.x/etc/hookline.conf
		Send one     build/hookctl send --sample whatsapp \
		                 --config build/run.x/etc/hookline.conf
		Your own     README, "Install"    files: build/run.x

		All is as it should be; the commands above work, too. lighttpd is stopped
		now, so these addresses no longer answer: in a terminal, make run goes on
		until Ctrl-C. The files stay until the next run.
	END
	)
}
