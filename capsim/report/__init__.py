"""Show results: findings in words, tables for a terminal, figures, files.

Import what is needed from its module: listings of the catalogue come without pandas or matplotlib.
"""
