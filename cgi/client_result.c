#include "client_result.h"

#include <openssl/x509_vfy.h>

#include <string.h>

int64_t
client_certificate_end(CURL *curl)
{
	static const char label[] = "Expire date:";
	struct curl_certinfo *info = NULL;
	struct curl_slist *line;

	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs < 1)
		return 0;
	for (line = info->certinfo[0]; line != NULL; line = line->next)
		if (strncmp(line->data, label, sizeof label - 1) == 0)
			return curl_getdate(line->data + sizeof label - 1,
			    NULL);
	return 0;
}

enum client_fault
client_fault_of(CURL *curl, CURLcode result)
{
	static const struct { long code; enum client_fault fault; } faults[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, CLIENT_NO_HOST },
		{ CURLE_COULDNT_CONNECT, CLIENT_NO_CONNECTION },
		{ CURLE_SSL_CONNECT_ERROR, CLIENT_NO_TLS },
		{ CURLE_SSL_CACERT_BADFILE, CLIENT_NO_CA_FILE },
		{ CURLE_GOT_NOTHING, CLIENT_HUNG_UP },
		{ CURLE_RECV_ERROR, CLIENT_HUNG_UP },
		{ CURLE_SEND_ERROR, CLIENT_HUNG_UP },
		{ CURLE_UNSUPPORTED_PROTOCOL, CLIENT_NO_HTTP },
		{ CURLE_WEIRD_SERVER_REPLY, CLIENT_NO_HTTP },
		{ CURLE_OPERATION_TIMEDOUT, CLIENT_TIME_OUT },
	}, certificates[] = {
		/* libcurl compares the names before it asks OpenSSL for its
		 * verdict. */
		{ X509_V_OK, CLIENT_CERT_NAME },
		{ X509_V_ERR_UNSPECIFIED, CLIENT_CERT_NAME },
		{ X509_V_ERR_CERT_HAS_EXPIRED, CLIENT_CERT_EXPIRED },
		{ X509_V_ERR_CERT_NOT_YET_VALID, CLIENT_CERT_EARLY },
		{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CLIENT_CERT_SELF },
		{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CLIENT_CERT_SELF },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		    CLIENT_CERT_CHAIN },
		{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
		    CLIENT_CERT_CHAIN } };
	long verify = X509_V_OK;
	size_t i;

	if (result == CURLE_PEER_FAILED_VERIFICATION) {
		curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verify);
		for (i = 0; i < sizeof certificates / sizeof *faults; i++)
			if (certificates[i].code == verify)
				return certificates[i].fault;
		return CLIENT_CERT_OTHER;
	}
	for (i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == (long)result)
			return faults[i].fault;
	return CLIENT_OTHER_FAULT;
}
