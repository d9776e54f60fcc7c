"""The embedded stack: every process of Banso on one machine, without Docker.

`python -m deploy.local up|down|status|logs|reset` runs it by hand; tests, chaos and bench use `stack.Stack` with a
directory and ports of their own, so that several stacks live side by side.
"""
