"""`python -m dctnet`, which is also how `torchrun` starts it."""

from .cli import main

if __name__ == "__main__":
    main()
