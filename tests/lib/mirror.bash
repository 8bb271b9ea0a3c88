# shellcheck shell=bash
# mirror.bash: where new Debian systems get their packages: from this machine's own
# mirror, or from MIRROR=URL. For fresh and debian.

SUITE=bookworm

# This machine's sources of Debian packages, as lines of sources.list.
sources() {
	if [ -n "${MIRROR:-}" ]; then
		echo "deb $MIRROR $SUITE main"
		return
	fi
	# shellcheck disable=SC2016 # apt-get expands it
	apt-get indextargets \
	    --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
	    'Created-By: Packages' 'Origin: Debian' |
	    grep -E " $SUITE(-updates|-security)? main$" | sort -u | grep . || {
		echo "${0##*/}: apt knows no mirror of Debian 12: run apt-get" \
		    "update, or name one with MIRROR=" >&2
		return 1
	}
}

# mirror_of SOURCES: prints the mirror for debootstrap.
mirror_of() {
	awk -v suite=$SUITE '$3 == suite { print $2; exit }' "$1"
}

# give_mirror SOURCES FOLDER: gives the system in FOLDER this machine's access to the
# mirror. Only apt's download settings are copied; others may name programs that only
# this machine has.
give_mirror() {
	cp "$1" "$2/etc/apt/sources.list"
	apt-config dump | grep '^Acquire::' >"$2/etc/apt/apt.conf.d/90mirror"
	cp -a /etc/apt/auth.conf* "$2/etc/apt/" 2>/dev/null || :
	cp -L /etc/resolv.conf /etc/hosts "$2/etc/"
	if grep -q '^deb https:' "$1"; then
		install -D -m 0644 -t "$2/etc/ssl/certs" \
		    /etc/ssl/certs/ca-certificates.crt
	fi
}
