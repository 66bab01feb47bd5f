from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClaimsConfig(AppConfig):
    name = "claims"
    verbose_name = "Claims: the interpretation"

    def ready(self) -> None:
        from claims.roles import grant_roles

        # The one signal: permissions themselves exist only after `migrate` has run, so no migration can grant them.
        post_migrate.connect(grant_roles, sender=self)
