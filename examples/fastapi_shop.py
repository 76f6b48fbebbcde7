"""A FastAPI shop that takes webhooks. Run: uvicorn fastapi_shop:app

Settings are in retention.toml, or in the file that RETENTION_CONFIG names.
"""

import os
from datetime import UTC, datetime
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request

from retention_sdk import Retention, WebhookRequest
from retention_sdk.errors import PayloadError, SignatureError

app = FastAPI()


def get_shop() -> Retention:
    return Retention.from_file(os.environ.get("RETENTION_CONFIG", "retention.toml"))


@app.post("/hooks/{platform}")
async def hook(
    platform: str,
    request: Request,
    tasks: BackgroundTasks,
    shop: Annotated[Retention, Depends(get_shop)],
) -> dict[str, int]:
    delivery = WebhookRequest(
        headers=dict(request.headers), body=await request.body(), received_at=datetime.now(UTC)
    )
    try:
        events = shop.adapter(platform).handle(delivery)
    except SignatureError:
        raise HTTPException(401, "not signed by this shop") from None
    except PayloadError as error:
        raise HTTPException(422, str(error)) from None
    new = shop.accept(events)  # committed: from here on nothing is lost
    tasks.add_task(shop.ingest, events)  # cards and mails, after the answer
    return {"new": len(new)}
