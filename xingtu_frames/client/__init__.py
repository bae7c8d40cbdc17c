"""Who asks, paying once: the client and what it sends with."""
