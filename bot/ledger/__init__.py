"""What the bot writes down, apart from the coverage."""

from bot.ledger.ledger import Ledger

__all__ = ["Ledger"]
