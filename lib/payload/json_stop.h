/*
 * json_stop: at which byte is a text not JSON any more?
 */
#ifndef HOOKLINE_PAYLOAD_JSON_STOP_H
#define HOOKLINE_PAYLOAD_JSON_STOP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The offset of the first byte that json_scan() cannot accept after those
 * before it; `length` if the text ends too early, or is one JSON text. `line`
 * says that the text is a record's line (json.h). Scans the text once more.
 */
size_t json_stop(const char *bytes, size_t length, bool line);

#endif
