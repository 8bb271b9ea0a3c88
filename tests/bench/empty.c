/*
 * empty: the minimum that a CGI program can do, statically linked. It does not
 * even read the request.
 */
#include <unistd.h>

static const char answer[] =
    "Status: 200 OK\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Cache-Control: no-store\r\n"
    "\r\nok\n";

int
main(void)
{
	ssize_t length = sizeof answer - 1;

	return write(1, answer, (size_t)length) == length ? 0 : 1;
}
