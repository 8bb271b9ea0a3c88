#include "payload/search.h"

#include "base/digits.h"
#include "base/utf8.h"
#include "payload/json_run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_LENGTH 6		/* of \u00fc */
#define CODE_NONE UINT32_MAX

/* One character of the text, and how it may be spelled. */
struct spelling {
	uint32_t code;		/* a letter's is that of the small one */
	bool letter;		/* of ASCII */
	char raw[4];		/* as UTF-8 */
	unsigned char length;	/* of that; 0: JSON must escape it */
	char escape;		/* as in \n; '\0': there is no such */
};

struct either {			/* a byte, or a letter in both cases */
	char one, other;
};

struct search {
	size_t count;
	struct either first;	/* the text begins with it, or with '\' */
	struct either next;	/* what comes then, if it is not '\'... */
	bool any_next;		/* or anything may come */
	struct either digit;	/* or it begins with \u, and this is the last
				 * digit; NUL: no \u spells it */
	bool numeric;		/* it may be a part of a number */
	bool outside;		/* it may be between strings, too */
	struct spelling spellings[];
};

/* ---- the text ---- */

/* Reads one character; a byte that is no UTF-8 counts as one by itself, which
 * no escape spells. */
static size_t
read_character(const char *text, size_t length, uint32_t *code)
{
	size_t size = utf8_read(text, length, code);

	*code = size > 0 ? *code : CODE_NONE;
	return size > 0 ? size : 1;
}

static bool
is_letter(uint32_t code)
{
	return (code | 0x20) >= 'a' && (code | 0x20) <= 'z' && code < 0x80;
}

static void
set_spelling(struct spelling *it, const char *text, size_t length,
    uint32_t code)
{
	static const char escaped[] = "\"\\/\b\f\n\r\t";
	static const char escapes[] = "\"\\/bfnrt";
	const char *place = code > 0 && code < 0x80 ?
	    strchr(escaped, (int)code) : NULL;

	memset(it, 0, sizeof *it);
	it->letter = is_letter(code);
	it->code = it->letter ? code | 0x20 : code;
	if (place != NULL)
		it->escape = escapes[place - escaped];
	if (code >= 0x20 && code != '"' && code != '\\' && code != CODE_NONE) {
		memcpy(it->raw, text, length);
		it->length = (unsigned char)length;
	}
	if (it->letter)
		it->raw[0] = (char)it->code;
}

static struct either
either_of(const struct spelling *it)
{
	char one = it->length > 0 ? it->raw[0] : '\\';

	return (struct either){ one, it->letter ? (char)(one & ~0x20) : one };
}

/* Sets what the text may begin with. */
static void
set_beginning(struct search *search)
{
	static const char small[] = "0123456789abcdef";
	static const char large[] = "0123456789ABCDEF";
	const struct spelling *first = &search->spellings[0];
	uint32_t unit = first->code < 0x10000 ? first->code :
	    first->code >> 10;

	/* The small and the large letter have the same last digit; 0x10000 and
	 * 0xd800 change nothing in that of a surrogate. */
	if (first->code != CODE_NONE)
		search->digit = (struct either){ small[unit & 15],
		    large[unit & 15] };
	search->first = either_of(first);
	search->any_next = search->count == 1 && first->length < 2;
	if (first->length > 1)
		search->next = (struct either){ first->raw[1],
		    first->raw[1] };
	else if (search->count > 1)
		search->next = either_of(first + 1);
}

static bool
all_of(const char *text, size_t length, const char *set)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (text[i] == '\0' || strchr(set, text[i]) == NULL)
			return false;
	return true;
}

struct search *
search_new(const char *text, size_t length)
{
	struct search *search = malloc(sizeof *search +
	    length * sizeof search->spellings[0]);
	size_t at = 0, size;
	uint32_t code;

	if (search == NULL)
		return NULL;
	search->count = 0;
	search->numeric = all_of(text, length, "0123456789+-.eE") &&
	    !all_of(text, length, "+-.eE");
	search->outside = all_of(text, length,
	    "0123456789+-.eE{}[]:, \t\r\nTRUEtrueFALSEfalseNULnul");
	for (; at < length; at += size) {
		size = read_character(text + at, length - at, &code);
		set_spelling(&search->spellings[search->count++], text + at,
		    size, code);
	}
	set_beginning(search);
	return search;
}

