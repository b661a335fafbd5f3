#!/usr/bin/env python3
"""Sample client of Mingjing's door: the standard library and `cryptography`.

It signs one batch by RFC 9421 with Ed25519, sends it and prints what became of
each record. Copy it and change what you like.

    python3 client.py --url https://exchange.example --key-id ID --key private.pem batch.ndjson
"""

import argparse
import base64
import hashlib
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives.serialization import load_pem_private_key


def b64(data):
    return base64.b64encode(data).decode("ascii")


def signed_headers(method, url, body, headers, key_id, key, created):
    """Return headers with Content-Digest, Signature-Input and Signature added."""
    parts = urllib.parse.urlsplit(url)
    headers = dict(headers)
    headers["content-digest"] = "sha-256=:%s:" % b64(hashlib.sha256(body).digest())
    derived = {
        "@method": method,
        "@path": parts.path or "/",
        "@query": "?" + parts.query,
        "@authority": parts.netloc.lower(),
    }
    names = ["@method", "@path", "@query", "@authority", "content-digest", "content-type"]
    if "mingjing-platform" in headers:
        names.append("mingjing-platform")
    params = '(%s);created=%d;keyid="%s";alg="ed25519"' % (
        " ".join('"%s"' % name for name in names), created, key_id)
    lines = ['"%s": %s' % (name, derived.get(name) or headers[name]) for name in names]
    lines.append('"@signature-params": ' + params)
    signature = key.sign("\n".join(lines).encode("ascii"))
    headers["signature-input"] = "sig1=" + params
    headers["signature"] = "sig1=:%s:" % b64(signature)
    return headers


def send(url, body, headers, key_id, key, at):
    """Send the batch; on 429 and 503 wait as told and send the same again.

    That is safe: what was taken is answered with its first receipt.
    """
    for attempt in range(5):
        created = at if at and attempt == 0 else int(time.time())
        request = urllib.request.Request(
            url, data=body, method="POST",
            headers=signed_headers("POST", url, body, headers, key_id, key, created))
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            text = error.read().decode("utf-8", "replace")
            if error.code not in (429, 503) or attempt == 4:
                sys.exit("%d %s\n%s" % (error.code, error.reason, text))
            time.sleep(int(error.headers.get("Retry-After") or 1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--platform", help="platform code, when the body does not say it")
    parser.add_argument("--key-id", required=True)
    parser.add_argument("--key", required=True, help="Ed25519 private key, PEM PKCS #8")
    parser.add_argument("--validate", action="store_true", help="only check the batch, send nothing")
    parser.add_argument("--at", type=int, default=0, help="sign as of this Unix time; for recorded examples")
    parser.add_argument("batch", help="a .json, .ndjson or .xml file")
    args = parser.parse_args()

    with open(args.key, "rb") as f:
        key = load_pem_private_key(f.read(), password=None)
    with open(args.batch, "rb") as f:
        body = f.read()
    path, content_type = "/exchange/v1/batches", "application/json"
    if args.batch.endswith(".ndjson"):
        content_type = "application/x-ndjson"
    elif args.batch.endswith(".xml"):
        path, content_type = "/exchange/v1/xml", "application/xml"
    if args.validate:
        path = "/exchange/v1/validate"
    headers = {"content-type": content_type}
    if args.platform:
        headers["mingjing-platform"] = args.platform

    answer = send(args.url.rstrip("/") + path, body, headers, args.key_id, key, args.at)
    for record in answer["answers"]:
        line = "%d %s" % (record["index"], record["status"])
        if "receipt" in record:
            line += " position %d leaf %s" % (record["receipt"]["position"], record["receipt"]["leaf"])
        print(line)
        for problem in record.get("defects", []) + record.get("problems", []):
            print("  %s %s %s" % (problem["rule"], problem.get("field", ""), problem["en"]))


if __name__ == "__main__":
    main()
