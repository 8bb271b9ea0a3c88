/*
 * client_result: what libcurl says about a request that has ended. For
 * client.c.
 */
#ifndef HOOKLINE_CLIENT_RESULT_H
#define HOOKLINE_CLIENT_RESULT_H

#include "client.h"

#include <curl/curl.h>

/* When the peer's own certificate expires, in seconds since 1970; 0 if that is
 * not known. */
int64_t client_certificate_end(CURL *curl);

/* What kind of fault a result is, other than CURLE_OK. */
enum client_fault client_fault_of(CURL *curl, CURLcode result);

#endif
