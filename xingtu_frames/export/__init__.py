"""Frames become files that open safely in a spreadsheet, and files become the same frames again."""

from .csv_file import csv_text, read_csv, write_csv
from .excel_reader import read_excel
from .excel_writer import write_excel
from .proposal import proposal_sheet
from .shortlist_file import read_shortlist

__all__ = ["csv_text", "proposal_sheet", "read_csv", "read_excel", "read_shortlist", "write_csv", "write_excel"]
