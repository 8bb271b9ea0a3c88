#!/usr/bin/python3
"""others: a web server that is not hookline's, for the tests of a client.

  others.py FOLDER [CERTIFICATE KEY]

Writes its port on 127.0.0.1 into FOLDER/port. Each request adds a line to FOLDER/log:
method and path, and how many were being answered then, with this one. The paths:

  /page         403 with an HTML page, as a firewall's
  /moved        301 to https://elsewhere.example/webhook
  /unavailable  503 as hookline's
  /bare         200 without a body
  /around       the challenge, with a newline after it
  /close        hangs up without an answer
  /refuse       413 before it has read the body, and hangs up
  /together/N   ok, but not before N requests are here at the same time
  /first/N      ok for the first N, and nothing for all others
"""
import http.server
import os
import ssl
import sys
import threading
import urllib.parse

PAGE = b"""<html>
<head><TITLE>403 Forbidden</TITLE></head>
<body>\x1b[31mBlocked \xe2\x80\xae by \xff</body>
</html>
"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Firewall/1.0"
    sys_version = ""
    changed = threading.Condition()
    here = served = 0

    def log_message(self, *_):
        pass

    def page(self, _):
        return 403, PAGE, {}

    def moved(self, _):
        return 301, b"", {"Location": "https://elsewhere.example/webhook"}

    def unavailable(self, _):
        return 503, b"unavailable\n", {}

    def bare(self, _):
        return 200, b"", {}

    def around(self, query):
        challenge = urllib.parse.parse_qs(query)["hub.challenge"][0]
        return 200, challenge.encode() + b"\n", {}

    def close(self, _):
        return None

    def refuse(self, _):
        self.close_connection = True
        return 413, b"too much", {}

    def together(self, count):
        with self.changed:
            if Handler.here >= int(count):
                Handler.served = 1
                self.changed.notify_all()
            self.changed.wait_for(lambda: Handler.served)
        return 200, b"ok\n", {}

    def first(self, count):
        with self.changed:
            Handler.served += 1
            late = Handler.served > int(count)
        if late:
            threading.Event().wait()
        return 200, b"ok\n", {}

    def count(self, change):
        with self.changed:
            Handler.here += change
            if change > 0:
                with open(sys.argv[1] + "/log", "a") as log:
                    log.write(f"{self.command} {self.path} {Handler.here}\n")

    def do_POST(self):
        path, _, query = self.path.partition("?")
        name, _, argument = path[1:].partition("/")
        if name != "refuse":
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.count(1)
        found = getattr(self, name)(argument or query)
        self.count(-1)
        if found is None:
            self.close_connection = True
            return
        status, body, headers = found
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(sys.argv[1] + "/new", "w") as port:
        port.write(f"{server.server_port}\n")
    os.rename(sys.argv[1] + "/new", sys.argv[1] + "/port")
    server.serve_forever()


main()
