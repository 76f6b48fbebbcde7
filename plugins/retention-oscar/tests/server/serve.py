"""Prepares the database when asked to, else serves a shop on loopback until it is stopped."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


def prepare():
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("oscar_populate_countries", initial_only=True)


def add_staff():
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_superuser(
        "staff", "staff@example.com", os.environ["SHOP_PASSWORD"]
    )


def serve(port):
    from django.core.wsgi import get_wsgi_application

    add_staff()
    with make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet) as server:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        serve(int(sys.argv[1]))
