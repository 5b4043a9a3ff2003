"""The reference pipeline of the master's thesis, rebuilt to be compared with."""
