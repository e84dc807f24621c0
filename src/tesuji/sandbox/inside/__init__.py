"""What runs in the sandbox's own processes: the server that forks, and its workers.

Only the standard library, and imports within this folder only: the processes are started with a
clean environment that knows nothing of where tesuji is, and nothing of it should be in them.
"""
