"""A FastAPI shop that takes webhooks. Run: uvicorn fastapi_shop:app

Settings are in retention.toml, or in the file that RETENTION_CONFIG names.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from retention_sdk import Retention
from retention_sdk.web import Receiver


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    file = os.environ.get("RETENTION_CONFIG", "retention.toml")
    with Retention.from_file(file) as shop, Receiver(shop) as receiver:
        app.state.receiver = receiver
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/hooks/{platform}")
async def hook(platform: str, request: Request) -> Response:
    receiver: Receiver = request.app.state.receiver
    answer = await receiver.take_stream(platform, request.headers, request.stream())
    return Response(status_code=answer.status, headers=dict(answer.headers))
