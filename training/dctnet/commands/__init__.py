"""One file a command: `add` describes it to argparse, `run` imports what it needs and does it."""
