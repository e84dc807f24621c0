"""Runs carried out of the ledger (JSONL, Parquet, Inspect's logs) and outputs carried into it."""

from tesuji.run.exchange.exporting import export_run
from tesuji.run.exchange.importing import Imported, Recordings, import_outputs

__all__ = ["Imported", "Recordings", "export_run", "import_outputs"]
