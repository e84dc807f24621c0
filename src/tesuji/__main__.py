"""`python -m tesuji`: the command line."""

from tesuji.cli import main

if __name__ == "__main__":
    main()
