# Two hosts relay into one PostgreSQL with two synchronous standbys, while databases,
# relays and receivers are killed: see database. DATABASE_TIMES and DATABASE_EVENTS make
# it longer; SEED=N repeats the choice of what is done.

# shellcheck source=tests/servers/lib/test.bash
source "$BATS_TEST_DIRNAME/../servers/lib/test.bash"
# shellcheck source=tests/faults/hosts.bash
source "$BATS_TEST_DIRNAME/hosts.bash"

# PostgreSQL refuses to run as root.
if [ "$EUID" = 0 ]; then
	DATABASE_USER=postgres
else
	DATABASE_USER=$(id -un)
fi
export DATABASE_USER

@test "one database, killed, promoted and restored: none lost, none twice" {
	local folder
	two_hosts "$SHIPPED" lighttpd-fastcgi
	for folder in "$A" "$B"; do
		scratch_use "$folder"
		sed 's|^directory = .*|directory = "../var/journal"|' "$conf" |
		    configure
		cp -p "$conf" "$conf.base"
	done
	install -d -m 0711 -o "$DATABASE_USER" "$A/databases"
	"$BATS_TEST_DIRNAME/database" "${DATABASE_TIMES:-1}" \
	    "${DATABASE_EVENTS:-2000}" "$A" "$B" "$A/databases" ${SEED:+"$SEED"} >&3
}
