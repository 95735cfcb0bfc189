"""`python -m webui`: the command `cunyi`."""

from webui.cli import main

main()
