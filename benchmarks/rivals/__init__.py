"""Tesuji's runner beside other tools that put questions to a model and score the answers.

`python -m benchmarks.rivals [--samples 2000] [--rounds 3] [--tools tesuji,bare,inspect,…]`

Every tool gets the same questions, 64 in flight, for a local server that answers each after 50 ms,
takes the number out of the answer and scores exact match. Each is installed in an environment of
its own (`--folder`, versions pinned in its module), runs as its manual says, with its usual logs
and an empty cache, as a process with a fresh home. Rounds alternate; medians are printed.

A tool is seen from outside: the server counts requests, and how many were there at once; the
operating system counts CPU seconds of the process and its children. Each round runs a tool twice,
on all samples and on a tenth of them, and takes the difference for the samples' cost, the rest for
that of starting and stopping. A tool that can't be installed or doesn't score 1.0 is named with the
reason.
"""
