"""Whether a listener has been greeted. Who has something in their list by now needs no greeting."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

_listeners = sa.table("listeners", sa.column("id", sa.Text), sa.column("greeted", sa.Boolean))
_entries = sa.table("entries", sa.column("listener_id", sa.Text))


def upgrade() -> None:
    greeted = sa.Column("greeted", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("listeners", greeted)
    at_home = _listeners.c.id.in_(sa.select(_entries.c.listener_id))
    op.execute(_listeners.update().where(at_home).values(greeted=True))


def downgrade() -> None:
    op.drop_column("listeners", "greeted")
