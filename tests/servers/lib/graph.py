"""graph: Meta's Graph API, as far as hookctl subscriptions uses it, with TLS.

  graph.py CERTIFICATES KEY APP-ID APP-SECRET FOLDER

A token comes in the header Authorization, and must have the right appsecret_proof; one
in a URL or a body is refused. FOLDER has
  tokens      a line for each token of a Page or an account
  state.json  what is subscribed: {"app": [...], "pages": {ID: [FIELD...]},
              "wabas": {ID: {"subscribed": BOOL, "override": URL,
              "numbers": [...] or null}}}
  success     the body that says that a change was made
  answer      if it is there: the answer to everything, "STATUS\\nHEADERS\\n\\nBODY"
  hold        while it is there, no request is answered
  requests    what was asked: method, target and body
  port        written once it listens, on 127.0.0.1
"""
import hashlib
import hmac
import http.server
import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

CERTIFICATES, KEY, APP, SECRET, FOLDER = sys.argv[1:]
PAGE_SIZE = 2


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def error(message, code, status=400, kind="OAuthException", **more):
    more |= {"message": message, "type": kind, "code": code, "fbtrace_id": "AbC-1_z"}
    return status, {}, json.dumps({"error": more})


def success():
    return 200, {}, read("success")


def proof(token):
    return hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()


def paged(handler, items):
    """One page; the address of the next one holds the token, as Meta's does."""
    after = int(handler.query.get("after", "0"))
    answer = {"data": items[after:after + PAGE_SIZE]}
    if after + PAGE_SIZE < len(items):
        query = handler.query | {
            "access_token": handler.token, "limit": PAGE_SIZE, "after": after + PAGE_SIZE}
        answer["paging"] = {"next": "https://graph.facebook.com"
                            + handler.path.split("?")[0] + "?" + urllib.parse.urlencode(query)}
    return 200, {}, json.dumps(answer)


def verified(url, token):
    """None, or what Meta says of a callback URL that did not pass."""
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    try:
        with urllib.request.urlopen(url + "?" + urllib.parse.urlencode(query), timeout=10) as it:
            if it.read() == b"1158201444":
                return None
            reason = "CHALLENGE does not match"
    except urllib.error.HTTPError as it:
        reason = f"HTTP Status Code = {it.code}; HTTP Message = {it.reason}"
    return error("(#2200) Callback verification failed with the following errors: " + reason,
                 2200)


def app(handler, state):
    asked = handler.query | handler.form
    if handler.command == "GET":
        return paged(handler, state["app"])
    kept = [row for row in state["app"] if row["object"] != asked.get("object")]
    if handler.command == "POST":
        refused = verified(asked["callback_url"], asked["verify_token"])
        if refused:
            return refused
        fields = [{"name": name, "version": "v26.0"} for name in asked["fields"].split(",")]
        kept.append({"object": asked["object"], "callback_url": asked["callback_url"],
                     "active": True, "fields": fields,
                     "include_values": asked.get("include_values")})
        state["app"] = kept
    elif "object" not in asked:
        state["app"] = []
    elif "fields" in asked:
        gone = asked["fields"].split(",")
        for row in state["app"]:
            if row["object"] == asked["object"]:
                row["fields"] = [it for it in row["fields"] if it["name"] not in gone]
    else:
        state["app"] = kept
    return success()


def page(handler, state, name):
    asked = handler.query | handler.form
    pages = state["pages"]
    if handler.command == "GET":
        apps = [{"id": "999", "name": "Another", "subscribed_fields": ["feed"]}]
        if pages[name] is not None:
            apps.append({"id": APP, "name": "Ours", "subscribed_fields": pages[name]})
        return paged(handler, apps)
    pages[name] = asked["subscribed_fields"].split(",") if handler.command == "POST" else None
    return success()


def waba(handler, state, name):
    asked = handler.query | handler.form
    account = state["wabas"][name]
    if handler.command == "GET":
        apps = [{"whatsapp_business_api_data": {"id": "999", "name": "Another"}}]
        if account["subscribed"]:
            apps.append({"whatsapp_business_api_data": {"id": APP, "name": "Ours"}})
            if account.get("override"):
                apps[-1]["override_callback_uri"] = account["override"]
        return paged(handler, apps)
    account["subscribed"] = handler.command == "POST"
    account["override"] = asked.get("override_callback_uri")
    if account["override"]:
        refused = verified(account["override"], asked["verify_token"])
        if refused:
            return refused
    return success()


def numbers(handler, state, name):
    found = state["wabas"][name].get("numbers")
    if found is None:
        return error("(#200) You do not have permission to access this field", 200, 403)
    return paged(handler, found)


def route(handler, state, name, edge):
    if (name, edge) == (APP, "subscriptions"):
        return app(handler, state)
    if name in state["pages"] and edge == "subscribed_apps":
        return page(handler, state, name)
    if name in state["wabas"] and edge in ("subscribed_apps", "phone_numbers"):
        return (waba if edge == "subscribed_apps" else numbers)(handler, state, name)
    return error(f"Unsupported request. Object with ID '{name}' does not exist", 100,
                 kind="GraphMethodException", error_subcode=33)


def api(handler):
    path = re.fullmatch(r"/v26\.0/(\d+)/(\w+)", handler.path.split("?")[0])
    if not path:
        return error("Unknown path components: " + handler.path, 2500)
    asked = handler.query | handler.form
    if "access_token" in asked or not handler.token:
        return error("An access token is required to request this resource.", 104)
    own = f"{APP}|{SECRET}" if path[1] == APP else None
    if handler.token != own and (own or handler.token not in read("tokens").split()):
        return error("Malformed access token " + handler.token, 190)
    if asked.get("appsecret_proof") != proof(handler.token):
        return error("Invalid appsecret_proof provided in the API argument", 100,
                     kind="GraphMethodException")
    state = json.loads(read("state.json"))
    answer = route(handler, state, path[1], path[2])
    if answer[0] == 200 and handler.command != "GET":
        with open(os.path.join(FOLDER, "state.json"), "w", encoding="utf-8") as file:
            json.dump(state, file)
    return answer


def ready_made():
    head, _, body = read("answer").partition("\n\n")
    status, *headers = head.split("\n")
    return int(status), dict(line.split(": ", 1) for line in headers), body


def parameters(text):
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        with open(os.path.join(FOLDER, "requests"), "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path} {body}\n")
        while os.path.exists(os.path.join(FOLDER, "hold")):
            time.sleep(0.05)
        self.query = parameters(self.path.partition("?")[2])
        self.form = parameters(body)
        self.token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        given = os.path.exists(os.path.join(FOLDER, "answer"))
        status, headers, text = ready_made() if given else api(self)
        text = text.encode()
        self.send_response_only(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_DELETE = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATES, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True,
                                    do_handshake_on_connect=False)
with open(os.path.join(FOLDER, "port.new"), "w", encoding="utf-8") as written:
    written.write(f"{server.server_port}\n")
os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
server.serve_forever()
