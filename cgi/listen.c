#include "listen.h"

#include "base/digits.h"
#include "base/path.h"

#include <sys/file.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEMD_FIRST 3		/* sd_listen_fds(3) */

static const char unix_prefix[] = "unix:";

/* Prints why there is no socket; always false. */
static bool
refuse(const struct listen_options *options, const char *why)
{
	fprintf(stderr, "%s: --listen %s: %s\n", options->program,
	    options->address.text, why);
	return false;
}

/* The same, with the reason that errno gives. */
static bool
cannot(const struct listen_options *options, const char *what)
{
	fprintf(stderr, "%s: --listen %s: cannot %s: %s\n",
	    options->program, options->address.text, what, strerror(errno));
	return false;
}

/*
 * The address
 */

static bool
parse_unix(const char *path, struct listen_address *address)
{
	struct sockaddr_un *local = &address->at.local;

	if (*path == '\0' || strlen(path) >= sizeof local->sun_path)
		return false;
	address->kind = LISTEN_UNIX;
	local->sun_family = AF_UNIX;
	strcpy(local->sun_path, path);
	address->length = sizeof *local;
	return true;
}

static bool
parse_six(const char *host, in_port_t port, struct listen_address *address)
{
	struct sockaddr_in6 *six = &address->at.six;

	six->sin6_family = AF_INET6;
	six->sin6_port = port;
	address->length = sizeof *six;
	return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
}

/* Looking up a name would take libraries that the static program does not
 * have. */
static bool
parse_four(const char *host, in_port_t port, struct listen_address *address)
{
	struct sockaddr_in *four = &address->at.four;

	four->sin_family = AF_INET;
	four->sin_port = port;
	address->length = sizeof *four;
	return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ?
	    "127.0.0.1" : host, &four->sin_addr) == 1;
}

static bool
parse_tcp(const char *text, struct listen_address *address)
{
	const char *colon = strrchr(text, ':');
	size_t length = colon != NULL ? (size_t)(colon - text) : 0;
	char host[INET6_ADDRSTRLEN + 2];
	uint64_t number;
	in_port_t port;

	if (length == 0 || length >= sizeof host || !decimal_read(colon + 1,
	    strlen(colon + 1), UINT16_MAX, &number) || number == 0)
		return false;
	port = htons((uint16_t)number);
	memcpy(host, text, length);
	host[length] = '\0';
	address->kind = LISTEN_TCP;
	if (host[0] != '[' || host[length - 1] != ']')
		return parse_four(host, port, address);
	host[length - 1] = '\0';
	return parse_six(host + 1, port, address);
}

bool
listen_parse(const char *text, struct listen_address *address)
{
	const size_t length = sizeof unix_prefix - 1;

	*address = (struct listen_address){ .kind = LISTEN_SYSTEMD,
	    .text = text };
	if (strcmp(text, "systemd") == 0)
		return true;
	if (strncmp(text, unix_prefix, length) == 0)
		return parse_unix(text + length, address);
	return parse_tcp(text, address);
}

/* Whether only this machine can connect. */
static bool
is_loopback(const struct listen_address *address)
{
	const struct in6_addr *six = &address->at.six.sin6_addr;

	if (address->at.any.sa_family == AF_INET)
		return ntohl(address->at.four.sin_addr.s_addr) >> 24 ==
		    IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) &&
	    six->s6_addr[12] == IN_LOOPBACKNET);
}

static bool
check_public(const struct listen_options *options,
    const struct listen_address *address)
{
	return options->public || is_loopback(address) || refuse(options,
	    "other machines could connect to this address; --public allows "
	    "that");
}

/*
 * A Unix socket
 */

/*
 * Keeps out another hookline while this one examines the path and binds it: a
 * socket that is bound but does not listen yet looks like a dead one. If the
 * folder cannot be opened, returns -1, and hookline goes on without the lock.
 */
static int
lock_folder(const char *path)
{
	char *folder = path_folder(path);
	int fd = -1;

	if (folder != NULL)
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1)
		(void)flock(fd, LOCK_EX);
	free(folder);
	return fd;
}

/* 0 if somebody listens there, else the errno: ECONNREFUSED if nobody does. */
static int
knock(const struct listen_address *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0;

	if (fd == -1 ||
	    connect(fd, &address->at.any, address->length) == -1)
		error = errno;
	if (fd != -1)
		close(fd);
	/* Its queue is full. */
	return error == EAGAIN ? 0 : error;
}

/* Removes a dead socket that is in the way. */
static bool
make_room(const struct listen_options *options)
{
	const char *path = options->address.at.local.sun_path;
	struct stat status;

	if (lstat(path, &status) == -1)
		return errno == ENOENT || cannot(options, "look at it");
	if (!S_ISSOCK(status.st_mode))
		return refuse(options, "there is a file, and it is no socket");
	errno = knock(&options->address);
	if (errno == 0)
		return refuse(options, "somebody else listens there");
	if (errno != ECONNREFUSED)
		return cannot(options, "tell whether somebody listens there");
	return unlink(path) == 0 || errno == ENOENT ||
	    cannot(options, "remove the dead socket");
}

