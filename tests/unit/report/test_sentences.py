"""Findings as sentences.

Tests `report.findings`.
"""

from __future__ import annotations

from capsim.report.findings import findings


def test_sentences_are_those_of_the_findings_in_their_order(aion):
    assert findings(aion) == [finding.text for finding in aion.findings]
    assert any("is not reached inside 200 MW" in sentence for sentence in findings(aion))
