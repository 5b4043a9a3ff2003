"""Where the long work of a build runs: in this process, or on the machines of a Ray cluster."""
