"""The annotation workbench: `/admin/sources/source/<key>/annotate/` and what its page calls."""
