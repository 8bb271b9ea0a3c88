#!/usr/bin/python3
"""crowd.py: many senders at a time, each with a connection of its own.

  crowd SECONDS SENDERS SECRET LABEL PORT...

For SECONDS, sends signed notifications to /webhook at each PORT of 127.0.0.1, all of
them different, from SENDERS connections for each PORT; a tenth of them also to the next
PORT. Their names begin with LABEL. Prints "STATUS COUNT" for each status, 000 for none,
and the time that the median and the longest answer took, in milliseconds.
"""
import collections
import hashlib
import hmac
import http.client
import json
import sys
import threading
import time

seconds, senders = float(sys.argv[1]), int(sys.argv[2])
secret, label = sys.argv[3].encode(), sys.argv[4]
ports = [int(port) for port in sys.argv[5:]]
until = time.monotonic() + seconds
answers = collections.Counter()
times = []


class Sender:
    def __init__(self, port):
        self.port = port
        self.connection = None

    def send(self, body):
        mac = hmac.new(secret, body, hashlib.sha256).hexdigest()
        began = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1",
                    self.port, timeout=30)
            self.connection.request("POST", "/webhook", body,
                {"X-Hub-Signature-256": f"sha256={mac}"})
            answer = self.connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self.connection = None
            status = 0
        answers[status] += 1
        times.append(time.monotonic() - began)


def keep_sending(index, number):
    own = Sender(ports[index])
    other = Sender(ports[(index + 1) % len(ports)])
    count = 0
    while time.monotonic() < until:
        count += 1
        name = f"{label}-{index}-{number}-{count}"
        body = json.dumps({"object": "page", "entry": [
            {"id": name, "time": int(time.time())}]}).encode()
        own.send(body)
        if count % 10 == 0:
            other.send(body)


threads = [threading.Thread(target=keep_sending, args=(index, number))
    for index in range(len(ports)) for number in range(senders)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for status in sorted(answers):
    print(f"{status:03} {answers[status]}")
times.sort()
print(f"median {times[len(times) // 2] * 1000:.1f}")
print(f"longest {times[-1] * 1000:.1f}")
