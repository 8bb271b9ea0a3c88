/*
 * client_cert: was the peer Meta, by the certificate it showed (Meta,
 * "Webhooks: Mutual TLS for Webhooks")? The chain is the web server's to
 * check, the common name ours, exactly and in full.
 */
#ifndef HOOKLINE_AUTH_CLIENT_CERT_H
#define HOOKLINE_AUTH_CLIENT_CERT_H

#include <stdbool.h>

/*
 * Behind a server that ends TLS itself: SSL_CLIENT_VERIFY must be SUCCESS and
 * SSL_CLIENT_S_DN_CN equal to `cn`. NULL is an absent variable.
 */
bool client_cert_server_ok(const char *verify, const char *subject_cn,
    const char *cn);

/*
 * Behind an AWS ALB in verify mode: X-Amzn-Mtls-Clientcert-Subject, an
 * RFC 2253 distinguished name, must hold exactly one CN, equal to `cn`.
 */
bool client_cert_subject_ok(const char *subject, const char *cn);

#endif
