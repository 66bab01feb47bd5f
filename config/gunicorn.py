"""The web server: `gunicorn --config config/gunicorn.py` in the demo and in production."""

import logging
import os
import signal
import sys
from typing import Any

from django.conf import settings

from config.embedded.server import ServerError, server_in

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
DATABASE = settings.DATABASES["default"]  # a bad setting ends the start here, before there are workers to restart

wsgi_app = "config.wsgi"
bind = f"{os.environ.get('PARLEY_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Browsers connect directly in the demo: a sync worker would be held by every idle connection, a thread is not. Behind a
# proxy that buffers, sync workers serve more lists a second: `--worker-class sync --workers <cores + 1>`.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# Its socket would be opened in the home directory, which a container's read-only root does not allow.
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (heartbeats off a slow disk)
loglevel = "warning"
limit_request_line = 8190  # a filter may name many slugs
graceful_timeout = 10  # seconds a stop waits for what is being answered


def on_starting(server: Any) -> None:
    """The master, too, holds the embedded server up, so that it outlives a worker that is replaced."""
    if DATABASE["ENGINE"] == "config.embedded":
        try:
            server_in(DATABASE["HOST"]).join()
        except ServerError as error:
            sys.stderr.write(f"parley: {error}\n")
            raise SystemExit(2) from None


def post_worker_init(worker: Any) -> None:
    """The first worker is up and the port answers: say where, and in the demo who may log in."""
    logging.getLogger("gunicorn.http.wsgi").setLevel(logging.ERROR)  # it warns of every HEAD, and drops the body
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the master; both at once can lock a worker up
    if worker.age != 1:
        return
    lines = [f"Parley is at http://{worker.sockets[0].cfg_addr[0]}:{worker.sockets[0].cfg_addr[1]}/"]
    if os.environ.get("PARLEY_DEMO"):
        lines += [
            f"Log in at {lines[0].split()[-1]}admin/ as annotator, reviewer or chief; the password is parley-demo.",
            "Stop it with Ctrl-C.",
        ]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    sys.stdout.flush()
