from django.db import migrations

# A session that says that it is a replica, as a superuser may, switches ordinary triggers off. Not these.
SWITCH = """
    DO $$
    DECLARE t record;
    BEGIN
        FOR t IN SELECT tgrelid::regclass AS tbl, tgname FROM pg_trigger
                 WHERE tgfoid = 'rows_are_for_ever'::regproc AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %s ENABLE {} TRIGGER %I', t.tbl, t.tgname);
        END LOOP;
    END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0007_as_merged'),
        ('sources', '0004_as_merged'),
    ]

    operations = [
        migrations.RunSQL(SWITCH.format('ALWAYS'), SWITCH.format('')),
    ]
