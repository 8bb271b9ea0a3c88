/*
 * json_run: how far a run of unremarkable bytes goes. The scanner spends most
 * of its time here, so there is a version for SSE2, which every x86-64 has, and
 * one for all other machines (and for tests: JSON_PORTABLE).
 *
 * Neither reads at `end` or beyond.
 */
#ifndef HOOKLINE_PAYLOAD_JSON_RUN_H
#define HOOKLINE_PAYLOAD_JSON_RUN_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SSE2__) && !defined(JSON_PORTABLE)
#define JSON_RUN_SSE2 1
#include <emmintrin.h>
#else
#define JSON_RUN_SSE2 0
#endif

#define JSON_RUN_BLOCK 16

/* What a string may hold unescaped: ASCII except controls, '"' and '\'. */
static inline bool
json_is_plain(char byte)
{
	return (signed char)byte >= ' ' && byte != '"' && byte != '\\';
}

static inline bool
json_is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

#if JSON_RUN_SSE2

static inline __m128i
json_run_load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* A bit for each byte of the block that is not plain. */
static inline unsigned
json_run_special(__m128i block)
{
	__m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
	__m128i escape = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
	/* Signed, so bytes of 0x80 and above count as below ' ', too. */
	__m128i other = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));

	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(_mm_or_si128(quote, escape), other));
}

/* A bit for each byte that is not white space, and one for each CR and LF. */
static inline unsigned
json_run_dark(__m128i block, unsigned *breaks)
{
	__m128i line = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('\n')),
	    _mm_cmpeq_epi8(block, _mm_set1_epi8('\r')));
	__m128i blank = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(' ')),
	    _mm_cmpeq_epi8(block, _mm_set1_epi8('\t')));

	*breaks = (unsigned)_mm_movemask_epi8(line);
	return 0xffffu &
	    ~(unsigned)_mm_movemask_epi8(_mm_or_si128(line, blank));
}

#endif

/* The first byte at or after `p` that is not plain, or `end`. */
static inline const char *
json_plain_end(const char *p, const char *end)
{
#if JSON_RUN_SSE2
	unsigned special;

	for (; end - p >= JSON_RUN_BLOCK; p += JSON_RUN_BLOCK) {
		special = json_run_special(json_run_load(p));
		if (special != 0)
			return p + __builtin_ctz(special);
	}
#endif
	while (p < end && json_is_plain(*p))
		p++;
	return p;
}

/*
 * The first byte at or after `p` that is not white space, or `end`. Sets
 * `*newline` if it passes a CR or LF, or sees one in the same block: in a valid
 * text that one is white space, too.
 */
static inline const char *
json_space_end(const char *p, const char *end, bool *newline)
{
#if JSON_RUN_SSE2
	unsigned dark, breaks;
#endif

	if (p < end && (unsigned char)*p > ' ')
		return p;
#if JSON_RUN_SSE2
	for (; end - p >= JSON_RUN_BLOCK; p += JSON_RUN_BLOCK) {
		dark = json_run_dark(json_run_load(p), &breaks);
		*newline |= breaks != 0;
		if (dark != 0)
			return p + __builtin_ctz(dark);
	}
#endif
	for (; p < end && json_is_space(*p); p++)
		*newline |= *p == '\n' || *p == '\r';
	return p;
}

#endif
