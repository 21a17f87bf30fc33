"""What to do about a feed that cannot be read, beside why. The next reading says it anew."""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("hint", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("feeds", "hint")
