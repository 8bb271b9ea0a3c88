# shellcheck shell=bash disable=SC2034,SC2154 # shared with run
# rows.bash: what can be measured separately, and with which contenders. For run.

# Each row and its meaning, in the order of a round. `memory` and `script` are
# measured once.
ROW_TABLE='photos      1, 16 and 64 connections behind lighttpd, compared with null
whatsapp    the same
batch       the same
others      PHP, Node and webhook, in those rows above that are run
single      one connection, compared with null and a sync for each
shared      sync = false, 1, 2, 4 and 8 processes on one socket, compared with null
apache      behind Apache, compared with null
cgi         through CGI, compared with an empty program
latency     time to answer at half the rate
scan        reading a body, compared with json-c
verify      hookctl verify, with and without a secret
rebuild     of the index, from the records
commit      the journal without a web server
size        the growing journal
relay       into another hookline, 16 in flight, compared with wrk
delay       from a notification to its arrival in another hookline
sql         into PostgreSQL, compared with COPY of the same rows
sql-replicas  the same, with a synchronous standby
acknowledge  answering when PostgreSQL has it, compared with the disk
inbox       pages of the inbox and a search, through CGI
slow        a slow disk
memory      of each process
script      what the sender alone could send'

# The rows in which two programs can be compared.
COMPARABLE='photos whatsapp batch single shared apache'

SHARED='1 2 4 8'	# processes

BODIES='photos whatsapp batch'

# choose_rows WANTED: sets `rows`, in table order; to all rows if WANTED names none.
choose_rows() {
	local row known
	known=$(awk '{ print $1 }' <<<"$ROW_TABLE" | tr '\n' ' ')
	rows=${1:-$known}
	for row in $rows; do
		if [[ " $known " != *" $row "* ]]; then
			echo "run: there is no row $row; the rows are $known" >&2
			return 1
		fi
		if [ -n "$against" ] && [[ " $COMPARABLE " != *" $row "* ]]; then
			echo "run: two programs are compared in $COMPARABLE," \
			    "not in $row" >&2
			return 1
		fi
	done
	if [ "$rows" = others ]; then
		rows="$BODIES others"
	fi
}

wanted() {
	[[ " $rows " == *" $1 "* ]]
}

# members ROW: prints the contenders that it needs.
members() {
	local size delay count
	case $1 in
	photos | whatsapp | batch)
		echo null sync async sync-update async-update
		;;
	others) echo php-sync php-async node webhook ;;
	single) echo null sync ;;
	shared)
		for count in $SHARED; do
			echo "null-$count shared-$count"
		done
		;;
	apache)
		# Apache does not run as root.
		if changes_user || [ "$(id -u)" != 0 ]; then
			echo apache-null apache-sync apache-async
		fi
		;;
	cgi) echo cgi-empty cgi-sync cgi-async cgi-dynamic cgi-php ;;
	latency) echo null sync async ;;
	relay) echo sync ;;
	delay) echo sync relayed ;;
	acknowledge) echo sync acknowledged ;;
	size)
		echo async
		for size in $sizes; do
			echo "ids-$size"
		done
		;;
	slow)
		for delay in $delays; do
			for count in $counts; do
				echo "slow-$delay-$count"
			done
		done
		;;
	memory) echo null sync async ;;
	script) echo null ;;
	esac
}

# settings NAME: prints the lines that a contender adds to the usual configuration.
settings() {
	case $1 in
	async* | shared-* | *-async | cgi-dynamic | ids-*) echo 'sync = false' ;;
	esac
	case $1 in
	*-update) echo 'lines = "update"' ;;
	esac
}

# start NAME PROGRAM: starts a contender, with PROGRAM as hookline. The name may end
# in @other.
start() {
	local name=$1 mine=$2 plain=${1%@other} DELAY PROCESSES=$PROCESSES lines
	lines=$(settings "$plain")
	case $plain in
	null) add "$name" lighttpd-even "$BIN/null" ;;
	sync | async | relayed | acknowledged | *-update) add "$name" lighttpd-even "$mine" "$lines" ;;
	null-* | shared-*)
		PROCESSES=${plain#*-}
		[[ $plain == shared-* ]] || mine=$BIN/null
		add "$name" lighttpd-shared "$mine" "$lines"
		;;
	ids-*)
		add "$name" lighttpd-even "$mine" "$lines"
		fill_contender "$name" "${plain#ids-}"
		;;
	slow-*)
		IFS=- read -r _ DELAY PROCESSES <<<"$plain"
		add "$name" lighttpd-slow "$faulty"
		;;
	apache-null) add "$name" apache-even "$BIN/null" ;;
	apache-*) add "$name" apache-even "$mine" "$lines" ;;
	cgi-empty) add "$name" lighttpd-cgi "$BIN/empty" ;;
	cgi-sync | cgi-async) add "$name" lighttpd-cgi "$static" "$lines" ;;
	cgi-dynamic) add "$name" lighttpd-cgi "$mine" "$lines" ;;
	cgi-php) add "$name" php-cgi "$mine" ;;
	*) add "$name" "$plain" "$mine" ;;
	esac
}
