"""PostgreSQL without an administrator: the database backend used when no DATABASE_URL is given.

`base.py` is what Django loads, `server.py` how a process joins the shared server, `keeper.py` who starts and stops it.
"""
