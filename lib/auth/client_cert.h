/*
 * client_cert: whether the peer's certificate is Meta's (Meta, "Webhooks:
 * Mutual TLS for Webhooks"). The web server checks the chain; here the common
 * name is checked, exactly and in full.
 */
#ifndef HOOKLINE_AUTH_CLIENT_CERT_H
#define HOOKLINE_AUTH_CLIENT_CERT_H

#include <stdbool.h>

/*
 * For a web server that terminates TLS itself: SSL_CLIENT_VERIFY must be
 * SUCCESS and SSL_CLIENT_S_DN_CN equal to `cn`. NULL means that the variable is
 * absent.
 */
bool client_cert_server_ok(const char *verify, const char *subject_cn,
    const char *cn);

/*
 * For use behind an AWS ALB in verify mode: X-Amzn-Mtls-Clientcert-Subject, a
 * distinguished name (RFC 2253), must hold exactly one CN, equal to `cn`.
 */
bool client_cert_subject_ok(const char *subject, const char *cn);

#endif
