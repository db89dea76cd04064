"""Store of the bot's own records, in the database of the archive."""

from bot.ledger.ledger import Ledger

__all__ = ["Ledger"]
