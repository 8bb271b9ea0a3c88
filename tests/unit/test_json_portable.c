/* The tests of test_json.c, for the scanner used on machines without SSE2. */
#define JSON_PORTABLE

#include "payload/json.c"

_Static_assert(JSON_RUN_SSE2 == 0, "the portable version is under test");

#include "test_json.c"
