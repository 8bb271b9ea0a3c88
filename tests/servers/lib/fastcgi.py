"""fastcgi: speaks FastCGI as a web server does, for the programs in this folder."""
import hashlib
import hmac
import socket
import struct

BEGIN, PARAMS, STDIN, STDOUT = 1, 4, 5, 6
RESPONDER = struct.pack(">HB5x", 1, 0)


def record(kind, content=b""):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def padded(kind, content=b""):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 8) + content + bytes(8)


def stream(kind, content):
    """Returns the records of a stream, without its end."""
    parts = range(0, len(content), 32768)
    return b"".join(record(kind, content[at : at + 32768]) for at in parts)


def variable(name, value):
    name, value = name.encode(), value.encode()
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


def head(method, length, more):
    variables = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": "/webhook",
        "CONTENT_LENGTH": str(length),
        "REMOTE_ADDR": "127.0.0.1",
        **more,
    }
    params = b"".join(variable(*item) for item in variables.items())
    return record(BEGIN, RESPONDER) + stream(PARAMS, params) + record(PARAMS)


def signed(secret, body):
    """Returns the variable that holds a body's signature."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"HTTP_X_HUB_SIGNATURE_256": f"sha256={digest}"}


def status_of(answer):
    """Returns the Status header's value, taken from FastCGI records."""
    text = b""
    while len(answer) >= 8:
        _, kind, _, length, padding = struct.unpack(">BBHHBx", answer[:8])
        if kind == STDOUT:
            text += answer[8 : 8 + length]
        answer = answer[8 + length + padding :]
    return text[8:11].decode() if text.startswith(b"Status: ") else "000"


def receive(peer):
    """Returns all that has arrived, and whether the peer has closed."""
    text = b""
    while True:
        try:
            part = peer.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return text, False
        except ConnectionError:
            part = b""
        if not part:
            return text, True
        text += part
