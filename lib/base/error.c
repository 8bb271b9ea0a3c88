#include "base/error.h"

#include <errno.h>

static const char *const words[] = {
	[ERR_NONE] = "none",
	[ERR_INPUT] = "input",
	[ERR_MISSING] = "missing",
	[ERR_UNSAFE] = "unsafe",
	[ERR_BUSY] = "busy",
	[ERR_FULL] = "full",
	[ERR_IO] = "io",
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
	case EACCES:
	case EPERM:
		return ERR_UNSAFE;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case EINTR:
	case EAGAIN:
	case ENOLCK:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return ERR_BUSY;
	default:
		return ERR_IO;
	}
}
