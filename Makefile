# hookline: see README.md. The two commands that matter are
#
#   make run     install what is missing, build, and show it working
#   make test    install what is missing, build, and run every test
#
# Both need nothing but make, as `make fresh` proves. `make` alone only builds, into
# build/.

VERSION := 0.2.0
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

# What the compiler makes programs for. Those for another kind of processor than this
# machine's have a folder of their own, and an archiver that knows them.
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
DEFS := -D_GNU_SOURCE -DHOOKLINE_VERSION='"$(VERSION)"' -Ilib -Icgi

# plain: what is shipped. asan: what the tests run. faults: with the fault seam of
# tests/faults/ compiled in.
OPT.plain := -O2 -D_FORTIFY_SOURCE=3
OPT.asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
OPT.faults := -O1 -D_FORTIFY_SOURCE=2 -DHOOKLINE_FAULTS
LD.asan := -fsanitize=address,undefined
# static: for hosts of any age; see dist. libfcgi calls gethostbyname(), which would
# need the libraries of this very system, but hookline never uses it.
OPT.static := -O2 -D_FORTIFY_SOURCE=3
LD.static := -static-pie -s -Wl,--build-id=none -Wl,--defsym=gethostbyname=abort
# fuzz: needs libFuzzer, and so clang, which does not define what gcc defines with
# -fsanitize=address. --wrap lets fuzz.c catch what the library logs.
OPT.fuzz := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined -D__SANITIZE_ADDRESS__
LD.fuzz := -fsanitize=fuzzer,address,undefined -Wl,--wrap=log_to

CFLAGS ?= -g
override CFLAGS += -std=c17 $(WARN) $(HARD) $(OPT.$(VARIANT))
CPPFLAGS += $(DEFS)
LDFLAGS += $(LDHARD) $(LD.$(VARIANT))
LDLIBS := -lcrypto -lz

