"""Run as `python -m cpor_batch`."""

from cpor_batch.cli import main

if __name__ == "__main__":
    main()
