# hookline: see README.md. The two commands that matter are
#
#   make run     install what is missing, build, and show it working
#   make test    install what is missing, build, and run every test
#
# Both need nothing but make, as `make fresh` proves. `make` alone only builds, into
# build/.

VERSION := 0.3.0
CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif

# make V=1 shows the commands.
ifdef V
QUIET :=
SAY = @:
else
QUIET := @
SAY = @echo " " $(1)
endif

# The processor to build for. Programs for one other than this machine's get their
# own folder, and an archiver that handles their format.
CPU := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
OWN_CPU := $(firstword $(subst -, ,$(shell cc -dumpmachine 2>/dev/null)))
CROSS := $(addprefix -,$(if $(OWN_CPU),$(filter-out $(OWN_CPU),$(CPU))))
ifeq ($(origin AR),default)
AR := $(or $(shell $(CC) -print-prog-name=ar 2>/dev/null),ar)
endif

B := build
VARIANT ?= plain
O := $(B)/$(VARIANT)$(CROSS)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wcast-align \
	-Wwrite-strings -Wundef -Wformat=2 -Wvla -Wnull-dereference \
	-Wimplicit-fallthrough -Wswitch-enum
HARD.x86_64 := -fcf-protection
HARD.aarch64 := -mbranch-protection=standard
HARD := -fPIE -fstack-protector-strong -fstack-clash-protection $(HARD.$(CPU))
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
# libpq's headers are in a folder of their own.
PQ := $(addprefix -I,$(shell pg_config --includedir 2>/dev/null))
DEFS := -D_GNU_SOURCE -DHOOKLINE_VERSION='"$(VERSION)"' -Ilib -Icgi $(PQ)

# plain: what is shipped. asan: what the tests run. faults: with the fault seam of
# tests/faults/ compiled in.
OPT.plain := -O2 -D_FORTIFY_SOURCE=3
OPT.asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
OPT.faults := -O1 -D_FORTIFY_SOURCE=2 -DHOOKLINE_FAULTS
LD.asan := -fsanitize=address,undefined
# static: runs on hosts of any age; see dist. libfcgi refers to gethostbyname(),
# which would need this system's version of the C library at run time, but hookline
# never calls it.
OPT.static := -O2 -D_FORTIFY_SOURCE=3
LD.static := -static-pie -s -Wl,--build-id=none -Wl,--defsym=gethostbyname=abort
# fuzz: needs libFuzzer, hence clang, which does not define the macro that gcc
# defines with -fsanitize=address. --wrap lets fuzz.c catch what the library logs.
OPT.fuzz := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined -D__SANITIZE_ADDRESS__
LD.fuzz := -fsanitize=fuzzer,address,undefined -Wl,--wrap=log_to
# lint: nothing is linked; the compiler prints one line for each finding.
OPT.lint := -O1 -fanalyzer -fdiagnostics-path-format=none \
	-fno-diagnostics-show-caret
# coverage: like faults, and also counts what is executed; see tests/lib/coverage.
OPT.coverage := -O0 --coverage -DHOOKLINE_FAULTS \
	-DCOVERAGE_FOLDER='"$(CURDIR)/$(B)/coverage"'
LD.coverage := --coverage -Wl,--wrap=_exit -Wl,--wrap=kill \
	-Wl,--wrap=sandbox_enter

CFLAGS ?= -g
override CFLAGS += -std=c17 $(WARN) $(HARD) $(OPT.$(VARIANT))
CPPFLAGS += $(DEFS)
LDFLAGS += $(LDHARD) $(LD.$(VARIANT))
LDLIBS := -lcrypto -lz

