"""meddler: hosts that change what hookline says, or answer in its place.

  meddler.py PORT TOKEN SECRET

The first part of the path says how: it is the name of a function.
"""
import gzip
import hashlib
import hmac
import http.server
import sys
import time
import urllib.parse

PORT, TOKEN, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
BANNER = b"<script src=//ads.example></script>"


def notified(handler):
    """What hookline would answer to a notification, without storing it."""
    mac = "sha256=" + hmac.new(SECRET, handler.sent, hashlib.sha256).hexdigest()
    if handler.headers["X-Hub-Signature-256"] != mac:
        return 401, b"unauthorized\n"
    return (200, b"ok\n") if handler.sent.startswith(b"{") else (400, b"bad-request\n")


def own(handler):
    """What hookline would answer: status, headers, body."""
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
    if handler.command == "POST":
        status, body = notified(handler)
        return status, headers, body
    if "hub.mode" not in query:
        return 200, headers, b"ready\n"
    if query["hub.verify_token"] != [TOKEN]:
        return 403, headers, b"forbidden\n"
    return 200, headers, query["hub.challenge"][0].encode()


def html(handler):
    status, headers, body = own(handler)
    return status, headers, body + BANNER


def zipped(handler):
    status, headers, body = own(handler)
    return status, headers | {"Content-Encoding": "gzip"}, gzip.compress(body)


def zipped_if_asked(handler):
    asked = "gzip" in handler.headers.get("Accept-Encoding", "")
    return zipped(handler) if asked else own(handler)


def aged(handler):
    status, headers, body = own(handler)
    return status, headers | {"Age": "57"}, body


def stale(handler):
    """A cache that knows the path, and not what is asked there."""
    status, headers, body = own(handler)
    if "?" not in handler.path:
        headers = headers | {"Date": handler.date_time_string(time.time() - 90)}
    return status, headers, body


def cacheable(handler):
    status, headers, body = own(handler)
    return status, headers | {"Cache-Control": "max-age=600"}, body


def deaf(handler):
    """It looks at no query."""
    status, headers, body = own(handler)
    return (200, headers, b"ready\n") if handler.command == "GET" else (status, headers, body)


def plain(handler):
    status, headers, body = own(handler)
    return status, {"Content-Type": "text/html"}, body


def slow_clock(handler):
    status, headers, body = own(handler)
    date = handler.date_time_string(time.time() - 40)
    return status, headers | {"Date": date}, body


def echo(handler):
    """Any token will do."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
    if "hub.mode" not in query:
        return own(handler)
    return 200, own(handler)[1], query["hub.challenge"][0].encode()


def unsigned(handler):
    """It has no app secret: it looks at no signature."""
    status, headers, body = own(handler)
    if handler.command == "POST":
        return 400, headers, b"bad-request\n"
    return status, headers, body


def cut(handler):
    """A firewall that ends the connection where it dislikes a body."""
    return None if b"profile" in handler.sent else own(handler)


def lost(handler):
    """Something that says yes to every body that is JSON."""
    status, headers, body = own(handler)
    if handler.sent.startswith(b"{"):
        return 200, {}, b"thanks"
    return status, headers, body


def cloudflare(handler):
    if handler.command == "POST":
        return 403, {"Server": "cloudflare", "CF-RAY": "8a"}, b"<html>Blocked"
    return own(handler)


def captcha(handler):
    return 200, {"Content-Type": "text/html"}, b"<form class=h-captcha>"


def login(handler):
    return 200, {"Content-Type": "text/html"}, b"<input type=password>"


def to_login(handler):
    return 302, {"Location": "/wp-login.php?redirect_to=x"}, b""


def not_ready(handler):
    status, headers, body = own(handler)
    return 503, headers, b"bad-config\n"


def full(handler):
    status, headers, body = own(handler)
    if handler.command == "GET" and "?" not in handler.path:
        return 503, headers, b"disk-full\n"
    return status, headers, body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sent = b""

    def answer(self):
        answered = globals()[self.path.split("/")[1].split("?")[0]](self)
        if answered is None:
            self.close_connection = True
            return
        status, headers, body = answered
        self.log_request(status)
        self.send_response_only(status)
        for name, value in ({"Date": self.date_time_string()} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.sent = b""
        self.answer()

    def do_POST(self):
        self.sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
