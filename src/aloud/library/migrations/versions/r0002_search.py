"""The index that is searched. It is empty at first: opening the library fills it.

Aloud cuts text into words itself (library/words.py), so both databases find the same: SQLite's
tokenizer only parts at spaces, and Postgres is given finished lexemes.
"""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_texts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column(
            "article_id",
            sa.Text,
            sa.ForeignKey("articles.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        # `ascii` takes every character beyond ASCII for part of a word, whatever Unicode
        # SQLite was built with.
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5(head, body, tokenize = 'ascii')")
        op.execute(
            "CREATE TRIGGER search_texts_gone AFTER DELETE ON search_texts BEGIN "
            "DELETE FROM search_words WHERE rowid = old.number; END"
        )
    else:
        op.execute(
            "CREATE TABLE search_words (number integer PRIMARY KEY "
            "REFERENCES search_texts ON DELETE CASCADE, words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_words ON search_words USING gin (words)")


def downgrade() -> None:
    op.drop_table("search_words")
    op.drop_table("search_texts")
