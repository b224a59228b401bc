"""Text to a tree that knows where each value was written: reader, merge, layers, notes. It knows no field."""
