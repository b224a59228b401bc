"""What must hold between the records of a scenario."""
