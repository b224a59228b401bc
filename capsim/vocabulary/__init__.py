"""What results are called: events and causes as types, every figure with its unit and meaning."""
