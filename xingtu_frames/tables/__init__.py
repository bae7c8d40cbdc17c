"""What comes back: the declared tables, and how a payload becomes their rows."""
