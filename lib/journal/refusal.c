#include "journal/refusal.h"

const char *
refusal_word(enum refusal refusal)
{
	static const char *const words[REFUSALS] = {
		[REFUSAL_NONE] = "none",
		[REFUSAL_PATH] = "path",
		[REFUSAL_METHOD] = "method",
		[REFUSAL_HUB_PARAMETERS] = "hub-parameters",
		[REFUSAL_VERIFY_TOKEN] = "verify-token",
		[REFUSAL_HUB_MODE] = "hub-mode",
		[REFUSAL_CONTENT_LENGTH] = "content-length",
		[REFUSAL_TOO_LARGE] = "too-large",
		[REFUSAL_BODY_BROKEN_OFF] = "body-broken-off",
		[REFUSAL_BODY_LENGTH] = "body-length",
		[REFUSAL_BODY_EMPTY] = "body-empty",
		[REFUSAL_SIGNATURE_MISSING] = "signature-missing",
		[REFUSAL_SIGNATURE_REPEATED] = "signature-repeated",
		[REFUSAL_SIGNATURE] = "signature",
		[REFUSAL_CLIENT_CERTIFICATE] = "client-certificate",
		[REFUSAL_NOT_JSON] = "not-json",
		[REFUSAL_STORAGE] = "storage",
	};

	return words[refusal];
}
