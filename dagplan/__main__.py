"""`python -m dagplan` is the same as `dagplan`."""

from dagplan.cli.app import main

if __name__ == "__main__":
    main()
