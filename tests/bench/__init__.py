"""`make bench`: what the core costs, as ratios from one run on one machine. Nothing here is asserted in `make test`."""
