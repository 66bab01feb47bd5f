"""Import files to rows: parse (typed records), diff (against the database), write (one transaction per file).

load.py     the files of one call, in order, and the report
records.py  the format
topics.py   a topic file: parties, speakers, publishers, claims
digests.py  a source with its statements: what the file says, in the terms of the models
writing.py  ... and how the rows are brought to say the same
names.py    slugs to rows
report.py   what was done
desk.py     in whose name
rows.py     one row of the record against what the file says
"""
