/* The tests of test_search.c, for the search that machines without SSE2 get. */
#define JSON_PORTABLE

#include "payload/search.c"

_Static_assert(JSON_RUN_SSE2 == 0, "the portable version is under test");

#include "test_search.c"