LIB_SRC := $(wildcard lib/*/*.c)
FAULT_SRC := $(if $(filter faults coverage,$(VARIANT)),tests/faults/seam.c) \
	$(if $(filter coverage,$(VARIANT)),tests/lib/gcov.c)
ADAPTER_SRC := cgi/adapter.c cgi/adapter_cgi.c cgi/adapter_fastcgi.c \
	cgi/fastcgi_accept.c cgi/fastcgi_input.c cgi/fastcgi_peek.c cgi/patience.c
FCGI_SRC := cgi/hookline.c $(ADAPTER_SRC) cgi/check_config.c cgi/check_user.c \
	cgi/check_facts.c cgi/listen_main.c cgi/listen.c cgi/listen_tcp.c \
	cgi/workers.c
# The static hookctl has no libcurl.
CLIENT := $(if $(filter static,$(VARIANT)),client_none,client)
HOOKCTL_SRC := $(wildcard cgi/hookctl/*.c) cgi/$(CLIENT).c cgi/client_url.c \
	$(if $(filter static,$(VARIANT)),,cgi/client_resolve.c cgi/client_result.c) \
	cgi/when.c cgi/check_user.c cgi/check_facts.c cgi/record_filter.c \
	cgi/deliver.c cgi/outgoing.c
INBOX_SRC := $(wildcard cgi/inbox/*.c) $(ADAPTER_SRC) cgi/when.c \
	cgi/record_filter.c cgi/listen_main.c cgi/listen.c cgi/workers.c
HOOKCTL_LIBS := $(if $(filter static,$(VARIANT)),,-lcurl) -ljson-c
RELAY_SRC := $(wildcard cgi/relay/*.c) cgi/client.c cgi/client_resolve.c \
	cgi/client_result.c cgi/client_url.c cgi/deliver.c cgi/outgoing.c
UNIT_SRC := $(wildcard tests/unit/test_*.c)

LIB_OBJ := $(patsubst %.c,$(O)/%.o,$(LIB_SRC) $(FAULT_SRC))
FCGI_OBJ := $(patsubst %.c,$(O)/%.o,$(FCGI_SRC))
HOOKCTL_OBJ := $(patsubst %.c,$(O)/%.o,$(HOOKCTL_SRC))
INBOX_OBJ := $(patsubst %.c,$(O)/%.o,$(INBOX_SRC))
RELAY_OBJ := $(patsubst %.c,$(O)/%.o,$(RELAY_SRC))
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/unit/%,$(UNIT_SRC))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_HELP := $(filter-out $(FUZZ_SRC),$(wildcard tests/fuzz/*.c))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(O)/%,$(FUZZ_SRC))
FUZZ_SECONDS ?= 60

.PHONY: help all run test fuzz torture mutants bench bench-full fresh lint \
	coverage clean
# The targets above use these.
PARTS := unit fuzz-programs faults-programs bench-programs bench-built \
	lint-findings archive deps-build deps-test deps-bench deps-deb deps-dist \
	deps-fresh deps-html deps-lint built
.PHONY: $(PARTS)
.DELETE_ON_ERROR:
.SECONDARY:

PROGRAMS := hookline.fcgi hookline-inbox.fcgi hookctl hookline-relay

all: $(PROGRAMS:%=$(B)/%)

# make help shows the lines that begin with "##".
## help        list these
## all         build into build/, as make alone does
## run         install what is missing, build, and show it working
## test        install what is missing, build, and run every test
## install     install under PREFIX=/usr/local, or under DESTDIR/PREFIX
## uninstall   remove what install put there
## dist        archives with a static program, for hosts without a shell
## deb         a Debian package of what install puts there
## html        the manuals for a browser, in build/html/
## lint        check the source: gcc -fanalyzer, cppcheck, shellcheck, perl
## coverage    which lines no test reaches; TESTS="unit journal" for some
## fuzz        each fuzzing target for FUZZ_SECONDS=60
## torture     every fault that this machine allows; SEED=N repeats a run
## mutants     journal and relay with one guard removed at a time
## bench       how fast it is; ROWS=help lists what can be measured
## bench-full  the same for longer, and with ten million records
## fresh       run and test, each on a bare new Debian
## clean       remove build/
help:
	@sed -n 's/^## /make /p' $(firstword $(MAKEFILE_LIST))

# The plain programs are copied to build/; the others are in their variant's folder.
$(PROGRAMS:%=$(B)/%): $(B)/%: built
	@cmp -s $(B)/plain$(CROSS)/$* $@ || \
	    { cp $(B)/plain$(CROSS)/$* $@.new && mv $@.new $@; }

built: tests/lib/need
	@tests/lib/need headers
	@$(MAKE) --no-print-directory -j2 VARIANT=plain \
	    $(PROGRAMS:%=$(B)/plain$(CROSS)/%)

$(O)/hookline.fcgi: $(FCGI_OBJ) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lfcgi $(LDLIBS)

$(O)/hookline-inbox.fcgi: $(INBOX_OBJ) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ -lfcgi \
	    $(LDLIBS)

$(O)/hookctl: $(HOOKCTL_OBJ) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(HOOKCTL_LIBS) $(LDLIBS)

$(O)/hookline-relay: $(RELAY_OBJ) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcurl -lpq $(LDLIBS)

$(O)/libhookline.a: $(LIB_OBJ)
	@rm -f $@
	$(call SAY,archive $@)
	$(QUIET)$(AR) rcs $@ $^

$(O)/unit/%: $(O)/tests/unit/%.o $(O)/tests/unit/journal_fixture.o \
    $(O)/libhookline.a
	@mkdir -p $(@D)
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    $(filter %.a,$^) -lcmocka $(LDLIBS)

# These programs test files of cgi/.
$(O)/unit/test_adapter: $(ADAPTER_SRC:%.c=$(O)/%.o)
$(O)/unit/test_fastcgi_peek $(O)/fuzz_fastcgi: $(O)/cgi/fastcgi_peek.o
$(O)/unit/test_patience: $(O)/cgi/patience.o
$(O)/unit/test_when: $(O)/cgi/when.o
$(O)/unit/test_text: $(O)/cgi/hookctl/text.o
$(O)/unit/test_filter: $(O)/cgi/record_filter.o \
	$(patsubst %,$(O)/cgi/hookctl/%.o,filter options output text)
$(O)/unit/test_view_json $(O)/unit/test_view_page $(O)/unit/test_strip: \
	$(patsubst %.c,$(O)/%.o,$(wildcard cgi/inbox/view_*.c) \
	$(addprefix cgi/inbox/,html.c ask.c strip.c left_out_text.c) cgi/when.c)
$(O)/unit/test_ask $(O)/fuzz_ask: $(patsubst %,$(O)/cgi/%.o,inbox/ask when)
$(O)/unit/test_find: $(patsubst %,$(O)/cgi/%.o,inbox/find record_filter)
$(O)/unit/test_show: $(O)/cgi/when.o \
	$(patsubst %,$(O)/cgi/hookctl/%.o,show pretty output text)
$(O)/unit/test_blame: $(O)/cgi/hookctl/blame.o
$(O)/unit/test_client_url: $(O)/cgi/client_url.o
$(O)/unit/test_deliver: $(O)/cgi/deliver.o $(O)/cgi/client_url.o
$(O)/unit/test_outgoing: $(O)/cgi/outgoing.o
$(O)/unit/test_samples: $(O)/cgi/hookctl/samples.o
$(O)/unit/test_missed_line $(O)/fuzz_access_log: $(O)/cgi/hookctl/missed_line.o
$(O)/unit/test_missed: $(patsubst %,$(O)/cgi/hookctl/%.o,\
	missed_judge missed_tally missed_own missed_line output text)
$(O)/unit/test_subscriptions: $(O)/cgi/client_url.o \
	$(patsubst %,$(O)/cgi/hookctl/subscriptions_%.o,answer mask words)
$(O)/unit/test_subscriptions: private LDLIBS += -ljson-c
$(O)/unit/test_verify_line: $(patsubst %,$(O)/cgi/hookctl/verify_%.o,line fault \
	quick head value body)
$(O)/unit/test_verify_order: $(patsubst %,$(O)/cgi/hookctl/%.o,verify_order \
	verify_names verify_findings output text)
$(O)/unit/test_verify_gzip: $(O)/cgi/hookctl/verify_gzip.o
$(O)/unit/test_verify_order: private LDLIBS += -ljson-c
$(O)/unit/test_stats: $(patsubst %,$(O)/cgi/hookctl/stats_%.o,counts fields numbers)
$(O)/unit/test_window: $(O)/cgi/relay/window.o
$(O)/unit/test_sql_replicas: $(O)/cgi/relay/sql_replicas.o
$(O)/unit/test_sql_connect: $(O)/cgi/relay/sql_connect.o
$(O)/unit/test_sql_connect: private LDLIBS += -lpq
$(O)/unit/test_passed: $(O)/cgi/relay/passed.o
$(O)/unit/test_letters: $(O)/cgi/relay/letters.o $(O)/cgi/deliver.o $(O)/cgi/client_url.o
$(O)/unit/test_adapter $(O)/fuzz_fastcgi: private LDLIBS += -lfcgi

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call SAY,compile $@)
	$(QUIET)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# These contain files, and parts of their SHA-256 for their names.
ASSETS := style.css script.js icon.svg
ASSETS_OUT := $(O)/cgi/inbox/assets.o $(O)/cgi/inbox/assets.c.found
$(ASSETS_OUT): $(ASSETS:%=cgi/inbox/%)
$(ASSETS_OUT): private CPPFLAGS += $(foreach name,$(ASSETS),\
	-D$(shell echo $(basename $(name)) | tr a-z A-Z)_HASH='"$(shell \
	sha256sum <cgi/inbox/$(name) | cut -c 1-32)"')

# These contain the version.
$(O)/cgi/check_config.o $(O)/cgi/hookctl/main.o $(O)/cgi/inbox/main.o \
    $(O)/cgi/relay/main.o $(O)/tests/unit/test_config_check.o: Makefile

unit: $(UNIT_BIN) $(O)/unit/lines

$(O)/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/libfuzz.a $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    $(filter %.a,$^) -ljson-c $(LDLIBS)

$(O)/libfuzz.a: $(patsubst %.c,$(O)/%.o,$(FUZZ_HELP))
	@rm -f $@
	$(call SAY,archive $@)
	$(QUIET)$(AR) rcs $@ $^

fuzz-programs: $(FUZZ_BIN)

# Links everything that reads a journal and nothing that writes one; see tests/house.
$(O)/house/reader: $(O)/tests/house/reader.o $(O)/libhookline.a
	@mkdir -p $(@D)
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LDLIBS)

# Runs each target for FUZZ_SECONDS; see tests/fuzz/run.
fuzz: deps-test
	@$(MAKE) --no-print-directory -j2 VARIANT=fuzz CC=clang fuzz-programs
	@tests/fuzz/run $(FUZZ_SECONDS)

# The library with the fault seam in it. System calls that change the disk go through
# tests/faults/watch.c.
FAULTS_SRC := $(filter-out %/seam.c %/commitrate.c %/writer.c,$(wildcard tests/faults/*.c))
WATCHED := write ftruncate fsync fdatasync linkat renameat renameat2 unlinkat

$(O)/torture: $(patsubst %.c,$(O)/%.o,$(FAULTS_SRC)) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) $(WATCHED:%=-Wl,--wrap=%) -o $@ \
	    $^ $(LDLIBS)

$(O)/commitrate: $(O)/tests/faults/commitrate.o $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/writer: $(O)/tests/faults/writer.o $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

faults-programs: $(O)/torture $(O)/commitrate $(O)/writer

# Injects every fault that this machine allows; SEED=N repeats a run.
torture: deps-test all
	@$(MAKE) --no-print-directory -j2 VARIANT=faults faults-programs
	@$(B)/faults/torture $(if $(SEED),--seed $(SEED))
	@$(B)/faults/commitrate
	@SWAP_SECONDS=60 bats --tap tests/servers/moved.bats
	@TAIL_RECORDS=100000 TAIL_KILLS=200 bats --tap tests/faults/tail.bats
	@$(MAKE) --no-print-directory -j2 VARIANT=faults $(B)/faults/hookline.fcgi
	@MIRROR_SECONDS=120 MIRROR_KILLS=60 bats --tap tests/faults/mirror.bats
	@DATABASE_TIMES=10 DATABASE_EVENTS=100000 bats --tap tests/faults/database.bats
	@$(MAKE) --no-print-directory -j2 VARIANT=plain $(STORE)
	@FLIPS_RECORDS=1000000 bats --tap tests/faults/flips.bats

# Removes one guard of the journal or the relay at a time: the tests must notice each.
mutants: deps-test all
	@$(MAKE) --no-print-directory -j2 VARIANT=faults $(B)/faults/writer
	@tests/faults/mutants

# These fill the journals in which bits are flipped; see tests/faults/flips.
STORE := $(B)/plain/bench/bodies $(B)/plain/bench/store

# Programs of tests/bench/; the empty CGI is static and contains nothing of ours.
BENCH_SRC := $(filter-out %/bench.c %/empty.c,$(wildcard tests/bench/*.c))
BENCH_BIN := $(patsubst tests/bench/%.c,$(O)/bench/%,$(BENCH_SRC)) \
	$(O)/bench/empty

$(O)/bench/empty: tests/bench/empty.c
	@mkdir -p $(@D)
	$(call SAY,link $@)
	$(QUIET)$(CC) -O2 $(WARN) -static -o $@ $<

$(O)/bench/%: $(O)/tests/bench/%.o $(O)/tests/bench/bench.o $(O)/libhookline.a
	@mkdir -p $(@D)
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ -lfcgi \
	    -ljson-c $(LDLIBS)

bench-programs: $(BENCH_BIN)

# Measures how fast it is, compared with other receivers and with the limits of the
# machine; see tests/bench/run. ROWS="photos single" measures only these, ROWS=help
# lists them, AGAINST=PROGRAM compares with another hookline.fcgi. bench-full takes
# longer, and uses ten million records.
bench bench-full: $(if $(filter help,$(ROWS)),,bench-built)
	@ROWS='$(ROWS)' AGAINST='$(AGAINST)' \
	    tests/bench/run $(if $(filter %-full,$@),--full)

bench-built: deps-bench all
	@$(MAKE) --no-print-directory -j2 VARIANT=static $(B)/static/hookline.fcgi
	@$(MAKE) --no-print-directory -j2 VARIANT=faults $(B)/faults/hookline.fcgi
	@$(MAKE) --no-print-directory -j2 VARIANT=plain bench-programs

run: deps-build all
	@tests/servers/demo $(if $(ONCE),--once)

test: deps-test all
	@$(MAKE) --no-print-directory -j2 VARIANT=asan $(B)/asan/hookline.fcgi \
	    $(B)/asan/hookline-inbox.fcgi $(B)/asan/hookctl \
	    $(B)/asan/hookline-relay unit
	@$(MAKE) --no-print-directory -j2 VARIANT=plain $(B)/plain/unit/test_sandbox \
	    $(B)/plain/unit/test_secret $(B)/plain/house/reader \
	    $(B)/plain/cgi/client_none.o $(STORE)
	@$(MAKE) --no-print-directory -j2 VARIANT=faults $(B)/faults/hookline.fcgi \
	    $(B)/faults/unit/test_clock $(B)/faults/unit/test_repeats \
	    $(B)/faults/unit/test_cursor $(B)/faults/unit/test_reader_races \
	    faults-programs
	@$(MAKE) --no-print-directory -j2 VARIANT=static $(B)/static/hookline.fcgi \
	    $(B)/static/hookline-inbox.fcgi $(B)/static/hookctl
	@$(MAKE) --no-print-directory -j2 VARIANT=fuzz CC=clang fuzz-programs
	@$(MAKE) --no-print-directory lint-findings
	@tests/lib/run

# Which lines and branches of lib and cgi the tests reach. TESTS="unit journal"
# runs only those whose path contains one of these words.
coverage: deps-test
	@tests/lib/coverage $(TESTS)

# Prints the findings of gcc -fanalyzer, cppcheck, shellcheck and perl -c that
# tests/house/lint.known does not explain.
lint: deps-lint lint-findings
	@tests/house/lint $$(cat $(B)/lint/findings)

lint-findings:
	@$(MAKE) --no-print-directory -j2 VARIANT=lint CC=gcc $(B)/lint/findings

ifeq ($(VARIANT),lint)
LINT_C := $(wildcard lib/*/*.c cgi/*.c cgi/*/*.c)
LINT_CPP := $(sort $(wildcard lib/*/*.[ch] cgi/*.[ch] cgi/*/*.[ch] tests/*/*.[ch]))
# Scripts are recognized by their names or their first lines.
scripts = $(shell find .ci tests -type f ! -path '*/corpus/*' -exec awk \
	'FNR == 1 && (/$(1)/ || FILENAME ~ /$(2)/) { print FILENAME }' {} +)
LINT_SH := $(call scripts,^\#!.*[/ ](ba|)sh$$,[.]ba(sh|ts)$$)
LINT_PERL := $(call scripts,^\#!.*perl$$,[.]p[lm]$$)

# cppcheck reads all files in one run: with a build folder that caches earlier
# results, it missed some findings that span files.
# variableScope: variables are declared at the start of a function or block.
# shadowFunction, shadowVariable: gcc -Wshadow judges these better.
CPPCHECK := --std=c11 --enable=warning,style,performance,portability \
	--suppress=variableScope --suppress=shadowFunction \
	--suppress=shadowVariable --suppress=missingIncludeSystem

$(O)/%.c.found: %.c
	@mkdir -p $(@D)
	$(call SAY,analyze $<)
	$(QUIET)LC_ALL=C $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $(@:.found=.d) \
	    -MT $@ -c -o /dev/null $< 2>$@.new || { cat $@.new >&2; exit 1; }
	@mv $@.new $@

$(O)/cppcheck.found: $(LINT_CPP)
	@mkdir -p $(@D)
	$(call SAY,cppcheck)
	$(QUIET)cppcheck -q $(CPPCHECK) \
	    --template='{file}:{line}: {severity}: {message} [{id}]' \
	    $(CPPFLAGS) $(filter %.c,$^) 2>$@.new
	@mv $@.new $@

# The exit status is 1 if it finds something.
$(LINT_SH:%=$(O)/%.found): $(O)/%.found: % .shellcheckrc $(filter %.bash,$(LINT_SH))
	@mkdir -p $(@D)
	$(call SAY,shellcheck $<)
	$(QUIET)shellcheck -f gcc $< >$@.new || [ $$? = 1 ]
	@mv $@.new $@

$(LINT_PERL:%=$(O)/%.found): $(O)/%.found: %
	@mkdir -p $(@D)
	$(QUIET)perl -I $(<D) -wc $< 2>$@.new || :
	@mv $@.new $@

# Lists the names of all these files.
$(O)/findings: $(LINT_C:%=$(O)/%.found) $(O)/cppcheck.found \
    $(LINT_SH:%=$(O)/%.found) $(LINT_PERL:%=$(O)/%.found)
	@printf '%s\n' $^ >$@
endif

# Tries `make run` and `make test` on bare new systems, and the package from its
# installation to its removal on one; to be run before each release.
fresh: deps-fresh deps-test
	@tests/lib/fresh
	@FRESH=1 bats --tap tests/servers/package.bats

# The manuals for a browser; the first page is build/html/index.html.
.PHONY: html

html: deps-html
	@VERSION='$(VERSION)' cgi/man/html $(B)/html
	@echo " html $(B)/html/index.html"

# make install PREFIX=/usr/local DESTDIR=: copies from the tree to PREFIX. In texts,
# a program's default place, /usr/local/lib/hookline or /usr/local/bin, is replaced by
# the real one.
PREFIX ?= /usr/local
DESTDIR ?=
DOC := share/doc/hookline
INSTALLS := $(B)/hookline.fcgi:lib/hookline/hookline.fcgi \
	$(B)/hookline-inbox.fcgi:lib/hookline/hookline-inbox.fcgi \
	$(B)/hookctl:bin/hookctl \
	$(B)/hookline-relay:bin/hookline-relay \
	cgi/hookctl/completion.bash:share/bash-completion/completions/hookctl \
	cgi/man/hookctl.1:share/man/man1/hookctl.1 \
	cgi/man/hookline.8:share/man/man8/hookline.8 \
	cgi/man/hookline-inbox.8:share/man/man8/hookline-inbox.8 \
	cgi/man/hookline-relay.8:share/man/man8/hookline-relay.8 \
	cgi/man/hookline.conf.5:share/man/man5/hookline.conf.5 \
	cgi/man/hookline-journal.5:share/man/man5/hookline-journal.5 \
	cgi/man/shipping.md:$(DOC)/shipping.md cgi/man/NEWS.md:$(DOC)/NEWS.md \
	cgi/hookline.conf.example:$(DOC)/hookline.conf.example \
	$(foreach file,$(wildcard apache-conf/* lighttpd-conf/*),\
	$(file):$(DOC)/$(file)) \
	$(foreach file,$(wildcard cgi/nginx/*),\
	$(file):$(DOC)/nginx-conf/$(notdir $(file))) \
	cgi/caddy/Caddyfile:$(DOC)/caddy-conf/Caddyfile \
	$(foreach file,$(wildcard cgi/systemd/*),\
	$(file):lib/systemd/system/$(notdir $(file)))

.PHONY: install uninstall

# A running program is replaced, not overwritten.
install: all
	@set -e; for pair in $(INSTALLS); do \
		from=$${pair%%:*} to="$(DESTDIR)$(PREFIX)/$${pair#*:}"; \
		echo " install $$to"; \
		case $$from in \
		$(B)/*) install -D -m 0755 "$$from" "$$to.new" ;; \
		*) install -D -m 0644 "$$from" "$$to.new"; \
		    sed 's,/usr/local/\(lib/hookline\|bin\),$(PREFIX)/\1,g' \
		    "$$from" >"$$to.new" ;; \
		esac; \
		mv -f "$$to.new" "$$to"; \
	done

# The configuration and the journal stay.
uninstall:
	@set -e; for pair in $(INSTALLS); do \
		rm -fv "$(DESTDIR)$(PREFIX)/$${pair#*:}"; \
	done
	@cd "$(DESTDIR)$(PREFIX)" && rmdir --ignore-fail-on-non-empty \
	    $(DOC)/* $(DOC) lib/hookline 2>/dev/null || :

# The archive for people who have a control panel but no shell: see
# cgi/dist/INSTALL.txt. The same sources and compiler give the same bytes. There is
# one for each of ARCHES, in Debian's names; `make dist ARCHES=amd64` builds only
# that one.
ARCHES ?= amd64 arm64
CPU.amd64 := x86_64
CPU.arm64 := aarch64
CC_FOR = $(if $(filter $(CPU),$(CPU.$*)),$(CC),$(CPU.$*)-linux-gnu-gcc)
DIST_SRC := cgi/dist/INSTALL.txt:0644:INSTALL.txt \
	cgi/dist/hookline.conf:0600:hookline.conf \
	cgi/dist/hookline.cgi:0755:cgi-bin/hookline.cgi \
	apache-conf/hookline.htaccess:0644:web/.htaccess \
	$(O)/hookline.fcgi:0755:web/hookline.fcgi \
	apache-conf/hookline-inbox.htaccess:0644:inbox/.htaccess \
	$(O)/hookline-inbox.fcgi:0755:inbox/hookline-inbox.fcgi \
	$(O)/hookctl:0755:bin/hookctl

.PHONY: dist archive

dist: $(ARCHES:%=dist-%)

dist-%:
	@CC=$(CC_FOR) tests/lib/need archive $*
	@$(MAKE) --no-print-directory -j2 VARIANT=static CC=$(CC_FOR) ARCH=$* \
	    archive

archive: $(O)/hookline.fcgi $(O)/hookline-inbox.fcgi $(O)/hookctl
	@set -e; new=$(B)/dist-$(ARCH) top=$(B)/dist-$(ARCH)/hookline; \
	tar=$(B)/hookline-$(VERSION)-$(ARCH).tar.gz; \
	rm -rf $$new; \
	install -d -m 0755 $$new; install -d -m 0700 $$top; \
	install -d -m 0755 $$top/bin $$top/cgi-bin $$top/web \
	    $$top/inbox; \
	for file in $(DIST_SRC); do \
		to=$${file#*:}; \
		install -m $${to%%:*} $${file%%:*} $$top/$${to#*:}; \
	done; \
	epoch=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || \
	    stat -c %Y README.md)}; \
	tar --sort=name --format=ustar --mtime=@$$epoch --owner=0 --group=0 \
	    --numeric-owner -C $$new -cf $$new/tar hookline; \
	gzip -9n <$$new/tar >$$tar.new; \
	mv $$tar.new $$tar; rm -rf $$new; echo " dist $$tar"

# A Debian package of what `make install` installs; see cgi/debian/build.
DEB_VERSION ?= $(VERSION)

.PHONY: deb

deb: all deps-deb
	@CC='$(CC)' MAKE='$(MAKE)' cgi/debian/build '$(DEB_VERSION)' $(B)

deps-build deps-test deps-bench deps-deb deps-dist deps-fresh deps-html deps-lint:
	@tests/lib/need $(@:deps-%=%)

clean:
	rm -rf $(B)

-include $(wildcard $(O)/*.d $(O)/*/*.d $(O)/*/*/*.d $(O)/*/*/*/*.d)
