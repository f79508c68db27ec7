"""`python -m dudao.cli`."""

from dudao.cli import main

main(prog_name="dudao")
