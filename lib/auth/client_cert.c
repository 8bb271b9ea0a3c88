#include "auth/client_cert.h"

#include "base/digits.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/*
 * Reads names as in RFC 2253, sections 3 and 4 (RFC 4514 has replaced it):
 *   name = component *("," component), component = type "=" value *("+" ...)
 * Blanks are allowed around ",", "+" and "=". Semicolons between components,
 * which section 4 allows for older writers, are refused: ALB writes commas.
 */
#define SUBJECT_LONGEST 2048

/*
 * Each read_ function reads one part at `at` and moves past it; false means
 * that it is malformed. `text` has room for any part of a subject, since
 * removing escapes never makes it longer.
 */
struct reader {
	const char *at;
	char text[SUBJECT_LONGEST];	/* the part last read, unescaped */
	size_t length;
};

static const char *const common_name_types[] = {
	"CN", "commonName", "2.5.4.3", "OID.2.5.4.3",
};

bool
client_cert_server_ok(const char *verify, const char *subject_cn,
    const char *cn)
{
	return verify != NULL && strcmp(verify, "SUCCESS") == 0 &&
	    subject_cn != NULL && *cn != '\0' && strcmp(subject_cn, cn) == 0;
}

static void
skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, " ");
}

static void
keep(struct reader *reader, char byte)
{
	reader->text[reader->length++] = byte;
}

static bool
read_type(struct reader *reader)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789.-";
	size_t length = strspn(reader->at, allowed);

	memcpy(reader->text, reader->at, length);
	reader->text[length] = '\0';
	reader->at += length;
	return length > 0;
}

static bool
is_common_name(const struct reader *reader)
{
	const size_t count = sizeof common_name_types /
	    sizeof common_name_types[0];
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcasecmp(reader->text, common_name_types[i]) == 0)
			return true;
	}
	return false;
}

/* What follows a backslash: two hexadecimal digits or a special character. */
static bool
read_escape(struct reader *reader)
{
	uint8_t byte;

	if (hex_read(reader->at, 1, &byte)) {
		keep(reader, (char)byte);
		reader->at += 2;
		return true;
	}
	if (*reader->at == '\0' || strchr(",=+<>#;\\\" ", *reader->at) == NULL)
		return false;
	keep(reader, *reader->at++);
	return true;
}

/* Reads from after the opening quote through the closing one. */
static bool
read_quoted(struct reader *reader)
{
	while (*reader->at != '"') {
		if (*reader->at == '\0')
			return false;
		if (*reader->at != '\\')
			keep(reader, *reader->at++);
		else if (reader->at++, !read_escape(reader))
			return false;
	}
	reader->at++;
	return true;
}

/* Blanks at the end belong to the value only if they are escaped. */
static bool
read_plain(struct reader *reader)
{
	size_t end = 0;

	while (strchr(",+", *reader->at) == NULL) {	/* or the NUL */
		if (strchr("\"<>;", *reader->at) != NULL)
			return false;
		if (*reader->at == '\\') {
			reader->at++;
			if (!read_escape(reader))
				return false;
			end = reader->length;
			continue;
		}
		keep(reader, *reader->at++);
		if (reader->text[reader->length - 1] != ' ')
			end = reader->length;
	}
	reader->length = end;
	return true;
}

/* A value in the form #hex keeps its "#", so it never equals a name. */
static bool
read_value(struct reader *reader)
{
	reader->length = 0;
	if (*reader->at != '"')
		return read_plain(reader);
	reader->at++;
	return read_quoted(reader);
}

/* One type "=" value; counts common names, and those equal to `cn`. */
static bool
read_pair(struct reader *reader, const char *cn, size_t *names, size_t *equal)
{
	bool is_name;

	skip_blanks(reader);
	if (!read_type(reader))
		return false;
	is_name = is_common_name(reader);
	skip_blanks(reader);
	if (*reader->at++ != '=')
		return false;
	skip_blanks(reader);
	if (!read_value(reader))
		return false;
	skip_blanks(reader);
	if (is_name) {
		*names += 1;
		*equal += reader->length == strlen(cn) &&
		    memcmp(reader->text, cn, reader->length) == 0;
	}
	return true;
}

bool
client_cert_subject_ok(const char *subject, const char *cn)
{
	struct reader reader;
	size_t names = 0, equal = 0;

	if (subject == NULL || *cn == '\0' ||
	    strlen(subject) >= SUBJECT_LONGEST)
		return false;
	reader.at = subject;
	for (;;) {
		if (!read_pair(&reader, cn, &names, &equal))
			return false;
		if (*reader.at == '\0')
			break;
		if (*reader.at != ',' && *reader.at != '+')
			return false;
		reader.at++;
	}
	return names == 1 && equal == 1;
}