void
search_free(struct search *search)
{
	free(search);
}

/* ---- one place ---- */

/* The code unit of \uXXXX; false if there is none. */
static bool
read_unit(const char *p, const char *end, uint32_t *unit)
{
	uint8_t bytes[2];

	if (end - p < ESCAPE_LENGTH || p[0] != '\\' || p[1] != 'u' ||
	    !hex_read(p + 2, 2, bytes))
		return false;
	*unit = (uint32_t)bytes[0] << 8 | bytes[1];
	return true;
}

/* The length of an escape that spells a character, or 0. */
static size_t
match_escape(const struct spelling *it, const char *p, const char *end)
{
	uint32_t unit, low;

	if (end - p < 2)
		return 0;
	if (p[1] != 'u')
		return it->escape != '\0' && p[1] == it->escape ? 2 : 0;
	if (!read_unit(p, end, &unit))
		return 0;
	if (it->code < 0x10000)
		return (it->letter && is_letter(unit) ? unit | 0x20 : unit) ==
		    it->code ? ESCAPE_LENGTH : 0;
	if (unit != 0xd800 + ((it->code - 0x10000) >> 10) ||
	    !read_unit(p + ESCAPE_LENGTH, end, &low) ||
	    low != 0xdc00 + (it->code & 0x3ff))
		return 0;
	return 2 * ESCAPE_LENGTH;
}

/* The length of what spells a character at `p`, or 0. */
static inline size_t
match_character(const struct spelling *it, const char *p, const char *end)
{
	if (p == end)
		return 0;
	if (*p == '\\')
		return match_escape(it, p, end);
	if (it->letter)
		return (*p | 0x20) == it->raw[0];
	if (it->length == 0 || (size_t)(end - p) < it->length ||
	    memcmp(p, it->raw, it->length) != 0)
		return 0;
	return it->length;
}

/* Whether there is an odd number of backslashes before `p`. */
static bool
is_escaped(const char *begin, const char *p)
{
	const char *first = p;

	while (first > begin && first[-1] == '\\')
		first--;
	return (p - first) % 2 != 0;
}

/* Whether `p` is not in the middle of an escape. */
static bool
is_whole(const char *begin, const char *p)
{
	ptrdiff_t i;

	if (is_escaped(begin, p))
		return false;
	for (i = 1; i < ESCAPE_LENGTH - 1 && p - begin > i; i++)
		if (p[-i] == 'u' && is_escaped(begin, p - i))
			return false;
	return true;
}

/* Where strings begin and end: read as far as was necessary so far. */
struct reading {
	const char *begin, *at;
	bool inside;		/* `at` is in a string */
	bool careless;		/* any place will do */
};

static bool
is_inside(struct reading *reading, const char *p)
{
	while (reading->at < p) {
		if (reading->inside) {
			reading->at = json_plain_end(reading->at, p);
			if (reading->at == p)
				break;
			if (*reading->at == '\\')
				reading->at++;
			else if (*reading->at == '"')
				reading->inside = false;
		} else if (*reading->at == '"') {
			reading->inside = true;
		}
		reading->at++;
	}
	return reading->inside;
}

static bool
match(const struct search *search, struct reading *reading, const char *p,
    const char *end)
{
	const char *start = p;
	size_t i, length;

	for (i = 0; i < search->count; i++) {
		length = match_character(&search->spellings[i], p, end);
		if (length == 0)
			return false;
		p += length;
	}
	return reading->careless || (is_whole(reading->begin, start) &&
	    (!search->outside || search->numeric ||
	    is_inside(reading, start)));
}

/* ---- all places ---- */

