/*
 * fuzz_signature: the proofs of a request's origin: the two signature headers,
 * and the subject of a client certificate.
 *
 * Input: a byte of flags, a byte that says what to damage, a header up to a
 * line feed, and the body.
 *
 *  - signature_check() accepts exactly the HMAC that OpenSSL computes, in
 *    hexadecimal of either case after the prefix.
 *  - If it accepts, `matched` is that HMAC in lower case, and `place` is that
 *    of a secret that gives it; otherwise `matched` is left alone.
 *  - A SHA-1 header counts only if it is allowed and the other is absent.
 *  - A subject that is accepted contains the name. It is refused for any other
 *    name, and if there is a second CN.
 */
#include "fuzz.h"

#include "auth/client_cert.h"
#include "auth/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_OURS = 1, HEADER_SHA1 = 2, ALLOW_SHA1 = 4, SECOND_KEY = 8,
    UPPER_CASE = 16, BOTH = 32, LONGER = 64 };

#define CN "client.webhooks.fbclientcerts.com"

static char secret_one[] = "the first secret", secret_two[] = "the second one";
static char *const secrets[] = { secret_one, secret_two };

static void
sign(bool sha1, const char *secret, struct span body, bool upper,
    char out[SIGNATURE_TEXT_MAX])
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	unsigned length = 0, i;
	int at = sprintf(out, "%s=", sha1 ? "sha1" : "sha256");

	MUST(HMAC(sha1 ? EVP_sha1() : EVP_sha256(), secret,
	    (int)strlen(secret), (const uint8_t *)body.bytes, body.length,
	    mac, &length) != NULL);
	for (i = 0; i < length; i++)
		at += sprintf(out + at, upper ? "%02X" : "%02x", mac[i]);
}

/* Whether a header is right, and what is to be reported about it. */
static bool
is_right(const char *header, bool sha1, struct span body,
    char right[SIGNATURE_TEXT_MAX])
{
	size_t prefix = sha1 ? 5 : 7, i;

	for (i = 0; i < 2; i++) {
		sign(sha1, secrets[i], body, false, right);
		if (strncmp(header, right, prefix) == 0 &&
		    strcasecmp(header, right) == 0)
			return true;
	}
	return false;
}

static void
check_signature(unsigned flags, unsigned damage, char *header,
    struct span body)
{
	bool sha1 = flags & HEADER_SHA1, right, accepted;
	char made[SIGNATURE_TEXT_MAX + 1], expected[SIGNATURE_TEXT_MAX];
	char matched[SIGNATURE_TEXT_MAX] = "untouched";
	size_t place = 2;
	struct signature_keys *keys = signature_keys_new(secrets, 2,
	    flags & ALLOW_SHA1);

	MUST(keys != NULL);
	if (flags & HEADER_OURS) {
		sign(sha1, secrets[(flags & SECOND_KEY) != 0], body,
		    flags & UPPER_CASE, made);
		if (damage < strlen(made))
			made[damage] ^= (char)(header[0] & 0x5f);
		if (flags & LONGER)
			strncat(made, header, 1);
		header = made;
	}
	right = is_right(header, sha1, body, expected) &&
	    (!sha1 || (flags & ALLOW_SHA1 && !(flags & BOTH)));
	accepted = signature_check(keys, sha1 ? flags & BOTH ? "sha256=" :
	    NULL : header, sha1 || flags & BOTH ? header : NULL, body.bytes,
	    body.length, matched, &place);
	MUST(accepted == right);
	MUST(strcmp(matched, accepted ? expected : "untouched") == 0);
	if (accepted) {
		MUST(place < 2);
		sign(sha1, secrets[place], body, false, made);
		MUST(strcmp(made, matched) == 0);
	}
	signature_keys_free(keys);
}

static void
check_subject(const char *subject)
{
	char *twice = NULL;

	if (!client_cert_subject_ok(subject, CN))
		return;
	MUST(!client_cert_subject_ok(subject, CN "."));
	MUST(!client_cert_subject_ok(subject, "client.webhooks.fbclientcerts"));
	MUST(asprintf(&twice, "%s,CN=%s", subject, CN) > 0);
	MUST(!client_cert_subject_ok(twice, CN));
	free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	unsigned flags = fuzz_byte(&input), damage = fuzz_byte(&input);
	char *header = fuzz_text(fuzz_until(&input, "\n"));

	check_signature(flags, damage, header,
	    (struct span){ input.bytes, input.left });
	check_subject(header);
	free(header);
	return 0;
}
