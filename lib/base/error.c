#include "base/error.h"

#include <errno.h>

static const char *const words[] = {
	[ERR_NONE] = "none",
	[ERR_INPUT] = "input",
	[ERR_MISSING] = "missing",
	[ERR_UNSAFE] = "unsafe",
	[ERR_BUSY] = "busy",
	[ERR_MEMORY] = "memory",
	[ERR_FULL] = "full",
	[ERR_IO] = "io",
	[ERR_DAMAGED] = "damaged",
	[ERR_STALE] = "stale",
};

const char *
error_word(enum error error)
{
	return words[error];
}

enum error
error_from_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ERR_MISSING;
	case ELOOP:
	case EISDIR:
	case ENXIO:
	case EACCES:
	case EPERM:
		return ERR_UNSAFE;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case EINTR:	/* the wait for it timed out */
	case EAGAIN:
	case ENOLCK:
		return ERR_BUSY;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return ERR_MEMORY;
	default:
		return ERR_IO;
	}
}

bool
error_is_damage(int number)
{
	return number == ENOENT || error_from_errno(number) == ERR_UNSAFE;
}
