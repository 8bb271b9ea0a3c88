/*
 * listen: a program's own socket, for web servers that start no programs, and
 * for containers.
 *
 * Problems are reported on standard error, in one line.
 */
#ifndef HOOKLINE_LISTEN_H
#define HOOKLINE_LISTEN_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <stdbool.h>

enum listen_kind { LISTEN_UNIX, LISTEN_TCP, LISTEN_SYSTEMD };

struct listen_address {
	enum listen_kind kind;
	const char *text;	/* as it was given */
	union {			/* not with LISTEN_SYSTEMD */
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} at;
	socklen_t length;	/* of `at` */
};

struct listen_options {
	const char *program;	/* its name, for messages */
	struct listen_address address;
	mode_t mode;		/* of a Unix socket */
	const char *group;	/* its group, by name or number; NULL: the
				 * default */
	bool public;		/* TCP need not be loopback */
};

struct listener {
	int fd;			/* listening, close-on-exec */
	bool tcp;
	const char *path;	/* of the Unix socket that was made, or NULL */
	struct stat made;	/* with `path` */
};

/*
 * Reads "unix:PATH", "HOST:PORT" or "systemd". HOST is a numeric address, in
 * brackets if it is IPv6, or localhost; PORT is 1 to 65535. False if `text`,
 * which must outlive the address, is none of these.
 */
bool listen_parse(const char *text, struct listen_address *address);

/*
 * Makes the socket, or takes the one that systemd has passed; the variables
 * that say so are removed from the environment. A Unix socket that nobody
 * listens on is removed first, but never one that answers, or a file that is
 * not a socket. Returns false on failure. `options` must outlive `listener`.
 */
bool listen_open(const struct listen_options *options,
    struct listener *listener);

/* Closes it, and removes what listen_open() made, if that is still there. */
void listen_close(struct listener *listener);

#endif
