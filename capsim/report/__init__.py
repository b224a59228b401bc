"""Show results: findings in words, tables for a terminal, figures."""

from capsim.report.findings import findings

__all__ = ["findings"]
