"""What is kept: paid answers and the ledger of what was sent."""
