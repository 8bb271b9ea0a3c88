# tls.bash: certificates made for the tests.
#
# In $S/etc, where the shipped files expect them: the site's fullchain.pem and
# privkey.pem, and meta-outbound-api-ca-2025-12.pem of the trusted CA. In $S/tls:
# key.pem, which all clients share, and a NAME.pem for each client, see
# make_clients. The trusted CA has an intermediate CA, like Meta's; clients send
# its certificate along with their own.

META_CN=client.webhooks.fbclientcerts.com

# issue NAME ISSUER DAYS SUBJECT [EXTENSIONS]: makes $S/tls/NAME.pem, signed by
# ISSUER.
issue() {
	openssl req -new -key "$S/tls/key.pem" -subj "$4" -utf8 |
	    openssl x509 -req -days "$3" -CA "$S/tls/$2.pem" \
	    -CAkey "$S/tls/$2.key" -set_serial "0x$(openssl rand -hex 8)" \
	    -extfile <(printf %s "${5:-extendedKeyUsage=clientAuth}") \
	    -out "$S/tls/$1.pem"
}

# issuer NAME SUBJECT: makes a root CA.
issuer() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$S/tls/$1.key"
	openssl req -x509 -new -key "$S/tls/$1.key" -days 2 -subj "$2" \
	    -out "$S/tls/$1.pem"
}

make_site() {
	openssl req -x509 -new -key "$S/tls/key.pem" -days 2 \
	    -subj /CN=hooks.example.com -out "$S/etc/fullchain.pem"
	cp "$S/tls/key.pem" "$S/etc/privkey.pem"
}

# The intermediate CA, and another root that is not trusted.
make_issuers() {
	issuer root '/O=Tests/CN=Root of the tests'
	issuer stranger '/O=Tests/CN=Root of the tests'
	cp "$S/tls/root.pem" "$S/etc/meta-outbound-api-ca-2025-12.pem"
	issue between root 2 '/O=Tests/CN=Between' \
	    basicConstraints=critical,CA:true
	cp "$S/tls/key.pem" "$S/tls/between.key"
}

# client NAME SUBJECT [DAYS]
client() {
	issue "$1" between "${3:-2}" "$2"
	cat "$S/tls/between.pem" >>"$S/tls/$1.pem"
}

make_clients() {
	local o='/C=US/O=Meta Platforms, Inc.'
	client right "$o/CN=$META_CN"
	client bare "/CN=$META_CN"
	client wrong "$o/CN=client.other.fbclientcerts.com"
	client prefix "$o/CN=$META_CN.example.com"
	client suffix "$o/CN=x$META_CN"
	client subdomain "$o/CN=x.$META_CN"
	client case "$o/CN=${META_CN^}"
	client blank "$o/CN=$META_CN "
	client nameless "/C=US/O=$META_CN"
	client inside-o "/O=x,CN=$META_CN/CN=wrong.example.com"
	client first "$o/CN=$META_CN/CN=wrong.example.com"
	client last "$o/CN=wrong.example.com/CN=$META_CN"
	client beside "/CN=wrong.example.com/OU=x+CN=$META_CN"
	client inside-o-behind "/CN=wrong.example.com/O=x,CN=$META_CN"
	client inside-cn "/CN=x,CN=$META_CN"
	client expired "$o/CN=$META_CN" -1
	client nul "$o/CN=${META_CN}0.example.com"
	"$PEER" resign "$S/tls/nul.pem" "$META_CN" "$S/tls/between.key"
	issue stranger-right stranger 2 "$o/CN=$META_CN"
	openssl req -x509 -new -key "$S/tls/key.pem" -days 2 \
	    -subj "/CN=$META_CN" -out "$S/tls/self.pem"
}

make_certificates() {
	mkdir "$S/tls"
	openssl ecparam -name prime256v1 -genkey -noout -out "$S/tls/key.pem"
	{
		make_site && make_issuers && make_clients
	} 2>"$S/tls/log" || { cat "$S/tls/log"; return 1; }
}
