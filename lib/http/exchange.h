/*
 * exchange: what a handler of requests needs of whoever carries them, be it
 * CGI, FastCGI or a test.
 */
#ifndef HOOKLINE_HTTP_EXCHANGE_H
#define HOOKLINE_HTTP_EXCHANGE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/* One request, as its handler sees it. Valid until the handler returns. */
struct exchange {
	char *const *env;	/* the request's variables, NULL at the end */
	bool endless;		/* the body may go on behind CONTENT_LENGTH,
				 * and must not be read there */
	/* Reads 1 to `length` bytes of the body; 0 at its end, -1 when it
	 * breaks off. */
	ssize_t (*read)(void *context, void *bytes, size_t length);
	/* From here to the answer, no signal ends the process. */
	void (*hold)(void *context);
	/* Sends the whole answer, headers and body. */
	void (*answer)(void *context, const char *bytes, size_t length);
	void *context;
};

#endif
