"""The settings of the tests: Parley's own, in a data directory that is not the demo's, and passwords that are quick to check."""

import os

os.environ.setdefault("PARLEY_DATA_DIR", "var/test")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
