#!/usr/bin/env python
"""Parley's commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import Error

    from config.outage import is_connection_error

    try:
        execute_from_command_line(sys.argv)
    except Error as error:
        if "--traceback" in sys.argv or not is_connection_error(error):
            raise
        sys.stderr.write(f"parley: the database cannot be reached: {' '.join(str(error).split())}\n")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
