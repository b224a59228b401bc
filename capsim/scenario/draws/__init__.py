"""One replication of a scenario: its uncertain values drawn from streams of their own."""
