"""A Flask shop that takes webhooks. Run: flask --app flask_shop run

Settings are in retention.toml, or in the file that RETENTION_CONFIG names.
"""

import atexit
import os

from flask import Flask, Response, request

from retention_sdk import Retention
from retention_sdk.web import Receiver

SHOP = Retention.from_file(os.environ.get("RETENTION_CONFIG", "retention.toml"))
RECEIVER = Receiver(SHOP)  # opens nothing yet: the server may fork
atexit.register(SHOP.close)
atexit.register(RECEIVER.close)  # runs first

app = Flask(__name__)


@app.post("/hooks/<platform>")
def hook(platform: str) -> Response:
    answer = RECEIVER.take_file(platform, dict(request.headers), request.stream)
    return Response(status=answer.status, headers=dict(answer.headers))
