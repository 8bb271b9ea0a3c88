# shellcheck shell=bash disable=SC2154 # scratch.bash sets S
# postgres.bash: a PostgreSQL server of our own for the tests. Its files are in
# $S/pg/NAME, its socket in $S/pg/run; it listens on no address unless told to. Its
# superuser is root, whom everybody who can reach the socket may be.

PG_BIN=$(echo /usr/lib/postgresql/*/bin)
PG_BIN=${PG_BIN##* }
PG_PORT=5432

# As root, the server runs as Debian's user for it.
as_postgres=()
if [ "$EUID" = 0 ]; then
	as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)
fi

# pg_make NAME [INITDB OPTIONS...]: makes the files of a server.
pg_make() {
	install -d -m 0755 "$S/pg"
	if [ "$EUID" = 0 ]; then
		chown postgres "$S/pg"
	fi
	"${as_postgres[@]}" mkdir -p "$S/pg/run"
	(cd / && "${as_postgres[@]}" env LC_ALL=C "$PG_BIN/initdb" -D "$S/pg/$1" \
	    -U root -A trust --no-sync --locale=C -E UTF8 "${@:2}") >"$S/log/initdb" 2>&1 ||
	    { cat "$S/log/initdb" >&2; return 1; }
}

# pg_start NAME [SETTING=VALUE...]: starts it, and waits until it answers. Its pid is
# in $S/NAME.pid.
pg_start() {
	local name=$1 setting settings=()
	for setting in listen_addresses= "unix_socket_directories=$S/pg/run" \
	    "port=$PG_PORT" fsync=off shared_buffers=16MB max_connections=20 \
	    autovacuum=off "${@:2}"; do
		settings+=(-c "$setting")
	done
	in_background "$name" "${as_postgres[@]}" "$PG_BIN/postgres" -D "$S/pg/$name" \
	    "${settings[@]}"
	within 300 pg_answers || { cat "$S/log/$name" >&2; return 1; }
}

pg_answers() {
	"$PG_BIN/pg_isready" -q -h "$S/pg/run" -p "$PG_PORT"
}

# pg_stop NAME [SIGNAL]: ends it at once.
pg_stop() {
	local pid
	pid=$(<"$S/$1.pid")
	kill "-${2:-INT}" "$pid" 2>/dev/null || true
	within 300 gone "$pid" || { kill -9 "$pid"; return 1; }
	rm -f "$S/$1.pid"
}

# sql STATEMENT [DATABASE]: prints what it returns, columns joined by |.
sql() {
	"$PG_BIN/psql" -XAtq -h "$S/pg/run" -p "$PG_PORT" -U root \
	    -v ON_ERROR_STOP=1 -d "${2:-postgres}" -c "$1"
}

# sql_is VALUE STATEMENT: it returns exactly this; for within.
sql_is() {
	[ "$(sql "$2" 2>&1)" = "$1" ]
}

# pg_url [DATABASE [PARAMETERS]]: of this server, for a relay.
pg_url() {
	echo "postgresql://root@/${1:-postgres}?host=$S/pg/run&port=$PG_PORT${2:-}"
}
