#!/usr/bin/python3
"""taker: a destination of records that answers as it is told, for hookctl forward.

  taker.py FOLDER [CERTIFICATE KEY]

Writes its port on 127.0.0.1 into FOLDER/port. Each request adds a line of JSON to
FOLDER/log: its status, path, headers and body. It is answered by

  the first line of FOLDER/answers, which is then removed: a status, and perhaps a
  header, as in "503 Retry-After: 7"; "hang" answers nothing until FOLDER/go exists;
  "cut" hangs up amid the head of a 200
  422, or what FOLDER/refuse-with says, if the body has the text in FOLDER/refuse
  the status in FOLDER/always, or 200
"""
import http.server
import json
import os
import ssl
import sys
import threading
import time

FOLDER = sys.argv[1]
turn = threading.Lock()


def content(name):
    try:
        with open(f"{FOLDER}/{name}", encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def next_answer():
    lines = content("answers").splitlines()
    if not lines:
        return None
    with open(f"{FOLDER}/answers.new", "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines[1:])
    os.rename(f"{FOLDER}/answers.new", f"{FOLDER}/answers")
    return lines[0]


def choose(body):
    answer = next_answer()
    if answer is not None:
        return answer
    refuse = content("refuse").strip()
    if refuse and refuse in body:
        return content("refuse-with").strip() or "422"
    return content("always").strip() or "200"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "Taker"
    sys_version = ""

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        with turn:
            answer, _, header = choose(body).partition(" ")
        with open(f"{FOLDER}/log", "a", encoding="utf-8") as log:
            seen = {"status": answer, "path": self.path, "body": body, **self.headers}
            log.write(json.dumps(seen) + "\n")
        while answer == "hang":
            if os.path.exists(f"{FOLDER}/go"):
                answer = "200"
            time.sleep(0.01)
        if answer == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            self.close_connection = True
            return
        text = b"taken\n" if answer == "200" else b"not this one\n"
        self.send_response(int(answer))
        if header:
            name, _, value = header.partition(": ")
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(FOLDER + "/new", "w", encoding="utf-8") as port:
        port.write(f"{server.server_port}\n")
    os.rename(FOLDER + "/new", FOLDER + "/port")
    server.serve_forever()


main()
