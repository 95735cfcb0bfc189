"""Reading: what pages and the API show, each question authorised and answered in a handful of statements.

Nothing here changes anything. Lists come in pages with a keyset cursor, so that the hundredth page costs what the first
one does and nothing is skipped when rows arrive in between.
"""