/* Whether the text may begin with these two bytes. */
static inline bool
may_begin(const struct search *search, char byte, char next)
{
	if (byte == '\\')
		return true;
	return (byte == search->first.one || byte == search->first.other) &&
	    (search->any_next || next == '\\' || next == search->next.one ||
	    next == search->next.other);
}

static bool
find_in_tail(const struct search *search, struct reading *reading,
    const char *p, const char *end)
{
	for (; p < end; p++)
		if (may_begin(search, *p, end - p > 1 ? p[1] : '\\') &&
		    match(search, reading, p, end))
			return true;
	return false;
}

#if JSON_RUN_SSE2

/* How far beyond a block an escape's last digit may be. */
#define BEYOND (ESCAPE_LENGTH - 1)

/* What the bytes of a block are compared with. */
struct pattern {
	__m128i first, other_first, next, other_next, any_next;
	__m128i backslash, unicode, digit, other_digit, escape;
};

static struct pattern
pattern_of(const struct search *search)
{
	return (struct pattern){
		.first = _mm_set1_epi8(search->first.one),
		.other_first = _mm_set1_epi8(search->first.other),
		.next = _mm_set1_epi8(search->next.one),
		.other_next = _mm_set1_epi8(search->next.other),
		.any_next = _mm_set1_epi8(search->any_next ? -1 : 0),
		.backslash = _mm_set1_epi8('\\'),
		.unicode = _mm_set1_epi8('u'),
		.digit = _mm_set1_epi8(search->digit.one),
		.other_digit = _mm_set1_epi8(search->digit.other),
		.escape = _mm_set1_epi8(search->spellings[0].escape) };
}

static inline __m128i
is_either(__m128i block, __m128i one, __m128i other)
{
	return _mm_or_si128(_mm_cmpeq_epi8(block, one),
	    _mm_cmpeq_epi8(block, other));
}

/* A bit for each byte where the text may begin. */
static inline unsigned
candidates(const struct pattern *pattern, const char *p)
{
	__m128i block = json_run_load(p), next = json_run_load(p + 1);
	__m128i slash = _mm_cmpeq_epi8(block, pattern->backslash);
	__m128i goes_on = _mm_or_si128(pattern->any_next, _mm_or_si128(
	    is_either(next, pattern->next, pattern->other_next),
	    _mm_cmpeq_epi8(next, pattern->backslash)));
	__m128i found = _mm_and_si128(is_either(block, pattern->first,
	    pattern->other_first), goes_on), digit, spelled;

	if (_mm_movemask_epi8(slash) != 0) {
		digit = is_either(json_run_load(p + BEYOND), pattern->digit,
		    pattern->other_digit);
		spelled = _mm_or_si128(_mm_cmpeq_epi8(next, pattern->escape),
		    _mm_and_si128(_mm_cmpeq_epi8(next, pattern->unicode),
		    digit));
		found = _mm_or_si128(found, _mm_and_si128(slash, spelled));
	}
	return (unsigned)_mm_movemask_epi8(found);
}

/* Looks at all whole blocks; `*p` is then in front of the rest. */
static bool
find_in_blocks(const struct search *search, struct reading *reading,
    const char **p, const char *end)
{
	struct pattern pattern = pattern_of(search);
	unsigned bits;

	for (; end - *p >= JSON_RUN_BLOCK + BEYOND; *p += JSON_RUN_BLOCK)
		for (bits = candidates(&pattern, *p); bits; bits &= bits - 1)
			if (match(search, reading, *p + __builtin_ctz(bits),
			    end))
				return true;
	return false;
}

#endif

static bool
look(const struct search *search, struct span bytes, bool careless)
{
	const char *p = bytes.bytes, *end = p + bytes.length;
	struct reading reading = { p, p, .careless = careless };

#if JSON_RUN_SSE2
	if (find_in_blocks(search, &reading, &p, end))
		return true;
#endif
	return find_in_tail(search, &reading, p, end);
}

bool
search_finds(const struct search *search, struct span bytes)
{
	return bytes.bytes != NULL && look(search, bytes, false);
}

bool
search_may_find(const struct search *search, struct span bytes)
{
	return bytes.bytes != NULL && look(search, bytes, true);
}
