"""Who is who: units, posts, registers, households, and who may hold or do what."""
