"""The commands of `emixer`, one module each: `add_parser(subparsers)` and `run(args)`."""