/* By name or number. Reads the file itself, as account.h explains. */
static bool
find_group(const char *text, gid_t *gid)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *entry;
	uint64_t number;
	bool found = false;

	while (file != NULL && !found && (entry = fgetgrent(file)) != NULL) {
		found = strcmp(entry->gr_name, text) == 0;
		if (found)
			*gid = entry->gr_gid;
	}
	if (file != NULL)
		fclose(file);
	if (found || !decimal_read(text, strlen(text), INT32_MAX, &number))
		return found;
	*gid = (gid_t)number;
	return true;
}

static bool
give_to_group(const struct listen_options *options, const char *path)
{
	gid_t gid;

	if (options->group == NULL)
		return true;
	if (!find_group(options->group, &gid))
		return refuse(options, "there is no group of that name in "
		    "/etc/group");
	return lchown(path, (uid_t)-1, gid) == 0 ||
	    cannot(options, "give it to the group");
}

static bool
bind_unix(const struct listen_options *options, struct listener *listener)
{
	const struct listen_address *address = &options->address;
	const char *path = address->at.local.sun_path;
	mode_t before = umask(0777 & ~options->mode);
	bool bound = bind(listener->fd, &address->at.any, address->length) ==
	    0;

	umask(before);
	if (!bound)
		return cannot(options, "make it");
	if (lstat(path, &listener->made) == -1)
		return cannot(options, "look at it");
	listener->path = path;
	return give_to_group(options, path) &&
	    (listen(listener->fd, SOMAXCONN) == 0 ||
	    cannot(options, "listen"));
}

static bool
open_unix(const struct listen_options *options, struct listener *listener)
{
	int lock = lock_folder(options->address.at.local.sun_path);
	bool done = false;

	if (make_room(options)) {
		listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		done = listener->fd != -1 ? bind_unix(options, listener) :
		    cannot(options, "make a socket");
	}
	if (lock != -1)
		close(lock);
	return done;
}

/*
 * TCP, and systemd
 */

static bool
open_tcp(const struct listen_options *options, struct listener *listener)
{
	const struct listen_address *address = &options->address;
	const int on = 1;

	listener->tcp = true;
	if (!check_public(options, address))
		return false;
	listener->fd = socket(address->at.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener->fd == -1)
		return cannot(options, "make a socket");
	/* Connections of an earlier hookline may still be closing. */
	setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	return (bind(listener->fd, &address->at.any, address->length) == 0 &&
	    listen(listener->fd, SOMAXCONN) == 0) ||
	    cannot(options, "listen");
}

static bool
number_is(const char *name, long number)
{
	const char *text = getenv(name);
	uint64_t found;

	return text != NULL && decimal_read(text, strlen(text), INT32_MAX,
	    &found) && found == (uint64_t)number;
}

static bool
option_is(int fd, int option, int wanted)
{
	int value = -1;
	socklen_t length = sizeof value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 &&
	    value == wanted;
}

static bool
take_systemd(const struct listen_options *options, struct listener *listener)
{
	struct listen_address address = { .length = sizeof address.at };
	int fd = SYSTEMD_FIRST;

	if (!number_is("LISTEN_PID", getpid()) || !number_is("LISTEN_FDS", 1))
		return refuse(options, "systemd has not handed on one socket: "
		    "this is for a service that a socket unit starts");
	if (!option_is(fd, SO_ACCEPTCONN, 1) ||
	    !option_is(fd, SO_TYPE, SOCK_STREAM) ||
	    getsockname(fd, &address.at.any, &address.length) == -1)
		return refuse(options, "what systemd has handed on is no "
		    "stream socket that listens: the socket unit needs "
		    "ListenStream=, and no Accept=");
	listener->tcp = address.at.any.sa_family != AF_UNIX;
	if (listener->tcp && !check_public(options, &address))
		return false;
	listener->fd = fd;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ||
	    cannot(options, "keep it");
}

static bool
open_systemd(const struct listen_options *options, struct listener *listener)
{
	bool taken = take_systemd(options, listener);

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return taken;
}

bool
listen_open(const struct listen_options *options, struct listener *listener)
{
	static bool (*const open_by[])(const struct listen_options *,
	    struct listener *) = {
		[LISTEN_UNIX] = open_unix,
		[LISTEN_TCP] = open_tcp,
		[LISTEN_SYSTEMD] = open_systemd,
	};

	*listener = (struct listener){ .fd = -1 };
	if (open_by[options->address.kind](options, listener))
		return true;
	listen_close(listener);
	return false;
}

void
listen_close(struct listener *listener)
{
	struct stat now;

	if (listener->path != NULL && lstat(listener->path, &now) == 0 &&
	    now.st_dev == listener->made.st_dev &&
	    now.st_ino == listener->made.st_ino)
		unlink(listener->path);
	if (listener->fd != -1)
		close(listener->fd);
}
