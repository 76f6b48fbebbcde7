"""A Django shop that takes webhooks, in one file. Run: python django_shop.py runserver

Settings are in retention.toml, or in the file that RETENTION_CONFIG names. A server such as
gunicorn runs `django_shop:application`.
"""

import atexit
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from retention_sdk import Retention
from retention_sdk.web import Receiver

SHOP = Retention.from_file(os.environ.get("RETENTION_CONFIG", "retention.toml"))
RECEIVER = Receiver(SHOP)  # opens nothing yet: the server may fork
atexit.register(SHOP.close)
atexit.register(RECEIVER.close)  # runs first

if not settings.configured:  # a project of yours has a settings module
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])


@csrf_exempt  # the platform signs what it sends
@require_POST
def hook(request: HttpRequest, platform: str) -> HttpResponse:
    answer = RECEIVER.take_file(platform, request.headers, request)
    return HttpResponse(status=answer.status, headers=answer.headers)


urlpatterns = [path("hooks/<slug:platform>", hook)]
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
