"""Scenarios: what a planner writes, read, merged, checked and traceable to file and line."""
