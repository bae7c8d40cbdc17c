"""Stored answers as a folder of Parquet, by day, for any engine that reads Parquet."""
