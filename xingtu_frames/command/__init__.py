"""The command line, and what it says of the package: `xingtu-frames` and its checks."""
