"""The vocabulary of a scenario: frozen records with units and bounds."""
