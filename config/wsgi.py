"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

from config.embedded.server import Server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# While an embedded server that was killed comes back, a visitor is told to retry (503) rather than kept waiting.
Server.patience = 1.5
application = get_wsgi_application()
