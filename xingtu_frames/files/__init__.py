"""Frames become files that open safely in a spreadsheet, and files become the same frames again."""

from ..board.proposal import proposal_sheet
from .csv import csv_text, read_csv, write_csv
from .excel.read import read_excel
from .excel.write import write_excel
from .shortlist import read_shortlist

__all__ = ["csv_text", "proposal_sheet", "read_csv", "read_excel", "read_shortlist", "write_csv", "write_excel"]
