# hookline: see README.md. The two commands that matter are
#
#   make run     install what is missing, build, and show it working
#   make test    install what is missing, build, and run every test
#
# `make` alone only builds, into build/.

VERSION := 0.1.0
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

B := build
VARIANT ?= plain
O := $(B)/$(VARIANT)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wcast-align \
	-Wwrite-strings -Wundef -Wformat=2 -Wvla -Wnull-dereference \
	-Wimplicit-fallthrough -Wswitch-enum
HARD := -fPIE -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
DEFS := -D_GNU_SOURCE -DHOOKLINE_VERSION='"$(VERSION)"' -Ilib -Icgi

# plain: what is shipped. asan: what the tests run. faults: the same with the
# seam of tests/faults/ compiled in.
OPT.plain := -O2 -D_FORTIFY_SOURCE=3
OPT.asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
OPT.faults := -O1 -D_FORTIFY_SOURCE=2 -DHOOKLINE_FAULTS
LD.asan := -fsanitize=address,undefined
# fuzz: libFuzzer's, so clang alone; fuzz.c stands between the library and
# where it logs.
OPT.fuzz := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined
LD.fuzz := -fsanitize=fuzzer,address,undefined -Wl,--wrap=log_to

CFLAGS ?= -g
override CFLAGS += -std=c17 $(WARN) $(HARD) $(OPT.$(VARIANT))
CPPFLAGS += $(DEFS)
LDFLAGS += $(LDHARD) $(LD.$(VARIANT))
LDLIBS := -lcrypto -lconfuse -lz

LIB_SRC := $(wildcard lib/*.c lib/*/*.c)
FAULT_SRC := $(if $(filter faults,$(VARIANT)),$(wildcard tests/faults/seam.c))
FCGI_SRC := cgi/hookline.c cgi/adapter.c cgi/check_config.c
UNIT_SRC := $(wildcard tests/unit/test_*.c)

LIB_OBJ := $(patsubst %.c,$(O)/%.o,$(LIB_SRC) $(FAULT_SRC))
FCGI_OBJ := $(patsubst %.c,$(O)/%.o,$(FCGI_SRC))
UNIT_BIN := $(patsubst tests/unit/%.c,$(O)/unit/%,$(UNIT_SRC))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_HELP := $(filter-out $(FUZZ_SRC),$(wildcard tests/fuzz/*.c))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(O)/%,$(FUZZ_SRC))
FUZZ_SECONDS ?= 60

.PHONY: all build run test unit fuzz fuzz-programs clean deps-build deps-test variants
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/hookline.fcgi

# The plain programs stand directly in build/, the others in their variant's
# folder.
$(B)/hookline.fcgi: FORCE tests/lib/need
	@tests/lib/need headers
	@$(MAKE) --no-print-directory -j2 VARIANT=plain $(B)/plain/hookline.fcgi
	@cmp -s $(B)/plain/hookline.fcgi $@ || \
	    { cp $(B)/plain/hookline.fcgi $@.new && mv $@.new $@; }

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
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call SAY,compile $@)
	$(QUIET)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

unit: $(UNIT_BIN)

$(O)/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/libfuzz.a $(O)/libhookline.a
	$(call SAY,link $@)
	$(QUIET)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c $(LDLIBS)

$(O)/libfuzz.a: $(patsubst %.c,$(O)/%.o,$(FUZZ_HELP))
	@rm -f $@
	$(call SAY,archive $@)
	$(QUIET)$(AR) rcs $@ $^

fuzz-programs: $(FUZZ_BIN)

# Each target for FUZZ_SECONDS; tests/fuzz/run says what it does.
fuzz: deps-test
	@$(MAKE) --no-print-directory -j2 VARIANT=fuzz CC=clang fuzz-programs
	@tests/fuzz/run $(FUZZ_SECONDS)

run: deps-build all
	@tests/servers/demo $(if $(ONCE),--once)

test: deps-test all
	@$(MAKE) --no-print-directory -j2 VARIANT=asan $(B)/asan/hookline.fcgi unit
	@tests/lib/run

deps-build deps-test:
	@tests/lib/need $(@:deps-%=%)

clean:
	rm -rf $(B)

-include $(wildcard $(O)/*.d $(O)/*/*.d $(O)/*/*/*.d $(O)/*/*/*/*.d)
