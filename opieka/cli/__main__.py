"""`python -m opieka.cli`, the same as `opieka`."""

from opieka.cli import main

main()