LIB_SRC := $(wildcard lib/*/*.c)
FAULT_SRC := $(if $(filter faults,$(VARIANT)),$(wildcard tests/faults/seam.c))
ADAPTER_SRC := cgi/adapter.c cgi/adapter_cgi.c cgi/adapter_fastcgi.c \
	cgi/fastcgi_input.c cgi/fastcgi_peek.c cgi/patience.c
FCGI_SRC := cgi/hookline.c $(ADAPTER_SRC) cgi/check_config.c cgi/check_user.c \
	cgi/listen_main.c cgi/listen.c cgi/workers.c
UNIT_SRC := $(wildcard tests/unit/test_*.c)

LIB_OBJ := $(patsubst %.c,$(O)/%.o,$(LIB_SRC) $(FAULT_SRC))
FCGI_OBJ := $(patsubst %.c,$(O)/%.o,$(FCGI_SRC))
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/unit/%,$(UNIT_SRC))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_HELP := $(filter-out $(FUZZ_SRC),$(wildcard tests/fuzz/*.c))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(O)/%,$(FUZZ_SRC))
FUZZ_SECONDS ?= 60

.PHONY: all build run test unit fuzz fuzz-programs torture mutants \
	faults-programs bench bench-full bench-built \
	bench-programs fresh clean deps-build deps-test deps-bench deps-deb \
	deps-dist deps-fresh variants FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/hookline.fcgi

# The plain program is copied to build/; the others are in their variant's folder.
$(B)/hookline.fcgi: FORCE tests/lib/need
	@tests/lib/need headers
	@$(MAKE) --no-print-directory -j2 VARIANT=plain \
	    $(B)/plain$(CROSS)/hookline.fcgi
	@cmp -s $(B)/plain$(CROSS)/hookline.fcgi $@ || \
	    { cp $(B)/plain$(CROSS)/hookline.fcgi $@.new && mv $@.new $@; }

FORCE:

$(O)/hookline.fcgi: $(FCGI_OBJ) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lfcgi $(LDLIBS)

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

# These test files of cgi/.
$(O)/unit/test_adapter: $(ADAPTER_SRC:%.c=$(O)/%.o)
$(O)/unit/test_fastcgi_peek $(O)/fuzz_fastcgi: $(O)/cgi/fastcgi_peek.o
$(O)/unit/test_patience: $(O)/cgi/patience.o
$(O)/unit/test_adapter $(O)/fuzz_fastcgi: private LDLIBS += -lfcgi

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call SAY,compile $@)
	$(QUIET)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# These two print the version.
$(O)/cgi/check_config.o $(O)/tests/unit/test_config_check.o: Makefile

unit: $(UNIT_BIN) $(O)/unit/lines

$(O)/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/libfuzz.a $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c $(LDLIBS)

$(O)/libfuzz.a: $(patsubst %.c,$(O)/%.o,$(FUZZ_HELP))
	@rm -f $@
	$(call SAY,archive $@)
	$(QUIET)$(AR) rcs $@ $^

fuzz-programs: $(FUZZ_BIN)

# Links all that reads a journal and nothing that writes one; see tests/house.
$(O)/house/reader: $(O)/tests/house/reader.o $(O)/libhookline.a
	@mkdir -p $(@D)
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LDLIBS)

# Runs each target for FUZZ_SECONDS; see tests/fuzz/run.
fuzz: deps-test
	@$(MAKE) --no-print-directory -j2 VARIANT=fuzz CC=clang fuzz-programs
	@tests/fuzz/run $(FUZZ_SECONDS)

# The library with the fault seam in it. The calls that change the disk go to
# tests/faults/watch.c.
FAULTS_SRC := $(filter-out %/seam.c %/commitrate.c,$(wildcard tests/faults/*.c))
WATCHED := write ftruncate fsync fdatasync linkat renameat renameat2 unlinkat

$(O)/torture: $(patsubst %.c,$(O)/%.o,$(FAULTS_SRC)) $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) $(WATCHED:%=-Wl,--wrap=%) -o $@ \
	    $^ $(LDLIBS)

$(O)/commitrate: $(O)/tests/faults/commitrate.o $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

faults-programs: $(O)/torture $(O)/commitrate

# Makes every fault that can be made here; SEED=N repeats one run.
torture: deps-test all
	@$(MAKE) --no-print-directory -j2 VARIANT=faults faults-programs
	@$(B)/faults/torture $(if $(SEED),--seed $(SEED))
	@$(B)/faults/commitrate
	@SWAP_SECONDS=60 bats --tap tests/servers/moved.bats

# Removes one guard of the journal at a time: the tests must notice each.
mutants: deps-test
	@tests/faults/mutants

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

# Measures how fast it is, compared with others and with what the machine can do; see
# tests/bench/run. ROWS="photos single" measures only these, ROWS=help lists them,
# AGAINST=PROGRAM compares with another hookline.fcgi. bench-full takes longer, and
# uses ten million records.
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
	@$(MAKE) --no-print-directory -j2 VARIANT=asan $(B)/asan/hookline.fcgi unit
	@$(MAKE) --no-print-directory -j2 VARIANT=plain $(B)/plain/unit/test_sandbox \
	    $(B)/plain/unit/test_secret $(B)/plain/house/reader
	@$(MAKE) --no-print-directory -j2 VARIANT=faults $(B)/faults/hookline.fcgi \
	    $(B)/faults/unit/test_clock $(B)/faults/unit/test_repeats \
	    faults-programs
	@$(MAKE) --no-print-directory -j2 VARIANT=static $(B)/static/hookline.fcgi
	@$(MAKE) --no-print-directory -j2 VARIANT=fuzz CC=clang fuzz-programs
	@tests/lib/run

# Tries run and test on machines that have nothing yet, and the package's life on one;
# for use before each release.
fresh: deps-fresh deps-test
	@tests/lib/fresh
	@FRESH=1 bats --tap tests/servers/package.bats

# The manuals for a browser; the first page is build/html/index.html.
.PHONY: html deps-html

html: deps-html
	@VERSION='$(VERSION)' cgi/man/html $(B)/html
	@echo " html $(B)/html/index.html"

deps-html:
	@tests/lib/need html

# make install PREFIX=/usr/local DESTDIR=: copies from the tree to PREFIX. Texts that
# name the program's default place, /usr/local/lib/hookline, get the place where it
# is put.
PREFIX ?= /usr/local
DESTDIR ?=
DOC := share/doc/hookline
INSTALLS := $(B)/hookline.fcgi:lib/hookline/hookline.fcgi \
	cgi/man/hookline.8:share/man/man8/hookline.8 \
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
		    sed 's|/usr/local/lib/hookline|$(PREFIX)/lib/hookline|g' \
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

# What people with a panel but no shell upload: see cgi/dist/INSTALL.txt. The same
# sources and compiler make the same bytes. One for each of ARCHES, as Debian calls
# them; make dist ARCHES=amd64 makes that one alone.
ARCHES ?= amd64 arm64
CPU.amd64 := x86_64
CPU.arm64 := aarch64
CC_FOR = $(if $(filter $(CPU),$(CPU.$*)),$(CC),$(CPU.$*)-linux-gnu-gcc)
DIST_SRC := cgi/dist/INSTALL.txt:0644:INSTALL.txt \
	cgi/dist/hookline.conf:0600:hookline.conf \
	cgi/dist/hookline.cgi:0755:cgi-bin/hookline.cgi \
	apache-conf/hookline.htaccess:0644:web/.htaccess \
	$(O)/hookline.fcgi:0755:web/hookline.fcgi

.PHONY: dist archive

dist: $(ARCHES:%=dist-%)

dist-%:
	@CC=$(CC_FOR) tests/lib/need archive $*
	@$(MAKE) --no-print-directory -j2 VARIANT=static CC=$(CC_FOR) ARCH=$* \
	    archive

archive: $(O)/hookline.fcgi
	@set -e; new=$(B)/dist-$(ARCH) top=$(B)/dist-$(ARCH)/hookline; \
	tar=$(B)/hookline-$(VERSION)-$(ARCH).tar.gz; \
	rm -rf $$new; \
	install -d -m 0755 $$new; install -d -m 0700 $$top; \
	install -d -m 0755 $$top/cgi-bin $$top/web; \
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

deps-build deps-test deps-bench deps-deb deps-dist deps-fresh:
	@tests/lib/need $(@:deps-%=%)

clean:
	rm -rf $(B)

-include $(wildcard $(O)/*.d $(O)/*/*.d $(O)/*/*/*.d $(O)/*/*/*/*.d)
