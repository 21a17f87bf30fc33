"""What is spoken per role, of each listener. In the beginning nobody has said anything."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those who are there already need a value; new ones are always written with theirs.
    roles = sa.Column("roles", sa.Text, nullable=False, server_default="[]")
    op.add_column("listeners", roles)


def downgrade() -> None:
    op.drop_column("listeners", "roles")
