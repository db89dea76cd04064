"""Discord on loopback: real HTTP and a real websocket, the bot as a process of its own."""
