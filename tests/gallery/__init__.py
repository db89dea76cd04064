"""Every message that the bot can send, as a picture."""
