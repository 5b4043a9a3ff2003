"""The Map page's parts: what its link says, the files it draws from, and the panel beside it."""
