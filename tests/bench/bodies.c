/*
 * bodies: makes a pool of signed notifications (bench.h), no two alike.
 *
 *   bodies photos|caption|whatsapp|batch FIRST COUNT SECRET >POOL
 *
 * Makes those numbered FIRST to FIRST + COUNT - 1. Different numbers give
 * different bodies, and no two bodies share an update.
 */
#include "bench.h"

#include "auth/hmac.h"
#include "base/digits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD "#################"	/* the number goes here */
#define DIGITS (sizeof FIELD - 1)
#define SIGNATURE_DIGITS ((size_t)2 * HMAC_SHA256_SIZE)

struct kind {
	const char *name;
	const char *before;
	const char *part;	/* repeated, with commas between */
	const char *after;
	unsigned parts;
};

/* The guide's photos sample, 185 bytes; the same with a caption, so that a record
 * has 500 bytes; a WhatsApp message of 1.3 kB, with escapes as Meta writes them; a
 * thousand photos in one body, 160 kB. */
static const struct kind kinds[] = {
	{ "photos", "{\"object\":\"user\",\"entry\":[",
	    "{\"id\":\"1200000000000001\",\"uid\":\"1200000000000001\","
	    "\"time\":1520383571,\"changes\":[{\"field\":\"photos\",\"value\":"
	    "{\"verb\":\"update\",\"object_id\":\"" FIELD "\"}}]}", "]}", 1 },
	{ "caption", "{\"object\":\"user\",\"entry\":[",
	    "{\"id\":\"1200000000000001\",\"uid\":\"1200000000000001\","
	    "\"time\":1520383571,\"changes\":[{\"field\":\"photos\",\"value\":"
	    "{\"verb\":\"update\",\"object_id\":\"" FIELD "\",\"caption\":"
	    "\"The sea in the evening\"}}]}", "]}", 1 },
	{ "whatsapp", "{\"object\":\"whatsapp_business_account\",\"entry\":[",
	    "{\"id\":\"102290129340398\",\"changes\":[{\"value\":{"
	    "\"messaging_product\":\"whatsapp\",\"metadata\":{"
	    "\"display_phone_number\":\"15550783881\",\"phone_number_id\":"
	    "\"106540352242922\"},\"contacts\":[{\"profile\":{\"name\":"
	    "\"Ana Mar\\u00eda \\ud83c\\udf3b\"},\"wa_id\":\"16505551234\"}],"
	    "\"messages\":[{\"context\":{\"from\":\"15550783881\",\"id\":"
	    "\"wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI4MjZGRDA0OUE2OTQ3RkEyMzcA\"},"
	    "\"from\":\"16505551234\",\"id\":\"wamid.HBgLMTY1MDM4Nzk0MzkVAgASG"
	    "BQzQUFERjg0NDEzNDdFODU3MUMxQwA" FIELD "\",\"timestamp\":"
	    "\"1749416383\",\"type\":\"text\",\"text\":{\"body\":\"Good morning! "
	    "\\ud83d\\ude00 The parcel came yesterday, but the lamp in it has a "
	    "crack from the foot to the switch, and the cable is the short one. "
	    "I had ordered the long one, see the confirmation of last Tuesday. "
	    "Could you send another, or shall I bring this one to the shop in "
	    "the Calle de Alcal\\u00e1? I am there on Thursday between four and "
	    "six, and on Saturday until noon. If neither suits, a neighbour can "
	    "take it in; she lives on the second floor, to the left, and is at "
	    "home most of the day. The bell is broken, so please knock or call "
	    "before.\\n\\nPlease keep the old address for the bill: the new one "
	    "is for deliveries only. Many thanks, and have a nice week! "
	    "\\ud83c\\udf3b\\ud83d\\udce6\"}}]},\"field\":"
	    "\"messages\"}]}", "]}", 1 },
	{ "batch", "{\"object\":\"user\",\"entry\":[",
	    "{\"id\":\"1200000000000001\",\"uid\":\"1200000000000001\","
	    "\"time\":1520383571,\"changes\":[{\"field\":\"photos\",\"value\":"
	    "{\"verb\":\"update\",\"object_id\":\"" FIELD "\"}}]}", "]}", 1000 },
};

static const char head[] =
    "POST /webhook HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\n"
    "User-Agent: Webhooks/1.0 (https://fb.me/webhooks)\r\n"
    "Accept: */*\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: %zu\r\n"
    "X-Hub-Signature-256: sha256=%0*d\r\n\r\n";

struct request {
	char *text;
	size_t head_length;
	size_t body_length;
	const struct kind *kind;
};

static const struct kind *
find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	errno = EINVAL;
	bench_fail(name);
}

/* The whole request, with zeros for the signature and FIELD for each number. */
static void
compose(struct request *request, const struct kind *kind)
{
	size_t body = strlen(kind->before) + strlen(kind->after) - 1 +
	    kind->parts * (strlen(kind->part) + 1);
	size_t room = sizeof head + 128 + body;
	char *at;
	unsigned i;

	request->kind = kind;
	request->body_length = body;
	request->text = malloc(room);
	if (request->text == NULL)
		bench_fail("memory");
	request->head_length = (size_t)snprintf(request->text, room, head,
	    body, (int)SIGNATURE_DIGITS, 0);
	at = stpcpy(request->text + request->head_length, kind->before);
	for (i = 0; i < kind->parts; i++)
		at = stpcpy(stpcpy(at, i > 0 ? "," : ""), kind->part);
	strcpy(at, kind->after);
}

/* Numbers the parts; their fields are equally far apart. */
static void
number(const struct request *request, uint64_t first)
{
	const struct kind *kind = request->kind;
	size_t stride = strlen(kind->part) + 1;
	char *at = request->text + request->head_length +
	    strlen(kind->before) + (size_t)(strstr(kind->part, FIELD) -
	    kind->part);
	unsigned i;

	for (i = 0; i < kind->parts; i++, at += stride)
		decimal_write_fixed(first * kind->parts + i, DIGITS, at);
}

static void
sign(const struct request *request, const struct hmac_key *key)
{
	char *at = request->text + request->head_length - 4 - SIGNATURE_DIGITS;
	char hex[SIGNATURE_DIGITS + 1];
	uint8_t mac[HMAC_SHA256_SIZE];

	hmac_of(key, request->text + request->head_length,
	    request->body_length, mac);
	hex_write(mac, sizeof mac, hex);
	memcpy(at, hex, SIGNATURE_DIGITS);
}

int
main(int argc, char **argv)
{
	struct request request;
	struct hmac_key *key;
	uint64_t next, end;
	size_t size;

	if (argc != 5) {
		fputs("usage: bodies photos|caption|whatsapp|batch FIRST "
		    "COUNT SECRET\n", stderr);
		return 2;
	}
	compose(&request, find_kind(argv[1]));
	next = bench_number(argv[2]);
	end = next + bench_number(argv[3]);
	key = hmac_key_new(HMAC_SHA256, argv[4]);
	if (key == NULL)
		bench_fail("memory");
	size = request.head_length + request.body_length;
	printf("%-15zu %-15llu\n", size,
	    (unsigned long long)(end - next));
	for (; next < end; next++) {
		number(&request, next);
		sign(&request, key);
		fwrite(request.text, 1, size, stdout);
	}
	hmac_key_free(key);
	free(request.text);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
